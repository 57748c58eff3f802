package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/ask"
	"github.com/madoguchi/madoguchi/batch"
	"github.com/madoguchi/madoguchi/talk"
)

// Headers of messages.
const (
	HeaderTurn   = "Madoguchi-Turn"   // in: window or person, where it is a turn of a talk
	HeaderHash   = "Madoguchi-Sha256" // out: of the exchange that was judged
	HeaderReason = "Madoguchi-Reason" // dead: why
)

// Worker judges exchanges.
type Worker struct {
	Config Config
	Conn   *nats.Conn
	Log    *slog.Logger // says what goes wrong, never with content; silent where nil
	// Judge turns an exchange's line into a verdict's; batch.CheckLine where nil.
	Judge func(line []byte) ([]byte, error)

	js    jetstream.JetStream
	talks jetstream.KeyValue
	lanes []chan jetstream.Msg
	count Counts
	ready atomic.Bool
}

// Counts are what a worker has done.
type Counts struct {
	Stored, Again, Dead, Failed atomic.Int64 // Again: verdicts that were stored already
}

// Counts returns what the worker has done so far.
func (w *Worker) Counts() *Counts { return &w.count }

// Ready reports whether the worker judges: its streams are there and it is
// connected.
func (w *Worker) Ready() bool { return w.ready.Load() && w.Conn.IsConnected() }

// laneLength bounds what waits for one lane; beyond it nothing is pulled.
const laneLength = 64

// Run judges until ctx ends, then drains: what was begun is finished. It returns
// at once where the streams cannot be made.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.Config.check(); err != nil {
		return err
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	if w.Judge == nil {
		w.Judge = batch.CheckLine
	}
	var err error
	if w.js, err = jetstream.New(w.Conn, jetstream.WithPublishAsyncMaxPending(4000), jetstream.WithPublishAsyncTimeout(w.Config.AckWait)); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	if err := w.Config.Prepare(ctx, w.js); err != nil {
		return err
	}
	if w.talks, err = w.js.KeyValue(ctx, w.Config.talks()); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	service, err := w.serve()
	if err != nil {
		return err
	}
	var working sync.WaitGroup
	n := max(1, w.Config.Concurrency)
	w.lanes = make([]chan jetstream.Msg, n)
	for i := range w.lanes {
		w.lanes[i] = make(chan jetstream.Msg, laneLength)
		working.Go(func() { w.lane(w.lanes[i]) })
	}
	w.ready.Store(true)
	defer w.ready.Store(false)
	var pulling sync.WaitGroup
	for i := range w.Config.Partitions {
		pulling.Go(func() { w.pull(ctx, i) })
	}
	pulling.Wait()
	for _, l := range w.lanes {
		close(l)
	}
	working.Wait()
	select {
	case <-w.js.PublishAsyncComplete():
	case <-time.After(w.Config.AckWait):
	}
	return service.Stop()
}

// serve answers single checks by request and reply.
func (w *Worker) serve() (micro.Service, error) {
	s, err := micro.AddService(w.Conn, micro.Config{Name: w.Config.Prefix, Version: "1.0.0", Description: "judges an exchange"})
	if err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	return s, s.AddEndpoint("check", micro.HandlerFunc(func(r micro.Request) {
		out, err := w.judged(r.Data())
		if err != nil {
			_ = r.Error("400", reason(err), nil) // the asker has gone
			return
		}
		_ = r.Respond(out)
	}), micro.WithEndpointSubject(w.Config.Prefix+".check"))
}

// judged judges a line; a bug in the judging of one message stops no worker.
func (w *Worker) judged(line []byte) (out []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return w.Judge(line)
}

var errPanic = errors.New("the check failed within itself")

// reason tells why a message could not be judged, without its content.
func reason(err error) string {
	var le *batch.LineError
	switch {
	case errors.Is(err, errPanic):
		return errPanic.Error()
	case errors.As(err, &le):
		return "the exchange is malformed"
	}
	return "the message cannot be judged"
}

// pull hands a partition's messages to the lanes, for as long as this worker is
// the one that the partition is pinned to.
func (w *Worker) pull(ctx context.Context, partition int) {
	for ctx.Err() == nil {
		c, err := w.js.Consumer(ctx, w.Config.exchanges(), fmt.Sprintf("partition-%d", partition))
		if err != nil {
			w.wait(ctx, "the partition cannot be reached", partition)
			continue
		}
		it, err := c.Messages(jetstream.PullMaxMessages(min(256, w.Config.MaxPending)), jetstream.PullPriorityGroup(group), jetstream.PullExpiry(5*time.Second), jetstream.PullHeartbeat(2*time.Second))
		if err != nil {
			w.wait(ctx, "the partition cannot be pulled from", partition)
			continue
		}
		stop := context.AfterFunc(ctx, it.Stop)
		pin, next := "", uint64(0)
		for {
			m, err := it.Next()
			if err != nil {
				break // begun anew, unless it is over
			}
			// Of one pin, deliveries are counted one by one: where one is
			// missing, it was lost on the way and will come again later.
			meta, err := m.Metadata()
			if err != nil {
				continue
			}
			list := []jetstream.Msg{m}
			now := m.Headers().Get("Nats-Pin-Id")
			if now != pin || meta.Sequence.Consumer != next {
				if list, next, err = w.settle(ctx, c, it, m); err != nil {
					break
				}
				pin = now
			} else {
				next++
			}
			for _, m := range list {
				w.give(m)
			}
		}
		stop()
		it.Stop()
	}
}

