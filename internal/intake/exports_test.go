package intake_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/intake"
)

// TestExports: what other programs save is recognized, each message is told by its
// sender, and no word of it is lost.
func TestExports(t *testing.T) {
	const tab = "\t"
	for _, c := range []struct {
		name, in string
		kind     intake.Kind
		turns    int
		has      []string // in this order
		hasNot   []string
	}{
		{"LINE, iOS", "[LINE] もみじ係とのトーク履歴\n保存日時：2026/05/01 10:00\n\n2026/05/01(金)\n10:01" + tab + "もみじ係" + tab + "番号をどうぞ\n10:02" + tab + "はな" + tab + "はい\n",
			intake.LINE, 2, []string{"もみじ係: 番号をどうぞ", "私: はい"}, []string{"保存日時", "2026/05/01"}},
		{"LINE, twelve hours", "[LINE] もみじ係とのトーク履歴\n保存日時：2026/05/01 10:00\n\n2026/05/01(金)\n午前10:01" + tab + "もみじ係" + tab + "番号をどうぞ\n午後1:02" + tab + "はな" + tab + "はい\n",
			intake.LINE, 2, []string{"もみじ係: 番号をどうぞ", "私: はい"}, nil},
		{"LINE, English", "[LINE] Chat history with Momiji\nSaved on: 5/1/2026, 10:00\n\nFri, 5/1/2026\n10:01 AM" + tab + "Momiji" + tab + "Your PIN, please\n10:02 AM" + tab + "Hana" + tab + "Why\n",
			intake.LINE, 2, []string{"Momiji: Your PIN, please", "私: Why"}, []string{"Saved on"}},
		{"LINE, no day, CR only", strings.ReplaceAll("[LINE] もみじ係とのトーク履歴\n保存日時：2026/05/01 10:00\n10:01"+tab+"もみじ係"+tab+"番号をどうぞ\n10:02"+tab+"はな"+tab+"はい\n", "\n", "\r"),
			intake.LINE, 2, []string{"もみじ係: 番号をどうぞ", "私: はい"}, nil},
		{"LINE, several lines in quotes", "[LINE] もみじ係とのトーク履歴\n保存日時：2026/05/01 10:00\n\n2026/05/01(金)\n10:01" + tab + "もみじ係" + tab + "\"一行目\n二行目\n三行目\"\n10:02" + tab + "はな" + tab + "はい\n",
			intake.LINE, 2, []string{"一行目", "二行目", "三行目", "私: はい"}, nil},
		{"LINE, a group", "[LINE] 町内会のトーク履歴\n保存日時：2026/05/01 10:00\n\n2026/05/01(金)\n10:01" + tab + "もみじ係" + tab + "番号をどうぞ\n10:02" + tab + "はな" + tab + "はい\n10:03" + tab + "さくらが参加しました。\n",
			intake.LINE, 2, []string{"もみじ係: 番号をどうぞ", "はな: はい"}, []string{"参加しました"}},
		{"LINE on a PC", "2026.05.01 金曜日\n10:01 もみじ係 番号をどうぞ\n10:02 はな はい\n10:03 もみじ係 お待ちします\n",
			intake.LINE, 3, []string{"番号をどうぞ", "はい", "お待ちします"}, nil},
		{"WhatsApp, Android", "2026/05/01 10:01 - もみじ係: 番号をどうぞ\n2026/05/01 10:02 - はな: はい\n",
			intake.WhatsApp, 2, []string{"もみじ係: 番号をどうぞ", "はな: はい"}, nil},
		{"WhatsApp, iOS, narrow blank before PM", "[5/1/26, 1:01:00\u202fPM] Momiji: Your PIN\nplease\n[5/1/26, 1:02:00\u202fPM] Hana: Why\n",
			intake.WhatsApp, 2, []string{"Momiji: Your PIN", "please", "Hana: Why"}, nil},
		{"SMS", `<?xml version='1.0'?><smses count="1"><sms address="+818000000000" date="1" type="1" body="番号を&#10;どうぞ" /></smses>`,
			intake.SMS, 0, []string{"番号を\nどうぞ"}, nil},
		{"MMS", `<smses count="1"><mms address="+818000000000" date="1" msg_box="1"><parts><part ct="application/smil" text="&lt;smil/&gt;"/><part ct="text/plain" text="番号をどうぞ"/></parts></mms></smses>`,
			intake.SMS, 0, []string{"番号をどうぞ"}, []string{"smil"}},
		{"SMS, a quote in the words", `<smses count="1"><sms address="+818000000000" date="1" type="1" body="品名は"箱"、番号をどうぞ" /></smses>`,
			intake.SMS, 0, []string{"箱", "番号をどうぞ"}, nil},
		{"RTF", `{\rtf1\ansi\ansicpg932 {\fonttbl{\f0 MS Gothic;}}\u30058?\u21495? please}`, intake.Document, 0, []string{"番号", "please"}, []string{`\rtf`, "Gothic"}},
		{"calendar", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:確認のお願い\r\nDESCRIPTION:暗証番号を\r\n 教えてください\\n至急\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
			intake.Invite, 0, []string{"確認のお願い", "暗証番号を教えてください", "至急"}, []string{"BEGIN"}},
		{"page", "<!DOCTYPE html><html><head><title>窓口</title></head><body><p>暗証<b>番号</b>をどうぞ</p></body></html>",
			intake.Document, 0, []string{"暗証番号をどうぞ"}, []string{"<b>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			items, err := intake.Recognize([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if len(items) != 1 || items[0].Kind != c.kind {
				t.Fatalf("%d items, %+v", len(items), items)
			}
			ex := items[0].Exchange
			if len(ex.Turns) != c.turns {
				t.Errorf("%d turns, want %d: %q", len(ex.Turns), c.turns, ex.Text)
			}
			rest := ex.Text
			for _, w := range c.has {
				at := strings.Index(rest, w)
				if at < 0 {
					t.Errorf("%q is not in %q, or in another place", w, ex.Text)
					continue
				}
				rest = rest[at:]
			}
			for _, w := range c.hasNot {
				if strings.Contains(ex.Text, w) {
					t.Errorf("%q is in %q", w, ex.Text)
				}
			}
		})
	}
}

