package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/madoguchi/madoguchi/internal/stream"
)

// headerPoison numbers a message that is meant to stop a worker.
const headerPoison = "Soak-Poison"

// poison are messages by which one has stopped a worker, or tried to.
type poison struct {
	r    *run
	sent int
}

// message is the i-th: each kind in turn.
func (p *poison) message(i int) *nats.Msg {
	most := int(p.r.nc.MaxPayload())
	m := &nats.Msg{Subject: p.r.config.In(fmt.Sprint("poison", i%7)), Header: nats.Header{nats.MsgIdHdr: {fmt.Sprint("poison-", i)}, headerPoison: {strconv.Itoa(i)}}}
	switch i % 6 {
	case 0: // its dead letter would be larger than the server takes
		m.Data = []byte("{" + strings.Repeat("x", most-400))
	case 1: // its verdict would be
		m.Data = fmt.Appendf(nil, `{"id":"p","direction":"outgoing","text":"%s"}`, strings.Repeat(`taro@example.jp\n`, 20_000))
	case 2: // no key may be called so
		m.Subject = p.r.config.Prefix + ".exchanges.会話"
		m.Header.Set(stream.HeaderTurn, "window")
		m.Data = []byte(`{"id":"p","direction":"incoming","text":"暗証番号を教えてください"}`)
	case 3: // a long draft of any alignment
		m.Data = fmt.Appendf(nil, `{"id":"p","direction":"outgoing","text":"%s"}`, strings.Repeat("x", i%3)+strings.Repeat("お世話になっております。例の山田と申します。ご注文の件でご連絡いたしました。", 2000))
	case 4: // it says what only a worker knows
		m.Header.Set(stream.HeaderReason, "spoofed")
		m.Header.Set(stream.HeaderHash, "spoofed")
		m.Data = []byte("nonsense")
	case 5: // more headers than are carried over
		m.Header.Set("X-Long", strings.Repeat("h", 50_000))
		m.Data = []byte("nonsense")
	}
	return m
}

// flow sends a message now and then until ctx ends.
func (p *poison) flow(ctx context.Context, every time.Duration) error {
	l := &load{r: p.r}
	for ; ctx.Err() == nil; p.sent++ {
		if err := l.again(p.message(p.sent)); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
	return nil
}

// hold reads verdicts and dead letters: each message has one of either, and says
// nothing that its sender made up. It returns how many have verdicts.
func (p *poison) hold(ctx context.Context) (verdicts int, err error) {
	const patience = 2 * time.Minute
	var seen map[int]string
	for until := time.Now().Add(patience); time.Now().Before(until) && len(seen) < p.sent; time.Sleep(time.Second) {
		seen, verdicts = map[int]string{}, 0
		for _, name := range []string{p.r.config.Dead(), p.r.config.Verdicts()} {
			c, err := p.r.js.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{})
			if err != nil {
				return 0, err
			}
			it, err := c.Messages(jetstream.PullMaxMessages(5000))
			if err != nil {
				return 0, err
			}
			for {
				m, err := it.Next(jetstream.NextMaxWait(3 * time.Second))
				if err != nil {
					break // its end
				}
				i, err := strconv.Atoi(m.Headers().Get(headerPoison))
				if err != nil {
					continue // harmless, or its sender's headers were not carried: counted below
				}
				if seen[i] != "" {
					it.Stop()
					return 0, fmt.Errorf("poison %d has two answers: in %s and %s", i, seen[i], name)
				}
				if m.Headers().Get(stream.HeaderReason) == "spoofed" || m.Headers().Get(stream.HeaderHash) == "spoofed" {
					it.Stop()
					return 0, fmt.Errorf("poison %d: its sender's word stands in %s", i, name)
				}
				seen[i] = name
				if name == p.r.config.Verdicts() {
					verdicts++
				}
			}
			it.Stop()
		}
		large, err := p.large(ctx)
		if err != nil {
			return 0, err
		}
		for i := range p.sent { // kinds whose dead letter bears none of their headers
			if k := i % 6; (k == 1 || k == 5) && seen[i] == "" && large > 0 {
				seen[i] = "dead, without headers"
				large--
			}
		}
	}
	if len(seen) < p.sent {
		return 0, fmt.Errorf("%d of %d poisonous messages have an answer", len(seen), p.sent)
	}
	return verdicts, nil
}

// large counts the dead letters that bear no number.
func (p *poison) large(ctx context.Context) (n int, err error) {
	c, err := p.r.js.OrderedConsumer(ctx, p.r.config.Dead(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		return 0, err
	}
	it, err := c.Messages()
	if err != nil {
		return 0, err
	}
	defer it.Stop()
	for {
		m, err := it.Next(jetstream.NextMaxWait(3 * time.Second))
		if err != nil {
			return n, nil //nolint:nilerr // its end
		}
		if m.Headers().Get(headerPoison) == "" {
			n++
		}
	}
}
