package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/d--j/go-milter"
	"github.com/d--j/go-milter/mailfilter"
	"github.com/emersion/go-msgauth/authres"
	"golang.org/x/sync/semaphore"

	"github.com/madoguchi/madoguchi/exchange"
)

// Action is what is done with a mail.
type Action string

const (
	Pass       Action = "pass"       // header fields alone
	Tag        Action = "tag"        // and a word before the subject
	Quarantine Action = "quarantine" // held by the mail server for its administrator
	Reject     Action = "reject"     // told to the sender's server
)

// Options say how a milter works.
type Options struct {
	Listen  string // inet:HOST:PORT or unix:/PATH
	ID      string // who says it: the authserv-id of Authentication-Results (RFC 8601)
	Stop    Action
	Caution Action
	Closed  bool // a mail that cannot be judged is put off, not let through

	MaxBody    int64         // bytes of a mail that are read
	Concurrent int64         // mails at once
	Deadline   time.Duration // for one mail
	Log        *slog.Logger
}

// Names of what is put into a mail. Fields of these names that come with it are
// taken out: nobody else can say them.
const (
	fieldLevel    = "X-Madoguchi-Level"
	fieldReasons  = "X-Madoguchi-Reasons"
	fieldScenario = "X-Madoguchi-Scenario"
	fieldResults  = "Authentication-Results"
	method        = "x-madoguchi"
	notJudged     = "none"
)

// Words before the subject.
var tags = map[exchange.Level]string{exchange.Stop: "[危険・応じない] ", exchange.Caution: "[要確認] "}

// Milter is a running filter.
type Milter struct {
	filter *mailfilter.MailFilter
	o      Options
	places *semaphore.Weighted

	Judged, Failed atomic.Int64
}

// Serve begins to listen.
func Serve(o Options) (*Milter, error) {
	network, address, ok := strings.Cut(o.Listen, ":")
	if network == "inet" {
		network = "tcp"
	}
	if !ok || network != "tcp" && network != "unix" {
		return nil, errors.New("write the address as inet:HOST:PORT or unix:/PATH")
	}
	if network == "unix" {
		if i, err := os.Stat(address); err == nil && i.Mode()&os.ModeSocket != 0 {
			_ = os.Remove(address) // of a process that was killed; where it is in use, listening fails
		}
	}
	milter.LogWarning = func(string, ...any) {} // its words may hold a mail's
	m := &Milter{o: o, places: semaphore.NewWeighted(o.Concurrent)}
	handling := mailfilter.AcceptWhenError
	if o.Closed {
		handling = mailfilter.TempFailWhenError
	}
	var err error
	m.filter, err = mailfilter.New(network, address, m.decide, mailfilter.WithErrorHandling(handling),
		mailfilter.WithBody(int(o.MaxBody), o.MaxBody, mailfilter.TruncateWhenTooBig), mailfilter.WithHeader(1000, mailfilter.TruncateWhenTooBig))
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	return m, nil
}

// Addr is where it listens.
func (m *Milter) Addr() string { return m.filter.Addr().String() }

// Shutdown ends it when the mails at hand are done.
func (m *Milter) Shutdown(ctx context.Context) error { return m.filter.Shutdown(ctx) }

// decide judges a mail and says what becomes of it.
func (m *Milter) decide(ctx context.Context, trx mailfilter.Trx) (decision mailfilter.Decision, err error) {
	own := m.strip(trx)
	began := time.Now()
	v, err := m.judge(ctx, trx)
	if err != nil {
		m.Failed.Add(1)
		m.o.Log.Warn("a mail was not judged", "why", reason(err), "ms", time.Since(began).Milliseconds())
		if m.o.Closed {
			return mailfilter.TempFail, nil
		}
		trx.Headers().Add(fieldLevel, notJudged)
		return mailfilter.Accept, nil
	}
	m.Judged.Add(1)
	trx.Headers().Add(fieldResults, authres.Format(m.o.ID, []authres.Result{&authres.GenericResult{Method: method, Value: authres.ResultValue(v.Level), Params: map[string]string{"policy.window": string(v.Where.Status)}}}))
	trx.Headers().Add(fieldLevel, string(v.Level))
	if len(v.Reasons) > 0 {
		var ids []string
		for i := range v.Reasons {
			if !slices.Contains(ids, v.Reasons[i].ID) {
				ids = append(ids, v.Reasons[i].ID)
			}
		}
		trx.Headers().Add(fieldReasons, strings.Join(ids, ", "))
	}
	if v.Scenario != "" {
		trx.Headers().Add(fieldScenario, v.Scenario)
	}
	action := map[exchange.Level]Action{exchange.Stop: m.o.Stop, exchange.Caution: m.o.Caution}[v.Level]
	if action == "" {
		action = Pass
	}
	m.o.Log.Info("mail", "level", string(v.Level), "action", string(action), "own fields taken out", own, "ms", time.Since(began).Milliseconds())
	switch action {
	case Tag:
		if s, err := trx.Headers().Subject(); err == nil {
			trx.Headers().SetSubject(tags[v.Level] + s)
		}
	case Quarantine:
		return mailfilter.QuarantineResponse("madoguchi: " + string(v.Level)), nil
	case Reject:
		return mailfilter.CustomErrorResponse(550, "5.7.1 madoguchi: this mail is not taken"), nil
	}
	return mailfilter.Accept, nil
}

var errBusy = errors.New("no place")

// judge reads and judges a mail within its bounds.
func (m *Milter) judge(ctx context.Context, trx mailfilter.Trx) (v exchange.Verdict, err error) {
	ctx, cancel := context.WithTimeout(ctx, m.o.Deadline)
	defer cancel()
	if m.places.Acquire(ctx, 1) != nil {
		return v, errBusy
	}
	defer m.places.Release(1)
	defer func() {
		if r := recover(); r != nil { // one mail must not stop the others
			err = errors.New("panic")
		}
	}()
	var raw bytes.Buffer
	if _, err := io.Copy(&raw, trx.Headers().Reader()); err != nil {
		return v, err
	}
	n := int64(0)
	if b := trx.Body(); b != nil {
		if n, err = io.Copy(&raw, b); err != nil {
			return v, err
		}
	}
	return Judge(ctx, raw.Bytes(), n >= m.o.MaxBody)
}

// strip takes out fields that only this filter may write, and returns how many there
// were (RFC 8601 section 5).
func (m *Milter) strip(trx mailfilter.Trx) (n int) {
	for f := trx.Headers().Fields(); f.Next(); {
		ours := strings.HasPrefix(strings.ToLower(f.Key()), "x-madoguchi-")
		if strings.EqualFold(f.Key(), fieldResults) {
			id, _, _ := strings.Cut(strings.TrimSpace(f.UnfoldedValue()), ";")
			id, _, _ = strings.Cut(strings.TrimSpace(id), " ") // a version may follow
			ours = strings.EqualFold(id, m.o.ID)
		}
		if ours {
			f.Del()
			n++
		}
	}
	return n
}

// reason names an error without its words, which may hold a mail's.
func reason(err error) string {
	switch {
	case errors.Is(err, errBusy):
		return "all places are taken"
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	case errors.Is(err, ErrNotMail):
		return "no mail"
	}
	return "it could not be read"
}
