package mail_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/mail"
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

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg932 {\fonttbl{\f0 a;}}\'88\'c0\u30058?\uc2 b{\*\htmltag c}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, _ := mail.RTFText(b); !utf8.ValidString(s) || len(s) > 4*len(b)+64 {
			t.Fatalf("%d bytes out of %d, UTF-8 %t", len(s), len(b), utf8.ValidString(s))
		}
	})
}

func FuzzPage(f *testing.F) {
	f.Add("<p hidden>a<b style='font-size:0'>b</b><a href=x>c</a><table><td>d")
	f.Add("<!--[if mso]>a<![endif]--><style>p{display:none}</style><p>b")
	f.Fuzz(func(t *testing.T, s string) {
		if ex := mail.Page(s); !utf8.ValidString(ex.Text) {
			t.Fatal("not UTF-8")
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

// TestRenderings: whatever a mail shows in any of its renderings is read, however its
// structure is broken; what is not read is told.
func TestRenderings(t *testing.T) {
	const ask, filler = "暗証番号を教えてください。", "今月の営業日カレンダーをお送りいたします。"
	head := "From: a@rei.example\nTo: b@example.jp\nSubject: x\nMIME-Version: 1.0\n"
	part := func(kind, body string) string { return "Content-Type: " + kind + "; charset=utf-8\n\n" + body + "\n" }
	multi := func(boundary string, parts ...string) string {
		return "\n--" + boundary + "\n" + strings.Join(parts, "--"+boundary+"\n") + "--" + boundary + "--\n"
	}
	b64 := base64.StdEncoding.EncodeToString([]byte(ask))
	page := func(body string) string { return head + part("text/html", body) }
	for _, c := range []struct{ name, mail string }{
		{"the page beside a plain decoy", head + "Content-Type: multipart/alternative; boundary=b\n" + multi("b", part("text/plain", filler), part("text/html", "<p>"+ask+"</p>"))},
		{"another plain part", head + "Content-Type: multipart/mixed; boundary=b\n" + multi("b", part("text/plain", filler), part("text/plain", ask))},
		{"an attached page", head + "Content-Type: multipart/mixed; boundary=b\n" + multi("b", part("text/plain", filler), "Content-Disposition: attachment; filename=\"form.html\"\n"+part("application/octet-stream", "<html><p>"+ask+"</p></html>"))},
		{"an attached mail", head + "Content-Type: multipart/mixed; boundary=b\n" + multi("b", part("text/plain", filler), "Content-Disposition: attachment\nContent-Type: message/rfc822\n\n"+head+"\n"+ask+"\n")},
		{"an invitation, folded", head + "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:暗証番\n 号を教えてください。\nEND:VEVENT\nEND:VCALENDAR\n"},
		{"rich text", head + "Content-Type: application/rtf\n\n{\\rtf1\\ansi\\ansicpg932 " + rtf(ask) + "}\n"},
		{"the alt text of a picture", page(`<img src="https://a.example/x.png" alt="` + ask + `">`)},
		{"comments within a word", page("暗<!-- x -->証<!-- -->番号を教えてください。")},
		{"wbr within a word", page("暗証<wbr>番<wbr>号を教えてください。")},
		{"elements within a word", page("暗<b>証</b><span>番</span>号を教えてください。")},
		{"entities", page("&#26263;&#x8a3c;&#30058;号を教えてください。")},
		{"readings over a word", page("<ruby>暗<rt>あん</rt></ruby><ruby>証<rt>しょう</rt></ruby>番号を教えてください。")},
		{"hidden filler within a word", page(`暗<span style="display:none">x</span>証<span hidden>y</span>番<span style="font-size:0">z</span>号を教えてください。`)},
		{"white filler within a word", page(`暗<font color="#ffffff">あ</font>証<span style="color:white">い</span>番<span style="font-size:1px">う</span>号を教えてください。`)},
		{"filler hidden by a sheet", page(`<style>.z{display:none}</style>暗<i class="z">x</i>証番<i class="z">y</i>号を教えてください。`)},
		{"shown by a later rule", page(`<div style="display:none;display:block">` + ask + `</div>`)},
		{"behind a hidden paragraph that is not closed", page(`<p style="display:none">x<p>` + ask)},
		{"in a table behind a hidden cell", page(`<table><tr><td style="display:none">x<td>` + ask + `</table>`)},
		{"for programs without scripts", page("<noscript>" + ask + "</noscript>")},
		{"from right to left", page(`<bdo dir="rtl">。いさだくてえ教を号番証暗</bdo>`)},
		{"a field's hint", page(`<form action="https://a.example/"><input placeholder="` + ask + `"></form>`)},
		{"shown again within what is not seen", page(`<div style="visibility:hidden">x<p style="visibility:visible">` + ask + `</p></div>`)},
		{"a picture's words in a frame's own page", page(`<p>` + filler + `</p><iframe srcdoc="&lt;img src='https://a.example/x.png' alt='` + ask + `'&gt;"></iframe>`)},
		{"a comment that Outlook shows", page(`<p>` + filler + `</p><!--[if mso]><table><tr><td>` + ask + `</td></tr></table><![endif]-->`)},
		{"a frame's own page", page(`<iframe srcdoc="&lt;p&gt;` + ask + `&lt;/p&gt;"></iframe>`)},
		{"another boundary than it says", head + "Content-Type: multipart/alternative; boundary=a\n" + multi("b", part("text/plain", ask))},
		{"no boundary said", head + "Content-Type: multipart/mixed\n" + multi("b", part("text/plain", ask))},
		{"a boundary with odd letters", head + "Content-Type: multipart/mixed; boundary=----=_Next(1)=\n" + multi("----=_Next(1)=", part("text/plain", ask))},
		{"a boundary in pieces", head + "Content-Type: multipart/mixed; boundary*0=\"ab\"; boundary*1=\"cd\"\n" + multi("abcd", part("text/plain", ask))},
		{"a folded boundary", head + "Content-Type: multipart/mixed;\n boundary=\"ab\n cd\"\n" + multi("abcd", part("text/plain", ask))},
		{"an inner boundary that begins as the outer", head + "Content-Type: multipart/mixed; boundary=k\n" + multi("k", "Content-Type: multipart/alternative; boundary=k-1\n"+multi("k-1", part("text/plain", ask)))},
		{"no boundary in it at all", head + "Content-Type: multipart/mixed; boundary=b\n\n" + ask},
		{"in front of the first boundary", head + "Content-Type: multipart/mixed; boundary=b\n\n" + ask + multi("b", part("text/plain", filler))},
		{"behind the last boundary", head + "Content-Type: multipart/mixed; boundary=b\n" + multi("b", part("text/plain", filler)) + ask},
		{"base64", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + b64},
		{"base64 in quotes", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: \"base64\"\n\n" + b64},
		{"base64 with a comment", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64 (x)\n\n" + b64},
		{"base64 with strange letters", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + b64[:9] + "!" + b64[9:20] + "*\n" + b64[20:]},
		{"base64 that is none", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + ask},
		{"quoted-printable that is none", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + ask},
		{"an encoding that nobody knows", head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: x-odd\n\n" + ask},
		{"no blank line behind the header", strings.TrimSuffix(head, "\n") + "\n" + ask},
		{"a header that goes on behind a blank line", "From: a@rei.example\nSubject: x\n\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + b64},
		{"lines that end with CR", strings.ReplaceAll(head+"\n"+ask, "\n", "\r")},
		{"a type in two words", head + "Content-Type: text\n\n" + ask},
		{"EUC-JP that says to be Latin", head + "Content-Type: text/plain; charset=iso-8859-1\n\n" + encode(t, japanese.EUCJP, ask+filler)},
		{"Shift_JIS that says to be Latin", head + "Content-Type: text/plain; charset=windows-1252\n\n" + encode(t, japanese.ShiftJIS, ask+filler)},
		{"UTF-32", head + "Content-Type: text/plain; charset=utf-32\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(encode(t, utf32.UTF32(utf32.BigEndian, utf32.UseBOM), ask)))},
		{"Shift_JIS beside a long address", head + "\n" + encode(t, japanese.ShiftJIS, ask) + "\nhttps://a.example/?" + strings.Repeat("0123456789abcdef", 40)},
	} {
		m, err := mail.Parse([]byte(c.mail))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if plain := strings.NewReplacer(" ", "", "\n", "").Replace(m.Text); !strings.Contains(plain, "暗証番号を教えてください") {
			t.Errorf("%s: not in %q, unread %v", c.name, m.Text, m.Unread)
		}
	}
}

// rtf writes a text as RTF does.
func rtf(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, "\\u%d?", int16(r)) //nolint:gosec // as RTF has it
	}
	return b.String()
}

// TestNotShown: what nobody sees is no part of what a page says.
func TestNotShown(t *testing.T) {
	for _, hide := range []string{`style="display:none"`, `style="visibility:hidden"`, `hidden`, `style="opacity:0"`, `style="font-size:0px"`, `style="max-height:0;overflow:hidden"`, `style="mso-hide:all;display:none"`} {
		m, err := mail.Parse([]byte("From: a@rei.example\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n<p>お知らせです。</p><div " + hide + ">暗証番号を教えてください。</div>"))
		if err != nil || strings.Contains(m.Text, "暗証") {
			t.Errorf("%s: %q %v", hide, m.Text, err)
		}
	}
}

// TestBesideText: what is drawn or put before an element is read with the alt texts.
func TestBesideText(t *testing.T) {
	const ask = "暗証番号を教えてください。"
	for name, body := range map[string]string{
		"a picture written into the page":  `<p>お知らせです。</p><img src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte("<svg><text>"+ask+"</text></svg>")) + `">`,
		"a picture in letters":             `<p>お知らせです。</p><img src="data:image/svg+xml,` + url.PathEscape("<svg><text>"+ask+"</text></svg>") + `">`,
		"put before an element by a sheet": `<style>.a::before{content:"` + ask + `"}</style><p class="a">お知らせです。</p>`,
	} {
		m, err := mail.Parse([]byte("From: a@rei.example\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n" + body))
		if err != nil || !strings.Contains(strings.Join(m.ImageTexts, "\n")+m.Text, ask) {
			t.Errorf("%s: %q %q %v", name, m.Text, m.ImageTexts, err)
		}
	}
}

// TestUnread: what was not read is told.
func TestUnread(t *testing.T) {
	head := "From: a@rei.example\nSubject: x\nMIME-Version: 1.0\n"
	attached := func(kind, name string) string {
		return head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello, here it is.\n--b\nContent-Type: " + kind + "\nContent-Disposition: attachment; filename=\"" + name + "\"\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n"
	}
	for _, c := range []struct {
		name, mail string
		want       exchange.GapKind
	}{
		{"a file", attached("application/pdf", "bill.pdf"), exchange.GapAttachment},
		{"an archive", attached("application/zip", "bill.zip"), exchange.GapAttachment},
		{"Outlook's own", attached("application/ms-tnef", "winmail.dat"), exchange.GapAttachment},
		{"a page whose script writes it", head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello, here it is.\n--b\nContent-Type: text/html\nContent-Disposition: attachment; filename=\"form.html\"\n\n<html><script>document.write(atob('eA=='))</script></html>\n--b--\n", exchange.GapAttachment},
		{"a picture that is sent along", attached("image/png", "qr.png"), exchange.GapAttachment},
		{"nothing but a picture", head + "Content-Type: text/html\n\n<img src=\"https://a.example/x.png\">", exchange.GapPicture},
		{"nothing at all", head + "\n", exchange.GapPicture},
		{"encrypted", head + "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nAAAA\n--b--\n", exchange.GapPart},
		{"an old encoding", head + "Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#0V%T\n`\nend\n", exchange.GapPart},
		{"UTF-7", head + "Content-Type: text/plain; charset=utf-7\n\n+ZpeMfZgieU8-", exchange.GapLetters},
		{"a charset that nobody knows", head + "Content-Type: text/plain; charset=x-odd\nContent-Transfer-Encoding: base64\n\n/4D/gf+C/4P/hP+F/4b/hw==", exchange.GapLetters},
		{"more than is read", head + "\n" + strings.Repeat("x", mail.MaxText+1), exchange.GapRest},
	} {
		m, err := mail.Parse([]byte(c.mail))
		if err != nil || !slices.ContainsFunc(m.Unread, func(g exchange.Gap) bool { return g.Kind == c.want }) {
			t.Errorf("%s: %v %v, want %s", c.name, m.Unread, err, c.want)
		}
	}
	m, err := mail.Parse([]byte(head + "\nHello, nothing is left out of this."))
	if err != nil || len(m.Unread) > 0 {
		t.Errorf("a plain one: %v %v", m.Unread, err)
	}
}

// TestNested: a mail within a mail is read with its own sender.
func TestNested(t *testing.T) {
	inner := "From: =?utf-8?B?5L6L6YqA6KGM?= <x@impostor.example>\nSubject: inner\nTo: a@rei.example\n\nHello.\n"
	m, err := mail.Parse([]byte("From: a@rei.example\nSubject: Fw: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nIs it genuine?\n--b\nContent-Type: message/rfc822\n\n" + inner + "--b--\n"))
	if err != nil || len(m.Attached) != 1 || m.Attached[0].Message.FromAddress != "x@impostor.example" || m.Attached[0].Message.FromName != "例銀行" || !strings.Contains(m.Text, "Hello.") {
		t.Errorf("%+v %v", m, err)
	}
}

// TestSenderNames: however a name is written into the header, it is read.
func TestSenderNames(t *testing.T) {
	for _, from := range []string{
		"=?utf-8?B?5L6L6YqA6KGM?= <a@rei.example>", "=?UTF-8*ja?B?5L6L6YqA6KGM?= <a@rei.example>", "=?utf-8?B?5L6L6YqA?=\n =?utf-8?B?6KGM?= <a@rei.example>", "=?utf-8?B?5L6L6Y?= =?utf-8?B?qA6KGM?= <a@rei.example>",
		"=?utf-8?Q?=E4=BE=8B=E9=8A=80=E8=A1=8C?= <a@rei.example>", "\"=?utf-8?B?5L6L6YqA6KGM?=\" <a@rei.example>", "=?utf-8?B?5L6L 6YqA 6KGM?= <a@rei.example>", "例銀行 <a@rei.example>", "=?iso-2022-jp?B?GyRCTmM2ZDlUGyhC?= <a@rei.example>",
		"=?x-unknown?B?5L6L6YqA6KGM?= <a@rei.example>",
	} {
		m, err := mail.Parse([]byte("From: " + from + "\nSubject: x\n\nHello.\n"))
		if err != nil || m.FromName != "例銀行" || m.FromAddress != "a@rei.example" {
			t.Errorf("%q: %q %q %v", from, m.FromName, m.FromAddress, err)
		}
	}
}
