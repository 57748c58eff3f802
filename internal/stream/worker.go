package stream

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/madoguchi/madoguchi/internal/batch"
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
	// Tracer is told of each message by its number, without content; nobody where nil.
	Tracer trace.Tracer
	// Judge turns an exchange's line into a verdict's; batch.CheckLineContext where
	// nil. One that does not end when its context does is abandoned.
	Judge func(ctx context.Context, line []byte) ([]byte, error)

	js jetstream.JetStream

	exchanges, verdicts, dead jetstream.Stream

	partitions []*partition

	talks jetstream.KeyValue     // what each talk has shown
	tries jetstream.KeyValue     // how often the judging of a suspect began
	grace context.Context        // lives somewhat longer than Run's, so that what was begun can be finished
	lanes [][]chan jetstream.Msg // of each partition, so that none waits for another's
	slots chan struct{}          // one for each message that is judged at once
	alone sync.Mutex             // held while a suspect is judged
	count Counts
	ready atomic.Bool
	begun atomic.Int64 // messages that are here and not finished
	moved atomic.Int64 // when one was finished last, in nanoseconds since 1970
}

// Counts are what a worker has done.
type Counts struct {
	Stored, Again, Dead, Failed atomic.Int64 // Again: verdicts that were stored already
}

// Counts returns what the worker has done so far.
func (w *Worker) Counts() *Counts { return &w.count }

// Ready reports whether the worker judges: its streams are there, it is connected,
// and of what it has got something was finished lately.
func (w *Worker) Ready() bool {
	return w.ready.Load() && w.Conn.IsConnected() && (w.begun.Load() == 0 || time.Since(time.Unix(0, w.moved.Load())) < 2*w.Config.AckWait)
}

// begins notes that a message is here.
func (w *Worker) begins() {
	if w.begun.Add(1) == 1 {
		w.moved.Store(time.Now().UnixNano())
	}
}

// finished notes that a message is done with: stored, given up, or left to another.
func (w *Worker) finished() {
	w.begun.Add(-1)
	w.moved.Store(time.Now().UnixNano())
}

// pullExpiry is how long one request for messages stands. Where none are delivered,
// as the partition is full, the next request says that this worker still has it.
const pullExpiry = 2 * time.Second

// laneLength bounds what waits for one lane; beyond it nothing is pulled.
// groupLength is how many verdicts leave together at most, window how many of a
// lane are on their way to be stored.
const (
	laneLength  = 64
	groupLength = 32
	window      = 512
)

// Run judges until ctx ends, then drains: what was begun is finished, unless the
// server cannot be reached for Config.AckWait. It returns at once where the streams
// cannot be made.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.Config.Check(); err != nil {
		return err
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	if w.Tracer == nil {
		w.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if w.Judge == nil {
		w.Judge = batch.CheckLineContext
	}
	var err error
	if w.js, err = jetstream.New(w.Conn, jetstream.WithPublishAsyncMaxPending(4000), jetstream.WithPublishAsyncTimeout(w.Config.AckWait)); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	if err := w.Config.Prepare(ctx, w.js); err != nil {
		return err
	}
	var errs [5]error
	w.verdicts, errs[0] = w.js.Stream(ctx, w.Config.Verdicts())
	w.dead, errs[1] = w.js.Stream(ctx, w.Config.Dead())
	w.talks, errs[2] = w.js.KeyValue(ctx, w.Config.talks())
	w.tries, errs[3] = w.js.KeyValue(ctx, w.Config.tries())
	w.exchanges, errs[4] = w.js.Stream(ctx, w.Config.Exchanges())
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	var end context.CancelFunc
	w.grace, end = context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(w.Config.AckWait, end) })()
	n := w.Config.Concurrency
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	w.slots = make(chan struct{}, n)
	service, err := w.serve()
	if err != nil {
		return err
	}
	// Who ends is not counted among the workers any more.
	defer context.AfterFunc(ctx, func() { _ = service.Stop() })()
	var working sync.WaitGroup
	w.moved.Store(time.Now().UnixNano())
	w.lanes = make([][]chan jetstream.Msg, w.Config.Partitions)
	each := max(1, (n+w.Config.Partitions-1)/w.Config.Partitions)
	for i := range w.lanes {
		for range each {
			l := make(chan jetstream.Msg, laneLength)
			w.lanes[i] = append(w.lanes[i], l)
			working.Go(func() { w.lane(l) })
		}
	}
	w.ready.Store(true)
	defer w.ready.Store(false)
	w.partitions = nil
	var pulling sync.WaitGroup
	for i := range w.Config.Partitions {
		p := &partition{number: i}
		w.partitions = append(w.partitions, p)
		pulling.Go(func() { w.pull(ctx, p) })
	}
	pulling.Go(func() { w.share(ctx) })
	pulling.Wait()
	for _, list := range w.lanes {
		for _, l := range list {
			close(l)
		}
	}
	working.Wait()
	select {
	case <-w.js.PublishAsyncComplete():
	case <-w.grace.Done():
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

// pull hands a partition's messages to the lanes, for as long as this worker is
// the one that the partition is pinned to.
func (w *Worker) pull(ctx context.Context, p *partition) {
	for ctx.Err() == nil {
		if p.open(ctx); ctx.Err() != nil {
			return
		}
		c, err := w.js.Consumer(ctx, w.Config.Exchanges(), p.name())
		if err != nil {
			w.wait(ctx, "the partition cannot be reached", p.number)
			continue
		}
		it, err := c.Messages(jetstream.PullMaxMessages(min(256, w.Config.MaxPending)), jetstream.PullPriorityGroup(group), jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(pullExpiry/2))
		if err != nil {
			w.wait(ctx, "the partition cannot be pulled from", p.number)
			continue
		}
		stop := context.AfterFunc(ctx, it.Stop)
		p.pulled(it.Drain)
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
				p.pinned(pin)
			} else {
				w.begins()
				next++
			}
			for _, m := range list {
				w.give(p.number, m)
			}
		}
		stop()
		it.Stop()
	}
}

