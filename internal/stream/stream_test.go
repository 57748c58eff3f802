package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/madoguchi/madoguchi/internal/batch"
	"github.com/madoguchi/madoguchi/internal/stream"
)

// begin starts a real server with JetStream and a connection to it.
func begin(t *testing.T) (*nats.Conn, jetstream.JetStream) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return nc, js
}

func config() stream.Config {
	c := stream.Default()
	c.Partitions, c.AckWait, c.Concurrency = 4, 2*time.Second, 2
	return c
}

// work runs a worker until the returned function is called.
func work(t *testing.T, w *stream.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// verdicts reads what a stream holds, by subject, until there are n.
func read(t *testing.T, js jetstream.JetStream, name string, n int) []jetstream.Msg {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var out []jetstream.Msg
	for len(out) < n {
		out = nil
		c, err := js.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for {
			m, err := c.Next(jetstream.FetchMaxWait(300 * time.Millisecond))
			if err != nil {
				break
			}
			out = append(out, m)
		}
		if ctx.Err() != nil {
			t.Fatalf("%d of %d in %s", len(out), n, name)
		}
	}
	if len(out) != n {
		t.Fatalf("%d in %s, want %d", len(out), name, n)
	}
	return out
}

func publish(t *testing.T, js jetstream.JetStream, c stream.Config, conversation, id, line string, header ...string) {
	t.Helper()
	m := &nats.Msg{Subject: c.In(conversation), Data: []byte(line), Header: nats.Header{nats.MsgIdHdr: {id}}}
	for i := 0; i+1 < len(header); i += 2 {
		m.Header.Set(header[i], header[i+1])
	}
	if _, err := js.PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// TestWorker: exchanges in, verdicts out, each once; headers are carried; a
// message sent twice counts once; one that cannot be judged goes to the dead
// letters with a reason, and not its content into the log.
func TestWorker(t *testing.T) {
	nc, js := begin(t)
	c := config()
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	var mu sync.Mutex
	w := &stream.Worker{Config: c, Conn: nc, Log: slog.New(slog.NewTextHandler(&locked{&mu, &log}, nil))}
	stop := work(t, w)
	for i := range 50 {
		id := fmt.Sprintf("m%d", i)
		publish(t, js, c, fmt.Sprintf("c%d", i%5), id, `{"id":"`+id+`","direction":"incoming","text":"暗証番号を教えてください。"}`, "X-Trace", id)
	}
	publish(t, js, c, "c0", "m0", `{"id":"m0","direction":"incoming","text":"暗証番号を教えてください。"}`) // again
	publish(t, js, c, "c1", "bad", `{"id":"bad","text":"canary-秘密","inquiry":"nothing"}`)
	got := read(t, js, c.Verdicts(), 50)
	last := map[string]int{}
	for _, m := range got {
		var row struct{ ID, Level string }
		if err := json.Unmarshal(m.Data(), &row); err != nil || row.Level != "stop" || m.Headers().Get("X-Trace") != row.ID {
			t.Fatalf("%s %v %v", m.Data(), m.Headers(), err)
		}
		var n int
		if _, err := fmt.Sscanf(row.ID, "m%d", &n); err != nil {
			t.Fatal(err)
		}
		conversation := strings.Split(m.Subject(), ".")[2]
		if before, ok := last[conversation]; ok && before > n {
			t.Errorf("%d after %d", n, before)
		}
		last[conversation] = n
	}
	dead := read(t, js, c.Dead(), 1)
	if r := dead[0].Headers().Get(stream.HeaderReason); r == "" || strings.Contains(r, "canary") || !bytes.Contains(dead[0].Data(), []byte("canary")) {
		t.Errorf("dead letter: %q", r)
	}
	stop()
	mu.Lock()
	defer mu.Unlock()
	if strings.Contains(log.String(), "canary") || !strings.Contains(log.String(), "dead letters") {
		t.Errorf("log: %s", log.String())
	}
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// TestReply: a single check by request and reply.
func TestReply(t *testing.T) {
	nc, _ := begin(t)
	work(t, &stream.Worker{Config: config(), Conn: nc})
	var m *nats.Msg
	for range 50 {
		var err error
		if m, err = nc.Request("madoguchi.check", []byte(`{"id":"1","direction":"incoming","text":"暗証番号を教えてください。"}`), time.Second); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if m == nil || !bytes.Contains(m.Data, []byte(`"level":"stop"`)) {
		t.Fatalf("%v", m)
	}
	m, err := nc.Request("madoguchi.check", []byte(`{"id":"1"}`), time.Second)
	if err != nil || m.Header.Get("Nats-Service-Error-Code") != "400" {
		t.Errorf("%v %v", m, err)
	}
}

// TestTalk: turns of a talk count together, also where the worker changes in
// between.
func TestTalk(t *testing.T) {
	nc, js := begin(t)
	c := config()
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	turns := []struct{ who, text string }{{"window", "お名前を教えてください。"}, {"person", "山田花子です。"}, {"window", "お電話番号を教えてください。"}, {"window", "暗証番号を教えてください。"}}
	for i, turn := range turns {
		stop := work(t, &stream.Worker{Config: c, Conn: nc})
		publish(t, js, c, "talk", fmt.Sprint(i), fmt.Sprintf(`{"id":"%d","direction":"incoming","channel":"chat","initiator":"window","text":%q}`, i, turn.text), stream.HeaderTurn, turn.who)
		read(t, js, c.Verdicts(), i+1)
		stop()
	}
	got := read(t, js, c.Verdicts(), len(turns))
	var last struct {
		Talk  string
		Notes []string
		Asked []string
		Told  []string
	}
	if err := json.Unmarshal(got[len(got)-1].Data(), &last); err != nil {
		t.Fatal(err)
	}
	if last.Talk != "stop" || strings.Join(last.Asked, " ") != "name phone pin" || strings.Join(last.Told, " ") != "name" || !strings.Contains(strings.Join(last.Notes, " "), "turns_to_secret") {
		t.Errorf("%s", got[len(got)-1].Data())
	}
}

// TestWorkerLost: a worker that falls silent in the middle loses nothing and
// doubles nothing: another takes over.
func TestWorkerLost(t *testing.T) {
	nc, js := begin(t)
	c := config()
	c.AckWait = time.Second
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	const n = 400
	for i := range n {
		publish(t, js, c, fmt.Sprintf("c%d", i%40), fmt.Sprint(i), fmt.Sprintf(`{"id":"%d","direction":"incoming","text":"こんにちは"}`, i))
	}
	url := nc.ConnectedUrl()
	lost, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	var mu sync.Mutex
	first := &stream.Worker{Config: c, Conn: lost, Judge: func(_ context.Context, line []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		if judged++; judged == 100 {
			lost.Close() // all at once, as a process that is killed
		}
		return batch.CheckLine(line)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	gone := make(chan struct{})
	go func() { _ = first.Run(ctx); close(gone) }()
	time.Sleep(500 * time.Millisecond)
	work(t, &stream.Worker{Config: c, Conn: nc})
	got := read(t, js, c.Verdicts(), n)
	seen := map[string]bool{}
	last := map[string]int{}
	for _, m := range got {
		var row struct{ ID string }
		if err := json.Unmarshal(m.Data(), &row); err != nil {
			t.Fatal(err)
		}
		if seen[row.ID] {
			t.Errorf("%s has two verdicts", row.ID)
		}
		seen[row.ID] = true
		var i int
		if _, err := fmt.Sscan(row.ID, &i); err != nil {
			t.Fatal(err)
		}
		conversation := strings.Split(m.Subject(), ".")[2]
		if before, ok := last[conversation]; ok && before > i {
			t.Errorf("conversation %s: %d after %d", conversation, i, before)
		}
		last[conversation] = i
	}
	cancel()
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Error("the lost worker does not end")
	}
}

// TestShare: each of several workers gets its share of the partitions, also after
// one of them had all, and all of them when the others end; order is kept.
func TestShare(t *testing.T) {
	nc, js := begin(t)
	c := config()
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	last := map[string]int{}
	judge := func(_ context.Context, line []byte) ([]byte, error) {
		var row struct {
			ID   int
			Talk string
		}
		if err := json.Unmarshal(line, &row); err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		if before, ok := last[row.Talk]; ok && before >= row.ID {
			t.Errorf("conversation %s: %d after %d", row.Talk, row.ID, before)
		}
		last[row.Talk] = row.ID
		return line, nil
	}
	begun := func() (*stream.Worker, func()) {
		own, err := nats.Connect(nc.ConnectedUrl())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(own.Close)
		w := &stream.Worker{Config: c, Conn: own, Judge: judge}
		return w, work(t, w)
	}
	sent := 0
	send := func() { // one message a conversation
		for i := range 40 {
			publish(t, js, c, fmt.Sprint("c", i), fmt.Sprint(sent), fmt.Sprintf(`{"id":%d,"talk":"%d"}`, sent, i))
			sent++
		}
	}
	first, stopFirst := begun()
	send()
	read(t, js, c.Verdicts(), sent)
	second, _ := begun()
	both := func() bool {
		before := [2]int64{first.Counts().Stored.Load(), second.Counts().Stored.Load()}
		send()
		read(t, js, c.Verdicts(), sent)
		return first.Counts().Stored.Load() > before[0] && second.Counts().Stored.Load() > before[1]
	}
	for until := time.Now().Add(30 * time.Second); !both(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("one judged %d, the other %d", first.Counts().Stored.Load(), second.Counts().Stored.Load())
		}
	}
	stopFirst()
	send()
	read(t, js, c.Verdicts(), sent)
}

// TestTraces: a message is traced within the trace that its headers name, by its
// number and without content.
func TestTraces(t *testing.T) {
	nc, js := begin(t)
	c := config()
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	spans := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(spans))
	stop := work(t, &stream.Worker{Config: c, Conn: nc, Tracer: provider.Tracer("")})
	const id = "0102030405060708090a0b0c0d0e0f10"
	publish(t, js, c, "canary", "1", `{"id":"canary","text":"canary"}`, "Traceparent", "00-"+id+"-0102030405060708-01")
	read(t, js, c.Verdicts(), 1)
	stop()
	got := spans.GetSpans()
	if len(got) != 1 || got[0].SpanContext.TraceID().String() != id {
		t.Errorf("%+v", got)
	}
	if strings.Contains(fmt.Sprintf("%+v", got), "canary") {
		t.Errorf("content is told: %+v", got)
	}
}

// TestPoison: a message that ends each worker that judges it goes to the dead
// letters; those that were under way with it are judged.
func TestPoison(t *testing.T) {
	nc, js := begin(t)
	c := config()
	c.Partitions, c.AckWait, c.MaxDeliver, c.Concurrency = 1, time.Second, 1, 1
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	const n, at = 30, 10
	for i := range n {
		text := "こんにちは"
		if i == at {
			text = "poison"
		}
		publish(t, js, c, fmt.Sprintf("c%d", i), fmt.Sprint(i), fmt.Sprintf(`{"id":"%d","direction":"incoming","text":%q}`, i, text))
	}
	ended := 0
	for range 10 { // a worker after the other, as a supervisor starts them
		conn, err := nats.Connect(nc.ConnectedUrl())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		killed := make(chan struct{})
		var once sync.Once
		w := &stream.Worker{Config: c, Conn: conn, Judge: func(_ context.Context, line []byte) ([]byte, error) {
			if bytes.Contains(line, []byte("poison")) {
				conn.Close() // as a process that ends
				once.Do(func() { close(killed) })
				return nil, errors.New("nobody hears this")
			}
			return batch.CheckLine(line)
		}}
		done := make(chan struct{})
		go func() { _ = w.Run(ctx); close(done) }()
		dead := make(chan struct{})
		go func() {
			defer close(dead)
			for ctx.Err() == nil {
				if s, err := js.Stream(ctx, c.Dead()); err == nil && s.CachedInfo().State.Msgs > 0 {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
		select {
		case <-killed:
			ended++
			cancel()
			<-done
			continue
		case <-dead:
		case <-time.After(30 * time.Second):
			t.Fatal("neither judged nor given up")
		}
		got := read(t, js, c.Verdicts(), n-1)
		for _, m := range got {
			if bytes.Contains(m.Data(), []byte(fmt.Sprintf(`"id":"%d"`, at))) {
				t.Error("the poison has a verdict")
			}
		}
		letter := read(t, js, c.Dead(), 1)[0]
		if r := letter.Headers().Get(stream.HeaderReason); !bytes.Contains(letter.Data(), []byte("poison")) || r != "each worker that began to judge it ended" {
			t.Errorf("%s: %s", r, letter.Data())
		}
		cancel()
		<-done
		conn.Close()
		t.Logf("%d workers ended", ended)
		return
	}
	t.Error("the poison was never found")
}

// TestTurnHeader: a header that says nothing known is told of, not guessed at.
func TestTurnHeader(t *testing.T) {
	nc, js := begin(t)
	c := config()
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	work(t, &stream.Worker{Config: c, Conn: nc})
	publish(t, js, c, "talk", "1", `{"id":"1","direction":"incoming","text":"こんにちは"}`, stream.HeaderTurn, "Window")
	if r := read(t, js, c.Dead(), 1)[0].Headers().Get(stream.HeaderReason); !strings.Contains(r, stream.HeaderTurn) {
		t.Errorf("%q", r)
	}
}

// TestEndsWithoutServer: a worker that is told to end does so, also where the
// server has gone in the middle of the work.
func TestEndsWithoutServer(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect(s.ClientURL(), nats.MaxReconnects(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	c := config()
	c.AckWait = time.Second
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		header := []string{}
		if i%2 == 0 {
			header = []string{stream.HeaderTurn, "window"}
		}
		publish(t, js, c, fmt.Sprint(i%4), fmt.Sprint(i), fmt.Sprintf(`{"id":"%d","direction":"incoming","text":"こんにちは"}`, i), header...)
	}
	var gone sync.Once
	w := &stream.Worker{Config: c, Conn: nc, Judge: func(_ context.Context, line []byte) ([]byte, error) {
		gone.Do(func() { s.Shutdown(); s.WaitForShutdown() })
		return batch.CheckLine(line)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	for w.Counts().Failed.Load() == 0 {
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("the worker does not end")
	}
}

// TestCheck: what a configuration cannot be.
func TestCheck(t *testing.T) {
	for name, change := range map[string]func(*stream.Config){
		"nothing": nil, "prefix": func(c *stream.Config) { c.Prefix = "" }, "partitions": func(c *stream.Config) { c.Partitions = 0 },
		"replicas": func(c *stream.Config) { c.Replicas = 9 }, "ack-wait": func(c *stream.Config) { c.AckWait = time.Millisecond },
	} {
		c := stream.Default()
		if change != nil {
			change(&c)
		}
		if err := c.Check(); (err == nil) != (change == nil) || err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
