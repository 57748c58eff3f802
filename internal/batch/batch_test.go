package batch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/batch"
)

func run(t *testing.T, in string, each batch.Each) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	if _, _, err := batch.Run(strings.NewReader(in), &out, each, batch.Options{}); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	for l := range strings.Lines(out.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			t.Fatalf("row is no JSON: %v: %s", err, l)
		}
		rows = append(rows, r)
	}
	return rows
}

// TestRows is the batch contract: one row a line, in order, an error row where
// a line cannot be read.
func TestRows(t *testing.T) {
	rows := run(t, strings.Join([]string{
		`{"id":"1","direction":"outgoing","inquiry":"account_login","window_confirmed":true,"text":"パスワードはhanako-0000です"}`,
		`nonsense`,
		`{"id":3,"text":"こんにちは"}`,
		``,
		`{"id":"4","direction":"sideways","text":"x"}`,
		`{"id":"5","inquiry":"gardening","text":"x"}`,
		`{"id":"6"}`,
		`{"id":"7","text":1}`,
		`{"id":"8","text":"a"} {"id":"9"}`,
		`{"id":"10","direction":"incoming","organization":"だれも知らない会社","text":"暗証番号を教えてください。"}`,
		"{\"id\":\"11\",\"text\":\"\xff\xfe壊れた\"}",
	}, "\n"), batch.CheckLine)
	if len(rows) != 10 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, want := range []struct{ id, level, err string }{
		{"1", "stop", ""}, {"", "", "not a JSON object"}, {"3", "ok", ""}, {"4", "", `unknown direction: use one of outgoing, incoming`}, {"5", "", `unknown inquiry: use one of `},
		{"6", "", "there is nothing to judge"}, {"7", "", `"text" must be a string`}, {"8", "", "more than one JSON value"}, {"10", "stop", ""}, {"11", "ok", ""},
	} {
		r := rows[i]
		if r["id"] != want.id {
			t.Errorf("row %d: id %v, want %q", i, r["id"], want.id)
		}
		if want.err != "" {
			if e, _ := r["error"].(string); !strings.Contains(e, want.err) {
				t.Errorf("row %d: error %q, want %q", i, e, want.err)
			}
			continue
		}
		if r["level"] != want.level {
			t.Errorf("row %d: level %v, want %s", i, r["level"], want.level)
		}
	}
	if line := rows[1]["line"]; line != 2.0 {
		t.Errorf("the nonsense is on line %v", line)
	}
	if line := rows[3]["line"]; line != 5.0 {
		t.Errorf("behind an empty line: line %v, want 5", line)
	}
}

// TestOffsetsAreCodePoints slices the text by the offsets that a row gives.
func TestOffsetsAreCodePoints(t *testing.T) {
	text := "😀 名前：ﾔﾏﾀﾞ ﾀﾛｳ　電話０９０－００００－１２３４です。メール taro＠example.ne.jp"
	in, _ := json.Marshal(map[string]string{"id": "1", "text": text})
	rows := run(t, string(in), batch.CheckLine)
	findings := rows[0]["findings"].([]any)
	if len(findings) != 3 {
		t.Fatalf("%d findings: %v", len(findings), findings)
	}
	r := []rune(text)
	for _, f := range findings {
		f := f.(map[string]any)
		if got := string(r[int(f["start"].(float64)):int(f["end"].(float64))]); got != f["text"] {
			t.Errorf("offsets give %q, text says %q", got, f["text"])
		}
	}
}