// give puts a message into its conversation's lane.
func (w *Worker) give(m jetstream.Msg) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.Subject())) // never fails
	w.lanes[int(h.Sum32())%len(w.lanes)] <- m
}

// settle puts a partition in order where this worker takes it over from another, or
// deliveries were lost on the way. What was begun and not finished comes again,
// behind newer messages: nothing is judged before all of it is here. It returns the
// messages in their order and the number of the delivery that follows.
func (w *Worker) settle(ctx context.Context, c jetstream.Consumer, it jetstream.MessagesContext, first jetstream.Msg) ([]jetstream.Msg, uint64, error) {
	held := map[uint64]jetstream.Msg{}
	next := uint64(0)
	hold := func(m jetstream.Msg) {
		if meta, err := m.Metadata(); err == nil {
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
	return list, next, nil
}

// unjudged takes the messages out that have a verdict or a dead letter already,
// and acknowledges them. It reports false where that cannot be told now.
func (w *Worker) unjudged(ctx context.Context, held map[uint64]jetstream.Msg) bool {
	verdicts, err1 := w.js.Stream(ctx, w.Config.Verdicts())
	dead, err2 := w.js.Stream(ctx, w.Config.Dead())
	if errors.Join(err1, err2) != nil {
		return false
	}
	for seq, m := range held {
		token := m.Subject()[strings.LastIndexByte(m.Subject(), '.')+1:]
		for s, subject := range map[jetstream.Stream]string{verdicts: w.Config.verdict(token, seq), dead: w.Config.dead(token, seq)} {
			_, err := s.GetLastMsgForSubject(ctx, subject)
			if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
				return false
			}
			if err == nil {
				w.count.Again.Add(1)
				w.ack(m)
				delete(held, seq)
				break
			}
		}
	}
	return true
}

var errNotOurs = errors.New("the partition is another worker's")

const settlePause = 200 * time.Millisecond

func (w *Worker) wait(ctx context.Context, what string, partition int) {
	w.count.Failed.Add(1)
	if ctx.Err() == nil {
		w.Log.Warn(what, "partition", partition)
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
}

// lane judges messages one after the other: those of one conversation are all in
// one lane, and none of them is judged before the verdict on the one before it is
// stored. Verdicts on different conversations are on their way together.
func (w *Worker) lane(in chan jetstream.Msg) {
	type pending struct {
		m      jetstream.Msg
		out    *nats.Msg
		future jetstream.PubAckFuture
		done   chan struct{}
	}
	under := make(chan pending, laneLength)
	var storing sync.WaitGroup
	storing.Go(func() {
		for p := range under {
			select {
			case <-p.future.Ok():
				w.count.Stored.Add(1)
				w.ack(p.m)
			case err := <-p.future.Err():
				w.refused(p.m, p.out, err)
			}
			close(p.done)
		}
	})
	last := map[string]chan struct{}{}
	for m := range in {
		if w.Conn.IsClosed() {
			continue // it comes again, to somebody else
		}
		if before := last[m.Subject()]; before != nil {
			<-before
		}
		if len(last) > laneLength {
			for k, d := range last {
				select {
				case <-d:
					delete(last, k)
				default:
				}
			}
		}
		out := w.take(m)
		if out == nil {
			continue
		}
		// A subject of its own, on which nothing may stand before: whoever comes
		// second, after whatever fault and however late, is refused.
		f, err := w.js.PublishMsgAsync(out, jetstream.WithExpectLastSequencePerSubject(0))
		if err != nil {
			w.refused(m, out, err)
			continue
		}
		done := make(chan struct{})
		last[m.Subject()] = done
		under <- pending{m, out, f, done}
	}
	close(under)
	storing.Wait()
}

func (w *Worker) ack(m jetstream.Msg) {
	if err := m.Ack(); err != nil {
		w.count.Failed.Add(1) // it comes again, and its verdict is found stored
	}
}

// refused sees to a verdict that was not stored at once. One that is there already
// is done; any other is tried again for as long as the connection lives, as the
// conversation waits for it.
func (w *Worker) refused(m jetstream.Msg, out *nats.Msg, err error) {
	for {
		var api *jetstream.APIError
		switch {
		case err == nil:
			w.count.Stored.Add(1)
			w.ack(m)
			return
		case errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
			w.count.Again.Add(1)
			w.ack(m)
			return
		case w.Conn.IsClosed():
			return // it comes again, to somebody else
		}
		w.count.Failed.Add(1)
		w.Log.Warn("a verdict could not be stored; it is tried again")
		_ = m.InProgress() // so that it is not given to somebody else meanwhile
		time.Sleep(retryPause)
		ctx, cancel := context.WithTimeout(context.Background(), w.Config.AckWait)
		_, err = w.js.PublishMsg(ctx, out, jetstream.WithExpectLastSequencePerSubject(0))
		cancel()
	}
}

const retryPause = 500 * time.Millisecond

// take judges a message and returns its verdict, ready to be stored; nil for a
// message that is none of ours.
func (w *Worker) take(m jetstream.Msg) *nats.Msg {
	meta, err := m.Metadata()
	if err != nil {
		w.count.Failed.Add(1)
		return nil
	}
	token := m.Subject()[strings.LastIndexByte(m.Subject(), '.')+1:]
	seq := meta.Sequence.Stream
	var body []byte
	if turn := m.Headers().Get(HeaderTurn); turn != "" {
		body, err = w.turn(m, token, seq, turn)
		for errors.Is(err, errAgain) && !w.Conn.IsClosed() {
			w.count.Failed.Add(1)
			_ = m.InProgress()
			time.Sleep(retryPause)
			body, err = w.turn(m, token, seq, turn)
		}
		if errors.Is(err, errAgain) {
			return nil
		}
	} else {
		body, err = w.judged(m.Data())
	}
	out := &nats.Msg{Subject: w.Config.verdict(token, seq), Header: nats.Header{}, Data: body}
	if err == nil && int(meta.NumDelivered) > w.Config.MaxDeliver {
		err = errors.New("delivered too often")
	}
	if err != nil {
		out.Subject, out.Data = w.Config.dead(token, seq), m.Data()
		out.Header.Set(HeaderReason, reason(err))
		w.count.Dead.Add(1)
		w.Log.Warn("a message goes to the dead letters", "sequence", seq, "reason", reason(err))
	}
	for k, v := range m.Headers() {
		if !strings.HasPrefix(k, "Nats-") {
			out.Header[k] = v
		}
	}
	sum := sha256.Sum256(m.Data())
	out.Header.Set(HeaderHash, hex.EncodeToString(sum[:]))
	out.Header.Set("Madoguchi-Sequence", strconv.FormatUint(seq, 10))
	return out
}

// errAgain says that the talk could not be read or written just now.
var errAgain = errors.New("again")

// talked is what is kept of a talk.
type talked struct {
	Last uint64          `json:"last"` // sequence of the last turn
	Body json.RawMessage `json:"body"` // that turn's verdict
	Case talk.Case       `json:"case"`
}

// turnVerdict is a turn's verdict: the line's, and what the talk shows.
type turnVerdict struct {
	Verdict json.RawMessage      `json:"verdict"`
	Talk    madoguchi.Level      `json:"talk"`
	Notes   []talk.Note          `json:"notes"`
	Told    []madoguchi.Category `json:"told"`
	Asked   []madoguchi.Category `json:"asked"`
}

// turn judges a turn of a talk with what the talk has shown so far.
func (w *Worker) turn(m jetstream.Msg, token string, seq uint64, who string) ([]byte, error) {
	line, err := w.judged(m.Data())
	if err != nil {
		return nil, err
	}
	ex, err := batch.Exchange(m.Data())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.Config.AckWait)
	defer cancel()
	s := talked{Case: talk.Case{Exchange: *ex, Level: madoguchi.OK}}
	entry, err := w.talks.Get(ctx, token)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return nil, errAgain
	default:
		if err := json.Unmarshal(entry.Value(), &s); err != nil {
			return nil, err
		}
	}
	switch {
	case seq == s.Last:
		return s.Body, nil // judged, but perhaps not stored
	case seq < s.Last:
		return nil, errors.New("a turn came after its successor")
	}
	step := s.Case.Add(ask.Turn{Mine: who == "person", Text: ex.Text})
	body, err := json.Marshal(turnVerdict{line, s.Case.Level, step.Notes, s.Case.Told, s.Case.Asked})
	if err != nil {
		return nil, err
	}
	s.Last, s.Body = seq, body
	s.Case.Exchange.Text = "" // not needed on
	raw, err := json.Marshal(&s)
	if err != nil {
		return nil, err
	}
	// Only on top of what was read: two workers cannot both take a turn.
	if entry == nil {
		_, err = w.talks.Create(ctx, token, raw)
	} else {
		_, err = w.talks.Update(ctx, token, raw, entry.Revision())
	}
	if err != nil {
		return nil, errAgain
	}
	return body, nil
}
