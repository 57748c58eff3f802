package pii_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/pii"
)

// TestScanFindsWhatFindFinds: however the text arrives and wherever a value
// stands in it, near the edge of a piece too, streaming finds what is found in
// the whole; and by rules alone what is found in a short text.
func TestScanFindsWhatFindFinds(t *testing.T) {
	const dense = "氏名:見本 花子\n電話は090-0000-1234、住所は東京都千代田区霞が関一丁目2番3号 例ビル405です。\nカード番号 4111 1111 1111 1111\n暗証番号は7714です。"
	fill := []string{"荷物がまだ届かないので、状況を教えてください。", "The parcel has not come yet. ", "よろしくお願いいたします。\n", "あ", "―", "ｱ", "１"}
	rapid.Check(t, func(t *rapid.T) {
		filler := rapid.SampledFrom(fill).Draw(t, "filler")
		before := strings.Repeat(filler, rapid.IntRange(60000, 70000).Draw(t, "bytes before")/len(filler))
		s := before + "\n" + dense + "\n" + strings.Repeat(filler, 30000/len(filler))
		rules := pii.Options{RulesAlone: true}
		whole := rules.Find(s)
		var streamed []exchange.Finding
		err := rules.Scan(&randomReader{t, []byte(s)}, func(f exchange.Finding) error {
			streamed = append(streamed, f)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(streamed) != fmt.Sprint(whole) {
			t.Fatalf("streamed %v, whole %v", streamed, whole)
		}
		short := rules.Find("\n" + dense + "\n")
		if len(short) != len(whole) {
			t.Fatalf("%d findings, in a short text %d: %v", len(whole), len(short), whole)
		}
		for i := range short {
			if short[i].Category != whole[i].Category || short[i].Text != whole[i].Text || short[i].Span.Start+len(before) != whole[i].Span.Start {
				t.Fatalf("%v, in a short text %v", whole[i], short[i])
			}
		}
	})
}

type randomReader struct {
	t *rapid.T
	b []byte
}

func (r *randomReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b[:min(len(r.b), rapid.SampledFrom([]int{1, 7, 4096, 50000}).Draw(r.t, "read"))])
	r.b = r.b[n:]
	return n, nil
}

// TestScanErrors: both sides' errors come back.
func TestScanErrors(t *testing.T) {
	broken := errors.New("broken")
	if err := (pii.Options{}).Scan(iotest.ErrReader(broken), nil); !errors.Is(err, broken) {
		t.Errorf("a reader's error: %v", err)
	}
	full := func(exchange.Finding) error { return broken }
	if err := (pii.Options{}).Scan(bytes.NewBufferString("090-0000-1234"), full); !errors.Is(err, broken) {
		t.Errorf("a receiver's error: %v", err)
	}
}

// TestOptions: categories left out, and a least score for a category and its
// children.
func TestOptions(t *testing.T) {
	const s = "氏名:見本 花子\n会員番号 2003004\n住所:東京都千代田区霞が関1-2-3\n090-0000-1234"
	for _, c := range []struct {
		name string
		o    pii.Options
		want string
	}{
		{"all", pii.Options{}, "name member_id address phone"},
		{"without", pii.Options{Without: []exchange.Category{"name", "address"}}, "member_id phone"},
		{"a parent stands for its children", pii.Options{Without: []exchange.Category{"account_id"}}, "name address phone"},
		{"least", pii.Options{Least: map[exchange.Category]float64{"account_id": 1, "phone": 0.5}}, "name address phone"},
	} {
		var got []string
		for _, f := range c.o.Find(s) {
			got = append(got, string(f.Category))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

// TestLongTextsEnd: Japanese of any length and alignment comes to its end, and
// what stands behind it is found.
func TestLongTextsEnd(t *testing.T) {
	const name = "電話は090-0000-1234です。"
	rapid.Check(t, func(t *rapid.T) {
		unit := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"あ", "例", "。", "\n", "x", "お世話になっております。", "é", "𠮷", "1"}), 1, 12).Draw(t, "unit"), "")
		s := strings.Repeat("x", rapid.IntRange(0, 5).Draw(t, "shift")) + strings.Repeat(unit, rapid.IntRange(64<<10, 300<<10).Draw(t, "bytes")/len(unit)) + "\n" + name
		found := make(chan int, 1)
		go func() {
			n := 0
			_ = pii.Options{Without: []exchange.Category{"name", "address"}}.Scan(strings.NewReader(s), func(f exchange.Finding) error {
				if f.Text == "090-0000-1234" {
					n++
				}
				return nil
			})
			found <- n
		}()
		select {
		case n := <-found:
			if n != 1 {
				t.Fatalf("found %d times", n)
			}
		case <-time.After(time.Minute):
			t.Fatal("it never ends")
		}
	})
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

// TestReaderWithoutProgress: a reader that gives nothing is an error, not a loop.
func TestReaderWithoutProgress(t *testing.T) {
	if err := (pii.Options{}).Scan(emptyReader{}, nil); !errors.Is(err, io.ErrNoProgress) {
		t.Fatal(err)
	}
}
