package intake_test

import (
	"encoding/json"
	"os"
	"testing"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/intake"
)

// recognizes holds for whatever comes: an item or an error, and spans that lie in
// their text.
func recognizes(t *testing.T, b []byte) {
	t.Helper()
	items, err := intake.Recognize(b)
	if err == nil && len(items) == 0 {
		t.Fatal("neither an item nor an error")
	}
	for _, it := range items {
		ex := it.Exchange
		for _, turn := range ex.Turns {
			if turn.Span.Start < 0 || turn.Span.Start > turn.Span.End || turn.Span.End > len(ex.Text) {
				t.Fatalf("turn %v of a text of %d bytes", turn.Span, len(ex.Text))
			}
		}
		if it.Kind != intake.Text && !utf8.ValidString(ex.Text) {
			t.Fatalf("%s: not UTF-8", it.Kind)
		}
	}
}

func fuzz(f *testing.F, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(recognizes)
}

func FuzzRecognize(f *testing.F) {
	fuzz(f, "From x\nFrom: a\n\nFrom ", "<!DOCTYPE html><p>a", "BEGIN:VCALENDAR\nDESCRIPTION:a\n b", "\xff\xfe\x42\x30", `{\rtf1 \u30058?}`)
}

func FuzzLINE(f *testing.F) {
	fuzz(f, "[LINE] xとのトーク履歴\n保存日時：2026/05/01 10:00\n\n2026/05/01(金)\n10:00\ta\t\"b\nc\"\n10:01\td\te",
		"2026.05.01 金曜日\n10:01 a b\n10:02 c d\n10:03 a e", "[LINE] Chat history with x\n10:00 AM\ta\t[Photo]")
}

func FuzzWhatsApp(f *testing.F) {
	fuzz(f, "2026/05/01 10:01 - a: b\n2026/05/01 10:02 - c: d", "[5/1/26, 1:01:00\u202fPM] a: b\nc")
}

func FuzzSMS(f *testing.F) {
	fuzz(f, `<smses count="1"><sms address="+818000000000" type="1" body="a&#10;b" /></smses>`,
		`<smses><mms address="1" msg_box="1"><parts><part ct="text/plain" text="a"/></parts></mms></smses>`)
}

func FuzzMSG(f *testing.F) {
	b, err := os.ReadFile("testdata/outlook.msg")
	if err != nil {
		f.Fatal(err)
	}
	fuzz(f, string(b), string(b[:1024]))
}

// FuzzExchange: what programs send as JSON is read, or the error names a field.
func FuzzExchange(f *testing.F) {
	f.Add([]byte(`{"id":1,"text":"a","direction":"incoming","channel":"sms","inquiry":"refund"}`))
	f.Add([]byte(`{"text":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		ex, err := intake.DecodeExchange(b)
		if err == nil && ex == nil {
			t.Fatal("neither an exchange nor an error")
		}
		if err == nil && !json.Valid(b) {
			t.Fatal("no JSON, and read")
		}
		if w, err := intake.DecodeWindow(b); err == nil {
			_ = w.Query()
		}
	})
}
