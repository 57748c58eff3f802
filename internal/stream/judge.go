package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/batch"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/talk"
)

// Reasons for which a message goes to the dead letters. They tell nothing of its
// content.
var (
	errPanic  = errors.New("the check failed within itself")
	errFatal  = errors.New("each worker that began to judge it ended")
	errTurn   = errors.New("the header " + HeaderTurn + " says neither window nor person")
	errLate   = errors.New("a turn came after its successor")
	errLarge  = errors.New("its verdict, or what is kept of its talk, is larger than the server takes")
	errSlow   = errors.New("the check was not done in the time that a message has")
	errFormed = errors.New("the exchange is malformed")
	errOther  = errors.New("the message cannot be judged")
)

// reason tells why a message could not be judged, without its content.
func reason(err error) string {
	for _, known := range []error{errPanic, errFatal, errTurn, errLate, errLarge, errSlow} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	var le *batch.LineError
	var fe *intake.FieldError
	if errors.As(err, &le) || errors.As(err, &fe) {
		return errFormed.Error()
	}
	return errOther.Error()
}

// errAgain says that the server could not be asked just now, errDone that the
// message's verdict is stored already.
var (
	errAgain = errors.New("again")
	errDone  = errors.New("done")
)

// guarded runs f; a bug in the judging of one message stops no worker.
func guarded(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return f()
}

// judged judges a line, within the time that a message has.
func (w *Worker) judged(line []byte) ([]byte, error) {
	type answer struct {
		out []byte
		err error
	}
	w.slots <- struct{}{}
	defer func() { <-w.slots }()
	ctx, cancel := context.WithTimeout(w.grace, w.Config.AckWait/2)
	defer cancel()
	done := make(chan answer, 1)
	go func() {
		var a answer
		a.err = guarded(func() (err error) {
			a.out, err = w.Judge(ctx, line)
			return err
		})
		done <- a
	}()
	select {
	case a := <-done:
		if a.err != nil && errors.Is(a.err, context.DeadlineExceeded) {
			return nil, errSlow
		}
		if a.err != nil && w.grace.Err() != nil {
			return nil, errAgain // this worker ends, another goes on
		}
		return a.out, a.err
	case <-time.After(w.Config.AckWait/2 + slack):
		return nil, errSlow
	}
}

// slack is how long a check may take to notice that its time is over.
const slack = 2 * time.Second