// TestOutlook: a mail that Outlook saved. The file was written by another program,
// with invented words.
func TestOutlook(t *testing.T) {
	b, err := os.ReadFile("testdata/outlook.msg")
	if err != nil {
		t.Fatal(err)
	}
	items, err := intake.Recognize(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 1 || items[0].Kind != intake.Mail {
		t.Fatalf("%+v", items)
	}
	ex := items[0].Exchange
	if !strings.Contains(ex.Text, "暗証番号を返信") {
		t.Errorf("text %q: what its page says is not in it", ex.Text)
	}
	if ex.Mail == nil || ex.Mail.FromAddress != "kakari@momiji-kai.example" {
		t.Errorf("sender %+v", ex.Mail)
	}
	if len(ex.Unread) == 0 || ex.Unread[0].Kind != exchange.GapAttachment || ex.Unread[0].Name != "請求書.pdf" {
		t.Errorf("unread %+v, want the attached file", ex.Unread)
	}
}

// TestOutlookCut: no part of such a file, and no bit of it turned over, stops the reader.
func TestOutlookCut(t *testing.T) {
	b, err := os.ReadFile("testdata/outlook.msg")
	if err != nil {
		t.Fatal(err)
	}
	for n := 8; n < len(b); n += 7 {
		_, _ = intake.Recognize(b[:n])
		c := append([]byte(nil), b...)
		c[n] ^= 0xff
		_, _ = intake.Recognize(c)
	}
}

// TestEncodings: the words are told from their bytes, without a mark.
func TestEncodings(t *testing.T) {
	const words = "会員の皆様へ。暗証番号を教えてください。"
	long := words + "\nhttps://example.com/" + strings.Repeat("a1b2c3/", 400) + "\n" + words
	for _, in := range []string{words, long} {
		for name, enc := range map[string]func(string) (string, error){
			"Shift_JIS":   japanese.ShiftJIS.NewEncoder().String,
			"EUC-JP":      japanese.EUCJP.NewEncoder().String,
			"ISO-2022-JP": japanese.ISO2022JP.NewEncoder().String,
			"UTF-16LE":    unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String,
			"UTF-16BE":    unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String,
		} {
			b, err := enc(in)
			if err != nil {
				t.Fatal(name, err)
			}
			items, err := intake.Recognize([]byte(b))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if items[0].Exchange.Text != in {
				t.Errorf("%s: read as %.60q", name, items[0].Exchange.Text)
			}
		}
	}
}

// TestMailbox: of a mailbox one mail is held at a time, and a mail that cannot be
// read is no reason to leave out the next.
func TestMailbox(t *testing.T) {
	var b strings.Builder
	for range 3000 {
		b.WriteString("From x@example.jp Fri May  1 10:00:00 2026\nFrom: a@example.jp\nSubject: x\n\n本文です\n>From here on\n\n")
	}
	n := 0
	if err := intake.Each(strings.NewReader(b.String()), func(it intake.Item) error {
		n++
		if !strings.Contains(it.Exchange.Text, "本文です") {
			t.Fatalf("mail %d: %q", n, it.Exchange.Text)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n != 3000 {
		t.Errorf("%d mails of 3000", n)
	}
}
