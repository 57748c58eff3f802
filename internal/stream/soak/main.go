// Command soak runs a three-node JetStream cluster and workers as processes, each
// on a network of its own where the machine lets it, and does harm to them while
// messages flow: kills with SIGKILL, networks cut, disks filled. Then it holds
// every accepted message against the stored verdicts: one each, by id and hash, in
// the order of its conversation.
//
// With -measure it first tells: messages a second by 1, 2 and 4 workers beside
// workers that only echo, how long a verdict takes at a steady rate, and how long
// none comes after a leader was killed.
//
//	make soak SOAK="-n 100000 -every 10s"
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/madoguchi/madoguchi/internal/stream"
)

var (
	serverBin = flag.String("server", "bin/nats-server", "nats-server")
	binary    = flag.String("binary", "bin/madoguchi", "madoguchi")
	n         = flag.Int("n", 1000000, "messages under faults; 0 for none")
	workers   = flag.Int("workers", 4, "workers under faults")
	every     = flag.Duration("every", 20*time.Second, "time between faults; 0 for none")
	disk      = flag.String("disk", "", "give each node a disk of this size in memory, 1g for example, and fill it, too")
	measure   = flag.String("measure", "", "what to measure first: rates, delays, recovery, with commas")
	seed      = flag.Uint64("seed", 1, "of the faults' order")
	echo      = flag.Bool("echo", false, "") // be a worker that echoes; see echoing
	texts     = []string{"こんにちは", "お届け予定は明日です。", "暗証番号を教えてください。", "【例銀行】ご利用を停止しました。https://rei.top/ から24時間以内に手続きしてください。", "ご注文ありがとうございます。担当の山田花子です。"}
)

func main() {
	flag.Parse()
	do := soak
	if *echo {
		do = echoing
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run is a cluster with a client.
type run struct {
	*cluster
	config stream.Config
	nc     *nats.Conn
	js     jetstream.JetStream
}

func soak() (err error) {
	c, err := newCluster()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.remove()) }()
	r := &run{cluster: c}
	if r.nc, err = connect(c.url()); err != nil {
		return err
	}
	defer r.nc.Close()
	if r.js, err = jetstream.New(r.nc, jetstream.WithPublishAsyncMaxPending(2000), jetstream.WithPublishAsyncTimeout(ackWait)); err != nil {
		return err
	}
	ctx := context.Background()
	for what := range strings.SplitSeq(*measure, ",") {
		do, ok := map[string]func(context.Context) error{"": func(context.Context) error { return nil }, "rates": r.rates, "delays": r.delays, "recovery": r.recovery}[what]
		if !ok {
			return fmt.Errorf("-measure %s is not known", what)
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
	if *n > 0 {
		return r.endure(ctx)
	}
	return nil
}

const ackWait = 5 * time.Second

// connect reaches the cluster as a worker does: a server that answers no more is
// left for another after some seconds.
func connect(url string) (*nats.Conn, error) {
	return nats.Connect(url, nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.ReconnectWait(200*time.Millisecond), nats.PingInterval(2*time.Second), nats.MaxPingsOutstanding(2))
}

func configured(prefix string) stream.Config {
	c := stream.Default()
	c.Prefix, c.Replicas, c.AckWait = prefix, nodes, ackWait
	return c
}

// prepare makes streams of their own for what is done next.
func (r *run) prepare(ctx context.Context, prefix string) error {
	r.config = configured(prefix)
	var err error
	const patience = 60
	for range patience {
		if err = r.config.Prepare(ctx, r.js); err == nil {
			return nil
		}
		time.Sleep(time.Second) // until there is a leader
	}
	return err
}

// forget takes the streams away.
func (r *run) forget(ctx context.Context) error {
	var names []string
	for name := range r.js.StreamNames(ctx).Name() {
		names = append(names, name)
	}
	for _, name := range names {
		if err := r.js.DeleteStream(ctx, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// endure does harm while messages flow.
func (r *run) endure(ctx context.Context) error {
	if err := r.prepare(ctx, "soak"); err != nil {
		return err
	}
	hands, err := r.work(*workers, r.worker)
	if err != nil {
		return err
	}
	defer func() { _ = r.end(hands) }() // they are killed
	fmt.Printf("%d nodes, %d workers, networks of their own: %t\n", nodes, *workers, r.networks)
	began := time.Now()
	h := &harm{cluster: r.cluster, hands: hands, random: rand.New(rand.NewPCG(*seed, 0)), done: map[string]int{}} //nolint:gosec // an order, no secret
	stop := h.begin()
	l := newLoad(r, 0, *n)
	bad := &poison{r: r}
	flowing, dry := context.WithCancel(ctx)
	defer dry()
	poured := make(chan error, 1)
	go func() { poured <- bad.flow(flowing, 200*time.Millisecond) }()
	if err := l.publish(0); err != nil {
		return errors.Join(err, stop())
	}
	dry()
	if err := <-poured; err != nil {
		return errors.Join(err, stop())
	}
	fmt.Printf("%d accepted in %s\n", *n, time.Since(began).Round(time.Second))
	err = errors.Join(r.arrived(ctx, uint64(*n)), stop())
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Printf("judged in %s: %.0f a second under", took.Round(time.Second), float64(*n)/took.Seconds())
	for _, what := range slices.Sorted(maps.Keys(h.done)) {
		fmt.Printf(" %d %s,", h.done[what], what)
	}
	fmt.Println()
	judged, err := bad.hold(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d poisonous messages: %d verdicts, %d dead letters, each has one\n", bad.sent, judged, bad.sent-judged)
	held, err := l.hold(ctx, judged)
	if err != nil {
		return err
	}
	fmt.Printf("%d messages, each with one verdict on what was sent, in the order of its conversation; none lost\n", *n)
	fmt.Println("from sent to stored:", held)
	exchanges, err := r.info(ctx, r.config.Exchanges())
	if err != nil {
		return err
	}
	verdicts, err := r.info(ctx, r.config.Verdicts())
	if err != nil {
		return err
	}
	fmt.Printf("bytes a message in each replica: exchange %d, verdict %d\n", exchanges.State.Bytes/exchanges.State.Msgs, verdicts.State.Bytes/verdicts.State.Msgs)
	return r.forget(ctx)
}