// take judges a message and returns its verdict or dead letter, ready to be
// stored; nil where it is done already or this worker ends.
func (w *Worker) take(m jetstream.Msg) *nats.Msg {
	ctx := propagation.TraceContext{}.Extract(w.grace, propagation.HeaderCarrier(m.Headers()))
	_, span := w.Tracer.Start(ctx, "judge", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	meta, err := m.Metadata()
	if err != nil {
		w.count.Failed.Add(1)
		return nil // none of ours
	}
	token := tokenOf(m)
	seq := meta.Sequence.Stream
	span.SetAttributes(attribute.Int64("messaging.nats.stream_sequence", int64(seq)), attribute.Int64("messaging.nats.deliveries", int64(meta.NumDelivered))) //nolint:gosec // counts
	body, err := w.verdict(m, token, meta)
	for errors.Is(err, errAgain) && !w.ending() {
		w.count.Failed.Add(1)
		_ = m.InProgress() // so that it is not given to somebody else meanwhile
		w.rest(retryPause)
		body, err = w.verdict(m, token, meta)
	}
	switch {
	case errors.Is(err, errAgain):
		return nil // it comes again, to somebody else
	case errors.Is(err, errDone):
		w.count.Again.Add(1)
		w.ack(m)
		return nil
	}
	out := &nats.Msg{Subject: w.Config.verdict(token, seq), Header: sendersHeaders(m), Data: body}
	if err != nil {
		out.Subject, out.Data = w.Config.dead(token, seq), m.Data()
		if len(out.Data)+deadHeaders > int(w.Conn.MaxPayload()) {
			out.Data = nil // its hash and its place in the stream tell which it was
		}
		out.Header.Set(HeaderReason, reason(err))
		span.SetStatus(codes.Error, reason(err))
		w.count.Dead.Add(1)
		w.Log.Warn("a message goes to the dead letters", "sequence", seq, "reason", reason(err))
	}
	stamp(out, m, seq)
	return out
}

// Bounds of the headers that are carried over, in bytes, and of all that a dead
// letter bears.
const (
	maxHeaders  = 8 << 10
	deadHeaders = maxHeaders + 1<<10
)

// sendersHeaders are those that the sender wrote, but for the server's and ours: by
// them a sender could say what only a worker knows. Of too many none are carried.
func sendersHeaders(m jetstream.Msg) nats.Header {
	h, size := nats.Header{}, 0
	for k, list := range m.Headers() {
		own := strings.ToLower(k)
		if strings.HasPrefix(own, "nats-") || strings.HasPrefix(own, "madoguchi-") && !strings.EqualFold(k, HeaderTurn) {
			continue
		}
		h[k] = list
		for _, v := range list {
			size += len(k) + len(v) + len(": \r\n")
		}
	}
	if size > maxHeaders {
		return nats.Header{}
	}
	return h
}

// stamp notes what was judged.
func stamp(out *nats.Msg, m jetstream.Msg, seq uint64) {
	sum := sha256.Sum256(m.Data())
	out.Header.Set(HeaderHash, hex.EncodeToString(sum[:]))
	out.Header.Set("Madoguchi-Sequence", strconv.FormatUint(seq, 10))
}

// tooLarge is the dead letter of a message that cannot be stored otherwise: without
// its content and its sender's headers.
func (w *Worker) tooLarge(m jetstream.Msg) *nats.Msg {
	seq := uint64(0)
	if meta, err := m.Metadata(); err == nil {
		seq = meta.Sequence.Stream
	}
	out := &nats.Msg{Subject: w.Config.dead(tokenOf(m), seq), Header: nats.Header{}}
	out.Header.Set(HeaderReason, errLarge.Error())
	stamp(out, m, seq)
	return out
}

// tokenOf is the conversation's place in a message's subject.
func tokenOf(m jetstream.Msg) string {
	return m.Subject()[strings.LastIndexByte(m.Subject(), '.')+1:]
}

// verdict judges a message, or says why not.
func (w *Worker) verdict(m jetstream.Msg, token string, meta *jetstream.MsgMetadata) ([]byte, error) {
	if w.suspected(m) {
		if err := w.suspect(token, meta.Sequence.Stream); err != nil {
			return nil, err
		}
	}
	switch who := m.Headers().Get(HeaderTurn); who {
	case "":
		return w.judged(m.Data())
	case "window", "person":
		return w.turn(m, token, meta.Sequence.Stream, who)
	}
	return nil, errTurn
}

// maxTries is how often a suspect may bring down the worker that judges it.
const maxTries = 3

// suspected reports that a message was delivered so often that it may be what ends
// the workers.
func (w *Worker) suspected(m jetstream.Msg) bool {
	meta, err := m.Metadata()
	return err == nil && meta.NumDelivered > uint64(w.Config.MaxDeliver) //nolint:gosec // at least 1
}

// suspect sees to a message that was delivered too often: whatever was judged
// together with one that ends the process shares its fate, so that the number of
// deliveries alone tells nothing. That the judging of a suspect begins is noted
// first; the one that has begun so often and never ended is the poison.
func (w *Worker) suspect(token string, seq uint64) error {
	ctx, cancel := context.WithTimeout(w.grace, w.Config.AckWait)
	defer cancel()
	if done, err := w.stored(ctx, token, seq); err != nil {
		return errAgain
	} else if done {
		return errDone
	}
	key := strconv.FormatUint(seq, 10)
	var tries int
	entry, err := w.tries.Get(ctx, key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return errAgain
	default:
		if tries, err = strconv.Atoi(string(entry.Value())); err != nil {
			return err
		}
	}
	if tries >= maxTries {
		return errFatal
	}
	if _, err := w.tries.PutString(ctx, key, strconv.Itoa(tries+1)); err != nil {
		return errAgain
	}
	return nil
}

// stored reports whether a message has a verdict or a dead letter already.
func (w *Worker) stored(ctx context.Context, token string, seq uint64) (bool, error) {
	_, err := w.verdicts.GetLastMsgForSubject(ctx, w.Config.verdict(token, seq))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		_, err = w.dead.GetLastMsgForSubject(ctx, w.Config.dead(token, seq))
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	return err == nil, err
}

// talked is what is kept of a talk.
type talked struct {
	Last uint64          `json:"last"` // sequence of the last turn
	Body json.RawMessage `json:"body"` // that turn's verdict
	Case talk.Case       `json:"case"`
}

// turnVerdict is a turn's verdict: the line's, and what the talk shows.
type turnVerdict struct {
	Verdict json.RawMessage     `json:"verdict"`
	Talk    exchange.Level      `json:"talk"`
	Notes   []talk.Note         `json:"notes"`
	Told    []exchange.Category `json:"told"`
	Asked   []exchange.Category `json:"asked"`
}

// turn judges a turn of a talk with what the talk has shown so far.
func (w *Worker) turn(m jetstream.Msg, token string, seq uint64, who string) ([]byte, error) {
	line, err := w.judged(m.Data())
	if err != nil {
		return nil, err
	}
	ex, err := intake.DecodeExchange(m.Data())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(w.grace, w.Config.AckWait)
	defer cancel()
	s := talked{Case: talk.Case{Exchange: *ex, Level: exchange.OK}}
	key := talkKey(token)
	entry, err := w.talks.Get(ctx, key)
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
		return nil, errLate
	}
	var raw, body []byte
	err = guarded(func() (err error) {
		step := s.Case.Add(ask.Turn{Mine: who == "person", Text: ex.Text})
		if body, err = json.Marshal(turnVerdict{line, s.Case.Level, step.Notes, s.Case.Told, s.Case.Asked}); err != nil {
			return err
		}
		s.Last, s.Body = seq, body
		s.Case.Exchange.Text = "" // not needed on
		raw, err = json.Marshal(&s)
		return err
	})
	if err != nil {
		return nil, err
	}
	// Only on top of what was read: two workers cannot both take a turn.
	if entry == nil {
		_, err = w.talks.Create(ctx, key, raw)
	} else {
		_, err = w.talks.Update(ctx, key, raw, entry.Revision())
	}
	switch {
	case err != nil && final(err):
		return nil, errLarge
	case err != nil:
		return nil, errAgain
	}
	return body, nil
}

// talkKey is a conversation's key in the bucket of talks: its token, or where that
// has characters that keys may not have, the token's hash.
func talkKey(token string) string {
	for _, c := range token {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return "hashed-" + Token(token)
		}
	}
	return token
}

const retryPause = 500 * time.Millisecond
