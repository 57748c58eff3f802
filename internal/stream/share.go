package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
)

// partition is what a worker knows of one.
type partition struct {
	number int

	mu     sync.Mutex
	pin    string        // under which its messages came here last
	drain  func()        // ends the pulling from it; nil before the first time
	barred chan struct{} // closed when it may be pulled from again; nil while it may
}

func (p *partition) name() string { return fmt.Sprintf("partition-%d", p.number) }

// open waits until the partition may be pulled from.
func (p *partition) open(ctx context.Context) {
	p.mu.Lock()
	barred := p.barred
	p.mu.Unlock()
	if barred == nil {
		return
	}
	select {
	case <-barred:
	case <-ctx.Done():
	}
}

// pulled notes that the partition is pulled from, until drain is called.
func (p *partition) pulled(drain func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drain = drain
	if p.barred != nil {
		drain()
	}
}

func (p *partition) pinned(pin string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pin = pin
}

// bar keeps the worker from pulling, or lets it again. What it has got is judged.
func (p *partition) bar(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case yes && p.barred == nil:
		p.barred = make(chan struct{})
		if p.drain != nil {
			p.drain()
		}
	case !yes && p.barred != nil:
		close(p.barred)
		p.barred = nil
	}
}

// share keeps this worker from having more partitions than its share: the first
// one that asks is pinned to all of them, and would keep them. Workers are counted
// by their answers to a ping; whoever has more than its share lets the others go.
func (w *Worker) share(ctx context.Context) {
	const rounds = 3 // a time in which a lost worker's partitions go to others
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(w.Config.AckWait / rounds):
		}
		n, err := w.workers(ctx)
		if err != nil || n == 0 {
			continue // told at the next round
		}
		fair := (len(w.partitions) + n - 1) / n
		var mine, others []*partition
		for _, p := range w.partitions {
			c, err := w.js.Consumer(ctx, w.Config.Exchanges(), p.name())
			if err != nil {
				continue
			}
			p.mu.Lock()
			ours := p.pin != "" && p.barred == nil && pinOf(c.CachedInfo()) == p.pin
			p.mu.Unlock()
			if ours {
				mine = append(mine, p)
			} else {
				others = append(others, p)
			}
		}
		for len(mine) > fair {
			p := mine[len(mine)-1]
			mine = mine[:len(mine)-1]
			p.bar(true)
			if err := w.exchanges.UnpinConsumer(ctx, p.name(), group); err != nil {
				w.count.Failed.Add(1) // it is another's when its time is over
			}
		}
		for _, p := range others {
			p.bar(len(mine) >= fair)
		}
	}
}

func pinOf(info *jetstream.ConsumerInfo) string {
	for _, g := range info.PriorityGroups {
		if g.Group == group {
			return g.PinnedClientID
		}
	}
	return ""
}

// workers counts those that answer.
func (w *Worker) workers(ctx context.Context) (int, error) {
	subject, err := micro.ControlSubject(micro.PingVerb, w.Config.Prefix, "")
	if err != nil {
		return 0, fmt.Errorf("stream: %w", err)
	}
	inbox := w.Conn.NewRespInbox()
	sub, err := w.Conn.SubscribeSync(inbox)
	if err != nil {
		return 0, fmt.Errorf("stream: %w", err)
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection is closed, then
	if err := w.Conn.PublishMsg(&nats.Msg{Subject: subject, Reply: inbox}); err != nil {
		return 0, fmt.Errorf("stream: %w", err)
	}
	const patience = 500 * time.Millisecond
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ids := map[string]bool{}
	for {
		m, err := sub.NextMsgWithContext(within)
		if err != nil {
			return len(ids), ctx.Err()
		}
		var ping micro.Ping
		if json.Unmarshal(m.Data, &ping) == nil {
			ids[ping.ID] = true
		}
	}
}