// give puts a message into its conversation's lane.
func (w *Worker) give(partition int, m jetstream.Msg) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.Subject())) // never fails
	list := w.lanes[partition]
	list[int(h.Sum32())%len(list)] <- m
}

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
	under := make(chan pending, window)
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
			w.finished()
			close(p.done)
		}
	})
	last := map[string]chan struct{}{}
	// Verdicts leave in groups where messages wait: what is written one by one is
	// read, replicated and acknowledged one by one, and that costs the servers more
	// than the judging.
	var group []pending
	send := func() {
		for _, p := range group {
			// A subject of its own, on which nothing may stand before: whoever
			// comes second, after whatever fault and however late, is refused.
			f, err := w.js.PublishMsgAsync(p.out, jetstream.WithExpectLastSequencePerSubject(0))
			if err != nil {
				w.refused(p.m, p.out, err)
				w.finished()
				close(p.done)
				continue
			}
			p.future = f
			under <- p
		}
		group = group[:0]
	}
	for m := range in {
		if len(group) == groupLength {
			send()
		}
		if w.ending() {
			w.finished()
			continue // it comes again, to somebody else
		}
		if before := last[m.Subject()]; before != nil {
			send()
			<-before
		}
		if len(last) > 2*window {
			for k, d := range last {
				select {
				case <-d:
					delete(last, k)
				default:
				}
			}
		}
		// A suspect is judged alone, and its verdict stored before the next one is
		// begun: who is begun and not stored when the process ends is suspected more.
		suspect := w.suspected(m)
		if suspect {
			send()
			for _, d := range last {
				<-d
			}
			w.alone.Lock()
		}
		done := make(chan struct{})
		if out := w.take(m); out != nil {
			last[m.Subject()] = done
			group = append(group, pending{m, out, nil, done})
		} else {
			w.finished()
			close(done)
		}
		if len(in) == 0 || suspect {
			send()
		}
		if suspect {
			<-done
			w.alone.Unlock()
		}
	}
	send()
	close(under)
	storing.Wait()
}

// final reports a refusal that no other try would change: what was to be stored is
// larger than the server or the stream takes.
func final(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, nats.ErrMaxPayload) || errors.As(err, &api) && (api.ErrorCode == codeTooLarge || api.ErrorCode == codeHeaders)
}

// Codes of the server's errors (nats-server, server/errors.json).
const (
	codeTooLarge jetstream.ErrorCode = 10054 // JSStreamMessageExceedsMaximumErr
	codeHeaders  jetstream.ErrorCode = 10097 // JSStreamHeaderExceedsMaximumErr
)

func (w *Worker) ack(m jetstream.Msg) {
	if err := m.Ack(); err != nil {
		w.count.Failed.Add(1) // it comes again, and its verdict is found stored
	}
}

// refused sees to a verdict that was not stored at once. One that is there already
// is done; any other is tried again, as the conversation waits for it.
func (w *Worker) refused(m jetstream.Msg, out *nats.Msg, err error) {
	// At once, then with a pause: after an outage hundreds wait here, one behind the
	// other.
	for pause := time.Duration(0); ; pause = retryPause {
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
		case w.ending():
			return // it comes again, to somebody else
		case final(err):
			// However often it is tried, it will not be taken: what the stream
			// does take is that, and why.
			if small := w.tooLarge(m); out.Subject != small.Subject || len(out.Data) > 0 || len(out.Header) > len(small.Header) {
				out = small
				w.count.Dead.Add(1)
				w.Log.Warn("a message goes to the dead letters", "reason", errLarge.Error())
			}
		}
		w.count.Failed.Add(1)
		_ = m.InProgress() // so that it is not given to somebody else meanwhile
		if pause > 0 {
			w.Log.Warn("a verdict could not be stored; it is tried again")
			w.rest(pause)
		}
		ctx, cancel := context.WithTimeout(w.grace, w.Config.AckWait)
		_, err = w.js.PublishMsg(ctx, out, jetstream.WithExpectLastSequencePerSubject(0))
		cancel()
	}
}

// ending reports that nothing can be stored any more by this worker.
func (w *Worker) ending() bool { return w.Conn.IsClosed() || w.grace.Err() != nil }

// rest waits, but not beyond the worker's end.
func (w *Worker) rest(d time.Duration) {
	select {
	case <-w.grace.Done():
	case <-time.After(d):
	}
}
