package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/madoguchi/madoguchi/internal/batch"
	"github.com/madoguchi/madoguchi/internal/stream"
)

// TestHostile: whatever one message is, it gets a verdict or a dead letter with its
// reason, and those behind it and beside it are judged.
func TestHostile(t *testing.T) {
	nc, js := begin(t)
	c := config()
	c.AckWait = 12 * time.Second // the large one is judged within it, on a busy machine too
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	most := int(nc.MaxPayload())
	w := &stream.Worker{Config: c, Conn: nc, Judge: func(ctx context.Context, line []byte) ([]byte, error) {
		if bytes.Contains(line, []byte(`"never ends"`)) {
			select {} // what no deadline reaches
		}
		return batch.CheckLineContext(ctx, line)
	}}
	work(t, w)
	send := func(subject, data string, header ...string) {
		m := &nats.Msg{Subject: subject, Data: []byte(data), Header: nats.Header{}}
		for i := 0; i+1 < len(header); i += 2 {
			m.Header.Set(header[i], header[i+1])
		}
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	hostile := []struct{ name, reason string }{
		{"malformed, and as large as a message may be", "malformed"},
		{"a verdict that is larger than a message may be", "larger"},
		{"a check that never ends", "time"},
		{"headers that say what a worker says", "malformed"},
		{"more headers than are carried over", "malformed"},
	}
	send(c.In("p0"), "{"+strings.Repeat("x", most-200))
	mails, _ := json.Marshal(map[string]string{"id": "large", "direction": "outgoing", "text": strings.Repeat("t@r.jp\n", 10_000)})
	send(c.In("p1"), string(mails))
	send(c.In("p2"), `{"id":"never ends","text":"never ends"}`)
	send(c.In("p3"), `nonsense`, stream.HeaderReason, "spoofed", "madoguchi-sha256", "spoofed", "Madoguchi-Sequence", "7")
	send(c.In("p4"), `nonsense`, "X-Long", strings.Repeat("h", 60_000))
	// A conversation that no key may be called by is a talk all the same.
	send("madoguchi.exchanges.会話", `{"id":"talk","direction":"incoming","text":"暗証番号を教えてください"}`, stream.HeaderTurn, "window")
	const harmless = 400
	for i := range harmless {
		send(c.In(fmt.Sprint("p", i%20)), fmt.Sprintf(`{"id":"%d","direction":"incoming","text":"お届け済みです。"}`, i))
	}
	got := read(t, js, c.Verdicts(), harmless+1)
	if !bytes.Contains(got[len(got)-1].Data(), []byte(`"id"`)) {
		t.Error("no verdict")
	}
	dead := read(t, js, c.Dead(), len(hostile))
	for _, h := range hostile {
		n := 0
		for _, m := range dead {
			r := m.Headers().Get(stream.HeaderReason)
			if strings.Contains(r, h.reason) && r != "spoofed" && len(m.Headers().Get(stream.HeaderHash)) == 64 {
				n++
			}
		}
		if n == 0 {
			t.Errorf("%s: no dead letter says so", h.name)
		}
	}
	for _, m := range dead {
		if len(m.Headers().Values("Madoguchi-Sequence")) != 1 || m.Headers().Get("X-Long") != "" {
			t.Errorf("headers of a dead letter: %.300v", m.Headers())
		}
	}
	for i := 0; !w.Ready(); i++ {
		if i > 100 {
			t.Fatal("not ready, though all is done")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestReadyIsProgress: a worker that gets nothing done does not say that it is
// ready.
func TestReadyIsProgress(t *testing.T) {
	nc, js := begin(t)
	c := config()
	c.AckWait = time.Second
	if err := c.Prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	w := &stream.Worker{Config: c, Conn: nc, Judge: func(context.Context, []byte) ([]byte, error) {
		<-hold
		return nil, context.DeadlineExceeded
	}}
	work(t, w)
	defer close(hold)
	for !w.Ready() {
		time.Sleep(10 * time.Millisecond)
	}
	// The verdicts' stream is gone: nothing can be stored.
	if err := js.DeleteStream(t.Context(), c.Verdicts()); err != nil {
		t.Fatal(err)
	}
	if err := js.DeleteStream(t.Context(), c.Dead()); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		publish(t, js, c, fmt.Sprint(i), fmt.Sprint(i), `{"text":"x"}`)
	}
	for i := 0; w.Ready(); i++ {
		if i > 600 {
			t.Fatalf("it says that it is ready: %+v", w.Counts())
		}
		time.Sleep(50 * time.Millisecond)
	}
}
