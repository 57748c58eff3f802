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
	rounds   = 1
	steady   = 1000 // messages a second where delays are measured
	lasting  = 30   // seconds of it
)

// rates are told beside an echo's in the same run.
func (r *run) rates(ctx context.Context) error {
	fmt.Println("workers  messages/s  echo/s  ratio  processor time a message: workers  nodes")
	for _, count := range tried {
		var took [2]time.Duration
		var used [2]time.Duration // of the engine's workers, and the nodes beside them
		for round := range rounds {
			for k, args := range []func(string) []string{r.echoes, r.worker} {
				d, began, err := r.through(ctx, fmt.Sprintf("rate%d-%d-%d", count, round, k), count, args, measured, 0, nil)
				if err != nil {
					return err
				}
				took[k] += d.stored[len(d.stored)-1].Sub(began)
				if k == 1 {
					used[0] += d.workers
					used[1] += d.nodes
				}
			}
		}
		persecond := func(d time.Duration) float64 { return rounds * measured / d.Seconds() }
		each := func(d time.Duration) time.Duration { return (d / (rounds * measured)).Round(time.Microsecond) }
		fmt.Printf("%7d %11.0f %7.0f %6.2f %34s %6s\n", count, persecond(took[1]), persecond(took[0]), float64(took[0])/float64(took[1]), each(used[0]), each(used[1]))
	}
	return nil
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
	ofNodes, ofWorkers := used(r.nodes), used(hands)
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
	ofNodes, ofWorkers = used(r.nodes)-ofNodes, used(hands)-ofWorkers
	if d, err = l.hold(ctx, warm); err == nil {
		d.nodes, d.workers = ofNodes, ofWorkers
	}
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
			info, err := r.info(ctx, r.config.Exchanges())
			if err != nil {
				return err
			}
			for _, p := range r.nodes {
				if p.name == info.Cluster.Leader {
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
