package mail_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"github.com/madoguchi/madoguchi/mail"
)

func encode(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	b, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCharsets reads the charsets in which mail is written in Japan, rightly
// labelled, wrongly labelled and not labelled at all.
func TestCharsets(t *testing.T) {
	const body = "いつもご利用いただきありがとうございます。暗証番号をお伺いすることはありません。"
	for _, c := range []struct {
		name, label string
		e           encoding.Encoding
	}{
		{"ISO-2022-JP", "iso-2022-jp", japanese.ISO2022JP},
		{"ISO-2022-JP without label", "", japanese.ISO2022JP},
		{"Shift_JIS", "Shift_JIS", japanese.ShiftJIS},
		{"Shift_JIS called cp932", "cp932", japanese.ShiftJIS},
		{"Shift_JIS called UTF-8", "utf-8", japanese.ShiftJIS},
		{"Shift_JIS without label", "", japanese.ShiftJIS},
		{"EUC-JP", "euc-jp", japanese.EUCJP},
		{"EUC-JP without label", "", japanese.EUCJP},
		{"UTF-8 called ISO-2022-JP's neighbour", "shift_jis", encoding.Nop},
		{"unknown charset", "x-nobody-knows", japanese.EUCJP},
	} {
		t.Run(c.name, func(t *testing.T) {
			ct := "text/plain"
			if c.label != "" {
				ct += "; charset=" + c.label
			}
			raw := "From: a@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: " + ct + "\r\n\r\n" + encode(t, c.e, body)
			m, err := mail.Parse([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if m.Text != body {
				t.Errorf("got %q", m.Text)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	raw := "From: =?ISO-2022-JP?B?GyRCTmM2ZDlUGyhC?= <Info@Example.CO.JP>\r\n" +
		"this line is broken\r\n" +
		"Reply-To: other@example.net\r\n" +
		"Subject: =?UTF-8?B?44CQ6YeN?=\r\n =?UTF-8?B?6KaB44CR?=\r\n" +
		"Date: Mon, 23 Nov 2026 10:00:00 +0900\r\n\r\nbody\r\n"
	m, err := mail.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if m.FromName != "例銀行" || m.FromAddress != "info@example.co.jp" {
		t.Errorf("from %q %q", m.FromName, m.FromAddress)
	}
	if m.Subject != "【重要】" {
		t.Errorf("subject %q", m.Subject)
	}
	if m.ReplyTo != "other@example.net" {
		t.Errorf("reply-to %q", m.ReplyTo)
	}
	if m.Date.IsZero() {
		t.Error("no date")
	}
}

// TestHTML takes what people see: links with their targets, alt texts; not
// scripts, styles and hidden words.
func TestHTML(t *testing.T) {
	raw := "From: a@example.jp\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" +
		`<html><style>p{}</style><body><img src="http://track.example/x.png" alt="例銀行"><p>確認は<a href="https://evil.example/in">https://www.example.co.jp/</a>から</p><div style="display: none">かくれた<b>文字</b></div><script>alert(1)</script></body></html>`
	m, err := mail.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Links) != 1 || m.Links[0].Shown != "https://www.example.co.jp/" || m.Links[0].Target != "https://evil.example/in" {
		t.Errorf("links %+v", m.Links)
	}
	if !strings.Contains(m.Text, "確認は") || strings.Contains(m.Text, "かくれた") || strings.Contains(m.Text, "文字") || strings.Contains(m.Text, "alert") {
		t.Errorf("text %q", m.Text)
	}
	if len(m.ImageTexts) != 1 || m.ImageTexts[0] != "例銀行" {
		t.Errorf("alt texts %q", m.ImageTexts)
	}
}

// TestBounds feeds what is made to exhaust a reader.
func TestBounds(t *testing.T) {
	t.Run("10,000 nested parts", func(t *testing.T) {
		var b strings.Builder
		b.WriteString("From: a@example.jp\nSubject: bomb\nMIME-Version: 1.0\n")
		for i := range 10000 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		b.WriteString("Content-Type: text/plain\n\ndeep\n")
		m, err := mail.Parse([]byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Unread) == 0 {
			t.Error("nothing told of what was left out")
		}
	})
	t.Run("10,000 parts side by side", func(t *testing.T) {
		var b strings.Builder
		b.WriteString("From: a@example.jp\nSubject: bomb\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n")
		for range 10000 {
			b.WriteString("--b\nContent-Type: text/plain\n\nx\n")
		}
		m, err := mail.Parse([]byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Unread) == 0 || strings.Count(m.Text, "x") > mail.MaxParts {
			t.Errorf("unread %v, %d parts read", m.Unread, strings.Count(m.Text, "x"))
		}
	})
	t.Run("truncated", func(t *testing.T) {
		raw := "From: a@example.jp\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n5pqX6Ki855Wq5Y+344KS"
		m, err := mail.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if m.Text != "暗証番号を" {
			t.Errorf("text %q", m.Text)
		}
	})
	t.Run("no mail", func(t *testing.T) {
		for _, raw := range []string{"", "こんにちは。\n\n元気ですか", "\x00\x01\x02", "これは: 文章です\n\n本文"} {
			if _, err := mail.Parse([]byte(raw)); !errors.Is(err, mail.ErrNotMail) {
				t.Errorf("%q: error %v", raw, err)
			}
		}
	})
}

func TestMbox(t *testing.T) {
	box := "From a@b Mon\nFrom: one@example.jp\nSubject: 1\n\nbody\n>From here\n\nFrom c@d Tue\nFrom: two@example.jp\nSubject: 2\n\nFrom the middle of a paragraph? No: no blank line before.\n"
	var got []string
	err := mail.Mbox(strings.NewReader(box), func(raw []byte, _ bool) error {
		m, err := mail.Parse(raw)
		if err != nil {
			return err
		}
		got = append(got, m.FromAddress+"|"+m.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 && len(got) != 2 || got[0] != "one@example.jp|body\nFrom here" {
		t.Errorf("got %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("From: a@example.jp\r\nSubject: =?UTF-8?B?44CQ?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<a href=x>y</a>\r\n--b--"))
	f.Add([]byte("From: a\nTo: b\n\n\x1b$B"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := mail.Parse(raw)
		if err != nil {
			return
		}
		for _, s := range []string{m.Text, m.Subject, m.FromName, m.FromRaw} {
			if !utf8.ValidString(s) {
				t.Fatalf("not UTF-8: %q", s)
			}
		}
		if bytes.Count(raw, []byte{'\n'})+10 < len(m.Unread) {
			t.Fatal("more told than there are lines")
		}
	})
}

// TestSenderAndTalk: what a header says of how a mail was made.
func TestSenderAndTalk(t *testing.T) {
	const plain = "\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
	const html = "\r\nContent-Type: text/html\r\n\r\n<p>Hello <img src=\"https://a.example/1.png\"><img src=\"https://a.example/2.png\"><img src=\"http://192.0.2.7/\"></p>\r\n"
	for _, c := range []struct {
		name, mail   string
		talk, broken bool
	}{
		{"ordinary", "From: Rei <a@rei.example>\r\nSubject: x" + plain, false, false},
		{"an answer", "From: Rei <a@rei.example>\r\nIn-Reply-To: <1@b.example>\r\nSubject: Re: x" + plain, true, false},
		{"an answer in name only", "From: Rei <a@rei.example>\r\nIn-Reply-To: <1@b.example>\r\nSubject: Gift" + plain, false, false},
		{"an answer that is a poster", "From: Rei <a@rei.example>\r\nIn-Reply-To: <1@b.example>\r\nSubject: Re: Gift" + html, false, false},
		{"a mailing list", "From: Rei <a@rei.example>\r\nList-Post: <mailto:l@rei.example>\r\nSubject: [l] x" + plain, true, false},
		{"a quoted comma", "From: \"Rei, Hanako\" <a@rei.example>\r\nSubject: x" + plain, false, false},
		{"two senders", "From: Rei <a@rei.example>, Hana <b@rei.example>\r\nSubject: x" + plain, false, false},
		{"a bare comma", "From: Rei, jd <a@rei.example>\r\nSubject: x" + plain, false, true},
		{"nested", "From: Rei,<a@rei.example.>, Office <a@rei.example>\r\nSubject: x" + plain, false, true},
		{"no domain that can be", "From: Rei <a@%rei.example>\r\nSubject: x" + plain, false, true},
		{"an old mobile address", "From: hana..ko.@docomo.example\r\nSubject: x" + plain, false, false},
	} {
		m, err := mail.Parse([]byte(c.mail))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if m.Talk != c.talk || m.FromBroken != c.broken {
			t.Errorf("%s: talk %v broken %v, want %v %v", c.name, m.Talk, m.FromBroken, c.talk, c.broken)
		}
	}
	m, err := mail.Parse([]byte("From: a@rei.example\r\nSubject: x" + html))
	if err != nil || strings.Join(m.Pictures, " ") != "a.example 192.0.2.7" {
		t.Errorf("pictures %q %v", m.Pictures, err)
	}
}
