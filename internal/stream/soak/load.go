package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/madoguchi/madoguchi/internal/stream"
)

const (
	conversations = 5000
	headerSent    = "Soak-Sent" // when it was sent first; headers are carried over
)

// load is messages that were accepted.
type load struct {
	r      *run
	first  int // id of the first one
	hashes []string
}

func newLoad(r *run, first, count int) *load { return &load{r, first, make([]string, count)} }

func (l *load) message(i int) *nats.Msg {
	body := fmt.Sprintf(`{"id":"%d","direction":"incoming","channel":"chat","initiator":"window","text":%q}`, l.first+i, texts[i%len(texts)])
	sum := sha256.Sum256([]byte(body))
	l.hashes[i] = hex.EncodeToString(sum[:])
	return &nats.Msg{Subject: l.r.config.In(fmt.Sprint(i % conversations)), Data: []byte(body), Header: nats.Header{nats.MsgIdHdr: {fmt.Sprint(l.first + i)}, headerSent: {strconv.FormatInt(time.Now().UnixNano(), 10)}}}
}

// publish sends all messages, at most so many a second where rate is not 0; one
// that was not acknowledged is sent again under the same id, before the next of its
// conversation.
func (l *load) publish(rate int) error {
	wave := conversations
	if rate > 0 {
		wave = max(1, rate/50)
	}
	began := time.Now()
	for from := 0; from < len(l.hashes); from += wave {
		if rate > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(from) * time.Second / time.Duration(rate))))
		}
		to := min(from+wave, len(l.hashes))
		futures := make([]jetstream.PubAckFuture, to-from)
		msgs := make([]*nats.Msg, to-from)
		for i := from; i < to; i++ {
			msgs[i-from] = l.message(i)
			futures[i-from], _ = l.r.js.PublishMsgAsync(msgs[i-from]) // without a future it is sent again below
		}
		for k, f := range futures {
			if f != nil {
				select {
				case <-f.Ok():
					continue
				case <-f.Err(): //nolint:errcheck // whatever it was, it is sent again
				}
			}
			if err := l.again(msgs[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// again sends until it is accepted.
func (l *load) again(m *nats.Msg) error {
	const patience = 5 * time.Minute
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(300 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), ackWait)
		_, err := l.r.js.PublishMsg(ctx, m)
		cancel()
		if err == nil {
			return nil
		}
	}
	return errors.New("the cluster accepts nothing any more")
}

// arrived waits until there are so many verdicts, or none come any more.
func (r *run) arrived(ctx context.Context, count uint64) error {
	const patience = 2 * time.Minute
	last, since := uint64(0), time.Now()
	for time.Since(since) < patience {
		got := r.verdicts(ctx)
		if got >= count {
			return nil
		}
		if got != last {
			last, since = got, time.Now()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("no verdict for %s; %d of %d are there%s", patience, last, count, r.state(ctx))
}

// state tells how the partitions stand.
func (r *run) state(ctx context.Context) (out string) {
	for i := range r.config.Partitions {
		c, err := r.js.Consumer(ctx, r.config.Exchanges(), fmt.Sprint("partition-", i))
		if err != nil {
			out += fmt.Sprintf("\npartition %d: %v", i, err)
			continue
		}
		in := c.CachedInfo()
		out += fmt.Sprintf("\npartition %d: %d to come, %d under way, %d delivered again, %d asking, pinned %+v, leader %s", i, in.NumPending, in.NumAckPending, in.NumRedelivered, in.NumWaiting, in.PriorityGroups, in.Cluster.Leader)
	}
	return out
}

// verdicts counts them; 0 where nobody tells.
func (r *run) verdicts(ctx context.Context) uint64 {
	info, err := r.info(ctx, r.config.Verdicts())
	if err != nil {
		return 0
	}
	return info.State.Msgs
}

// info is what a stream tells of itself.
func (r *run) info(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, ackWait)
	defer cancel()
	s, err := r.js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.CachedInfo(), nil
}

// delays are times from sent to stored, and when verdicts were stored.
type delays struct {
	took   []time.Duration // sorted
	stored []time.Time     // sorted

	workers, nodes time.Duration // processor time that they used; not of those killed
}

func (d *delays) String() string {
	at := func(part float64) time.Duration {
		return d.took[min(len(d.took)-1, int(part*float64(len(d.took))))].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %s, p99 %s, longest %s", at(.5), at(.99), at(1))
}

// gap is the longest time without a verdict that began after a moment, or was under
// way then.
func (d *delays) gap(after time.Time) (longest time.Duration) {
	for i := 1; i < len(d.stored); i++ {
		if d.stored[i].After(after) {
			longest = max(longest, d.stored[i].Sub(d.stored[i-1]))
		}
	}
	return longest
}

// hold reads all verdicts, those on so many other messages too, and holds them
// against what was accepted.
func (l *load) hold(ctx context.Context, others int) (*delays, error) {
	consumer, err := l.r.js.OrderedConsumer(ctx, l.r.config.Verdicts(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		return nil, err
	}
	it, err := consumer.Messages(jetstream.PullMaxMessages(5000))
	if err != nil {
		return nil, err
	}
	defer it.Stop()
	d := &delays{}
	seen := make([]bool, len(l.hashes))
	last := map[int]int{}
	for range len(l.hashes) + others {
		m, err := it.Next(jetstream.NextMaxWait(20 * time.Second))
		if err != nil {
			return nil, err
		}
		if m.Headers().Get(headerPoison) != "" {
			continue // told by poison.hold
		}
		var row struct{ ID string }
		if err := json.Unmarshal(m.Data(), &row); err != nil {
			return nil, err
		}
		i, err := strconv.Atoi(row.ID)
		if err != nil {
			return nil, err
		}
		if i >= len(l.hashes) {
			continue
		}
		switch before, ok := last[i%conversations]; {
		case seen[i]:
			return nil, fmt.Errorf("message %d has two verdicts", i)
		case m.Headers().Get(stream.HeaderHash) != l.hashes[i]:
			return nil, fmt.Errorf("message %d was judged otherwise than sent", i)
		case ok && before > i:
			return nil, fmt.Errorf("message %d was judged after %d of the same conversation", i, before)
		}
		seen[i] = true
		last[i%conversations] = i
		meta, err := m.Metadata()
		if err != nil {
			return nil, err
		}
		sent, err := strconv.ParseInt(m.Headers().Get(headerSent), 10, 64)
		if err != nil {
			return nil, err
		}
		d.took = append(d.took, meta.Timestamp.Sub(time.Unix(0, sent)))
		d.stored = append(d.stored, meta.Timestamp)
	}
	if got := l.r.verdicts(ctx); got != uint64(len(l.hashes)+others) {
		return nil, fmt.Errorf("%d verdicts on %d messages", got, len(l.hashes))
	}
	slices.Sort(d.took)
	slices.SortFunc(d.stored, time.Time.Compare)
	return d, nil
}