// TestOrder holds for any mix of work: rows come out as lines went in.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "lines")
		workers := rapid.IntRange(1, 8).Draw(t, "workers")
		var in strings.Builder
		want := []string{}
		for i := range n {
			pad := rapid.IntRange(0, 5000).Draw(t, "pad")
			fmt.Fprintf(&in, "%d %s\n", i, strings.Repeat("x", pad))
			want = append(want, fmt.Sprint(i))
		}
		var out bytes.Buffer
		rows, failures, err := batch.Run(strings.NewReader(in.String()), &out, func(line []byte) ([]byte, error) {
			return bytes.Fields(line)[0], nil
		}, batch.Options{Workers: workers})
		if err != nil || rows != n || failures != 0 {
			t.Fatalf("rows %d failures %d error %v", rows, failures, err)
		}
		if got := strings.Fields(out.String()); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Fatalf("order %v", got)
		}
	})
}

// endless gives a line without an end.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range n {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

// TestBoundedMemory passes a line of 1 GB and a gigabyte of lines through.
func TestBoundedMemory(t *testing.T) {
	peak := watch(t, func() {
		in := io.MultiReader(&endless{1 << 30}, strings.NewReader("\n{\"id\":\"2\",\"text\":\"x\"}\n"))
		var out bytes.Buffer
		rows, failures, err := batch.Run(in, &out, batch.CheckLine, batch.Options{})
		if err != nil || rows != 2 || failures != 1 {
			t.Fatalf("rows %d failures %d error %v", rows, failures, err)
		}
		if !strings.Contains(out.String(), "longer than") || !strings.Contains(out.String(), `"id":"2"`) {
			t.Fatalf("rows %.300s", out.String())
		}
	})
	if peak > 150<<20 {
		t.Errorf("a line of 1 GB took %d MB", peak>>20)
	}
	line := []byte(`{"id":"1","text":"` + strings.Repeat("あ", 2000) + `"}` + "\n")
	peak = watch(t, func() {
		in := io.LimitReader(&repeat{line: line}, 1<<30)
		if _, _, err := batch.Run(in, io.Discard, func(l []byte) ([]byte, error) { return l[:8], nil }, batch.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	if peak > 150<<20 {
		t.Errorf("1 GB of lines took %d MB", peak>>20)
	}
}

type repeat struct {
	line []byte
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.line[r.at:])
	r.at = (r.at + n) % len(r.line)
	return n, nil
}

// watch returns the largest heap in use while f ran, in bytes.
func watch(t *testing.T, f func()) uint64 {
	t.Helper()
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			select {
			case <-stop:
				done <- peak
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	return <-done
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestWriteFails ends with the writer's error, not with a hang.
func TestWriteFails(t *testing.T) {
	in := strings.Repeat(`{"id":"1","text":"x"}`+"\n", 20000)
	if _, _, err := batch.Run(strings.NewReader(in), failing{}, batch.CheckLine, batch.Options{}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("error %v", err)
	}
}

func FuzzCheckLine(f *testing.F) {
	f.Add([]byte(`{"id":"1","direction":"incoming","channel":"sms","from":"090-0000-1234","text":"【例銀行】暗 証 番 号を http://a.top で入力"}`))
	f.Add([]byte(`{"id":"1","text":"氏名：山田太郎 〒100-0013 東京都千代田区霞が関1-2-3 カード4111111111111111 04/27 123"}`))
	f.Add([]byte(`{"id":{},"text":""}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		out, err := batch.CheckLine(line)
		if err == nil && !json.Valid(out) {
			t.Fatalf("row is no JSON: %s", out)
		}
	})
}

// TestByteOrderMark: lines from programs that write one, or UTF-16, are read.
func TestByteOrderMark(t *testing.T) {
	const lines = "{\"text\":\"一\"}\n{\"text\":\"二\"}\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(lines)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{"none": lines, "UTF-8": "\ufeff" + lines, "UTF-16": utf16} {
		var out bytes.Buffer
		rows, failures, err := batch.Run(strings.NewReader(in), &out, func(line []byte) ([]byte, error) { return line, nil }, batch.Options{})
		if err != nil || rows != 2 || failures != 0 || out.String() != lines {
			t.Errorf("%s: %d rows, %d failures, %v: %q", name, rows, failures, err, out.String())
		}
	}
}
