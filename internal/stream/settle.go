package stream

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// settle puts a partition in order where this worker takes it over from another, or
// deliveries were lost on the way. What was begun and not finished comes again,
// behind newer messages: nothing is judged before all of it is here. It returns the
// messages in their order and the number of the delivery that follows.
func (w *Worker) settle(ctx context.Context, c jetstream.Consumer, it jetstream.MessagesContext, first jetstream.Msg) ([]jetstream.Msg, uint64, error) {
	held := map[uint64]jetstream.Msg{}
	given := false
	defer func() {
		if !given { // they are let go of
			w.begun.Add(-int64(len(held)))
		}
	}()
	next := uint64(0)
	hold := func(m jetstream.Msg) {
		if meta, err := m.Metadata(); err == nil {
			if held[meta.Sequence.Stream] == nil {
				w.begins()
			}
			held[meta.Sequence.Stream] = m
			next = max(next, meta.Sequence.Consumer+1)
		}
	}
	hold(first)
	touched, moved := time.Now(), time.Now()
	pending, have := -1, 0
	for ctx.Err() == nil {
		if len(held) != have {
			have, moved = len(held), time.Now()
		}
		if time.Since(moved) > 2*w.Config.AckWait {
			// The partition is another's by now, and waits for what is held
			// here: it is let go of.
			return nil, 0, errNotOurs
		}
		// What is held and has no verdict after pending was counted was not
		// acknowledged when it was: are they as many, they are the same.
		if info, err := c.Info(ctx); err == nil {
			if info.NumAckPending != pending {
				pending, moved = info.NumAckPending, time.Now()
			}
			if len(held) >= pending && w.unjudged(ctx, held) && len(held) >= pending {
				break
			}
		}
		for until := time.Now().Add(settlePause); time.Now().Before(until); {
			m, err := it.Next(jetstream.NextMaxWait(time.Until(until)))
			if err != nil && !errors.Is(err, nats.ErrTimeout) {
				return nil, 0, err
			}
			if err == nil {
				hold(m)
			}
		}
		if time.Since(touched) > w.Config.AckWait/3 {
			touched = time.Now()
			for _, m := range held {
				_ = m.InProgress() // it is held, not forgotten
			}
		}
	}
	list := make([]jetstream.Msg, 0, len(held))
	for _, seq := range slices.Sorted(maps.Keys(held)) {
		list = append(list, held[seq])
	}
	given = true
	return list, next, nil
}

// unjudged takes the messages out that have a verdict or a dead letter already,
// and acknowledges them. It reports false where that cannot be told now. Many are
// asked about at once, as nothing of the partition is judged meanwhile; the streams'
// leaders are asked, as a replica that lags behind would say no too often.
func (w *Worker) unjudged(ctx context.Context, held map[uint64]jetstream.Msg) bool {
	type answer struct {
		seq  uint64
		done bool
		err  error
	}
	questions, answers := make(chan uint64), make(chan answer, len(held))
	var asking sync.WaitGroup
	for range min(askedAtOnce, len(held)) {
		asking.Go(func() {
			for seq := range questions {
				done, err := w.stored(ctx, tokenOf(held[seq]), seq)
				answers <- answer{seq, done, err}
			}
		})
	}
	for seq := range held {
		questions <- seq
	}
	close(questions)
	asking.Wait()
	close(answers)
	known := true
	for a := range answers {
		if a.err != nil {
			known = false
		} else if a.done {
			w.count.Again.Add(1)
			w.ack(held[a.seq])
			w.finished()
			delete(held, a.seq)
		}
	}
	return known
}

const askedAtOnce = 64

var errNotOurs = errors.New("the partition is another worker's")

const settlePause = 200 * time.Millisecond
