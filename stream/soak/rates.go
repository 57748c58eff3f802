package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// tried are numbers of workers.
var tried = []int{1, 2, 4}

const (
	measured = 60000 // messages a measurement of the rate
	rounds   = 2
	steady   = 1000 // messages a second where delays are measured
	lasting  = 30   // seconds of it
)

// rates are told beside an echo's in the same run.
func (r *run) rates(ctx context.Context) error {
	fmt.Println("workers  messages/s  echo/s  ratio")
	for _, count := range tried {
		var took [2]time.Duration
		for round := range rounds {
			for k, args := range []func(string) []string{r.echoes, r.worker} {
				t, err := r.rate(ctx, fmt.Sprintf("rate%d-%d-%d", count, round, k), count, args)
				if err != nil {
					return err
				}
				took[k] += t
			}
		}
		persecond := func(d time.Duration) float64 { return rounds * measured / d.Seconds() }
		fmt.Printf("%7d %11.0f %7.0f %6.2f\n", count, persecond(took[1]), persecond(took[0]), float64(took[0])/float64(took[1]))
	}
	return nil
}

// rate is how long messages took from the first one sent to the last verdict stored.
func (r *run) rate(ctx context.Context, prefix string, count int, args func(string) []string) (time.Duration, error) {
	d, began, err := r.through(ctx, prefix, count, args, measured, 0, nil)
	if err != nil {
		return 0, err
	}
	return d.stored[len(d.stored)-1].Sub(began), nil
}

// through sends messages through workers of streams of their own.
func (r *run) through(ctx context.Context, prefix string, count int, args func(string) []string, messages, rate int, beside func(began time.Time) error) (d *delays, began time.Time, err error) {
	if err := r.prepare(ctx, prefix); err != nil {
		return nil, began, err
	}
	hands, err := r.work(count, args)
	if err != nil {
		return nil, began, err
	}
	defer func() { err = errors.Join(err, r.end(hands), r.forget(ctx)) }()
	// Until each has its share: the first verdicts are not measured.
	const warm = 3 * int(ackWait/time.Second) * steady
	if err := errors.Join(newLoad(r, messages, warm).publish(steady), r.arrived(ctx, uint64(warm))); err != nil {
		return nil, began, err
	}
	began = time.Now()
	done := make(chan error, 1)
	go func() {
		if beside != nil {
			done <- beside(began)
			return
		}
		done <- nil
	}()
	l := newLoad(r, 0, messages)
	if err := errors.Join(l.publish(rate), r.arrived(ctx, uint64(warm+messages)), <-done); err != nil {
		return nil, began, err
	}
	d, err = l.hold(ctx, warm)
	return d, began, err
}

// delays are told at a steady rate.
func (r *run) delays(ctx context.Context) error {
	d, _, err := r.through(ctx, "delays", *workers, r.worker, steady*lasting, steady, nil)
	if err == nil {
		fmt.Printf("%d a second, %d workers, from sent to stored: %s\n", steady, *workers, d)
	}
	return err
}

// recovery kills the leader of the exchanges three times.
func (r *run) recovery(ctx context.Context) error {
	for i := range 3 {
		var killed time.Time
		d, _, err := r.through(ctx, fmt.Sprint("leader", i), *workers, r.worker, steady*lasting, steady, func(began time.Time) error {
			time.Sleep(time.Until(began.Add(lasting / 3 * time.Second)))
			s, err := r.js.Stream(ctx, r.config.Exchanges())
			if err != nil {
				return err
			}
			for _, p := range r.nodes {
				if leader := s.CachedInfo().Cluster.Leader; p.name == leader {
					killed = time.Now()
					return errors.Join(p.kill(), r.start(p))
				}
			}
			return errors.New("no leader")
		})
		if err != nil {
			return err
		}
		fmt.Printf("the leader killed: no verdict for %s; %s\n", d.gap(killed).Round(10*time.Millisecond), d)
	}
	return nil
}
