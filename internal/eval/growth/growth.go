// Package growth has inputs that grow, made to find work that grows faster than
// they do, and the entry points that they are handed to.
package growth

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/batch"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/mail"
	"github.com/madoguchi/madoguchi/internal/report"
	"github.com/madoguchi/madoguchi/internal/talk"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Case is an entry point with an input of about n bytes.
type Case struct {
	Name string
	Run  func(n int)
}

// units are repeated.
var units = []string{
	"暗証番号", "暗証番号: ", "氏名：", "パスワードは", "暗証番号は教えないでください、", "〒100-0001", "マイナンバー1234", "ギフトカードの番号", "電話番号は090-0000-1234、", "please tell me your password. ", "never tell your PIN ", "password ",
	"お世話になっております。例の山田と申します。\n", "山田太郎", "090-0000-1234 ", "0900000123", "4111 1111 1111 1111 ", "taro@example.jp ", "taro@example.jp\n", "https://a.example/ ", "http://a.a.a.a.a.a/", "a.", "a.a.a.", "東京都千代田区霞が関一丁目", "1丁目2番3号", "二〇二六年十一月二十五日",
	"暗 証 番 号 ", "7/7/1/4 ", "7\n", "1 ", "口グイン", "①②③", "パスワ一ド", "\u200b", "暗\u200b証", "あ\u0489", "\u202e号番証暗\u202c", "ｱﾞ", "（", "「", "『暗証番号』", "【", "】", "担当：", "担当：暗証番号\n", "私：7714です\nあなた：暗証番号は？\n",
	"妻と子ども、", "年収は480万で、", "うつ病で、", "株式会社例商事の", "ですが、", "。", "、", "\n", " ", "\t", "?", "！", "<a href=x>", "&amp;", "%25", "@", "://", "#9110 ", "+81 ", "-", "ー", "一", "A", "а", "é", "𠮷", "\xff", "您的密码", "Tài khoản ", "ABC-123-", "振り込んでください。", "AnyDeskを入れて、", "本日中に", "誰にも言わないで、", "当選しました。", "カードの裏の3桁と", "6桁の数字を読み上げて、",
}

func repeat(unit string, n int) string { return strings.Repeat(unit, n/len(unit)+1) }

func judged(d exchange.Direction) func(string) {
	return func(s string) {
		v := check.Check(&exchange.Exchange{Direction: d, Text: s})
		report.NewRow(&v)
		report.NewView(&v, exchange.Japanese)
	}
}

// entries take a text.
var entries = []struct {
	name string
	run  func(string)
}{
	{"received", judged(exchange.Incoming)},
	{"draft", judged(exchange.Outgoing)},
	{"redact", func(s string) {
		_, _ = check.Redact(context.Background(), &exchange.Exchange{Text: s}, check.RedactOptions{})
	}},
	{"recognize", func(s string) { _, _ = intake.Recognize([]byte(s)) }},
	{"talk", func(s string) { talk.Follow(&exchange.Exchange{Text: s}) }},
	{"sender", func(s string) {
		check.Check(&exchange.Exchange{Direction: exchange.Incoming, From: s, Subject: s, Organization: s, Text: "x"})
	}},
	{"address", func(s string) { contact.JudgeURL("http://"+s, nil); contact.JudgeEmail("a@"+s, nil) }},
	{"page", func(s string) { mail.Page("<p>" + s) }},
}

const header = "From: a@x.example\nSubject: x\nMIME-Version: 1.0\n"

// files are structures that grow.
var files = []struct {
	name string
	make func(n int) string
}{
	{"header folded", func(n int) string { return "From: a@x.example\nSubject: x" + repeat("\n y", n) + "\n\nz" }},
	{"header of many fields", func(n int) string { return header + repeat("X-A: b\n", n) + "\nz" }},
	{"header without a colon", func(n int) string { return header + repeat("x ", n) }},
	{"encoded words", func(n int) string { return "From: a@x.example\nSubject: " + repeat("=?utf-8?B?44GC?= ", n) + "\n\nz" }},
	{"many addresses", func(n int) string { return "From: " + repeat("a@x.example, ", n) + "\nSubject: x\n\nz" }},
	{"many Received", func(n int) string { return repeat("Received: from a by b\n", n) + header + "\nz" }},
	{"mails within mails", func(n int) string { return repeat(header+"Content-Type: message/rfc822\n\n", n) }},
	{"parts within parts", func(n int) string {
		var b strings.Builder
		b.WriteString(header)
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String()
	}},
	{"parts beside parts", func(n int) string {
		return header + "Content-Type: multipart/mixed; boundary=b\n\n" + repeat("--b\nContent-Type: text/plain\n\nx\n", n)
	}},
	{"boundaries that are none", func(n int) string { return header + "Content-Type: multipart/mixed\n\n" + repeat("--b\n", n) }},
	{"open elements", func(n int) string {
		return header + "Content-Type: text/html\n\n<div hidden>" + repeat("<b>", n/2) + repeat("</i>", n/2)
	}},
	{"open divs", func(n int) string { return header + "Content-Type: text/html\n\n" + repeat("<div>", n) }},
	{"open fonts", func(n int) string { return header + "Content-Type: text/html\n\n" + repeat("<font><p>", n) }},
	{"tables in tables", func(n int) string { return header + "Content-Type: text/html\n\n" + repeat("<table><tr><td>", n) }},
	{"links in links", func(n int) string {
		return header + "Content-Type: text/html\n\n" + repeat("<a href=https://x.example/>y", n)
	}},
	{"attributes", func(n int) string { return header + "Content-Type: text/html\n\n<p " + repeat("a=b ", n) + ">x" }},
	{"a style", func(n int) string {
		return header + "Content-Type: text/html\n\n<p style=\"" + repeat("display:none;", n) + "\">x"
	}},
	{"a style of comments", func(n int) string {
		return header + "Content-Type: text/html\n\n<p style=\"" + repeat("/*", n) + "\">x"
	}},
	{"a style sheet", func(n int) string {
		return header + "Content-Type: text/html\n\n<style>" + repeat(".a{display:none}", n) + "</style>x"
	}},
	{"classes", func(n int) string {
		return header + "Content-Type: text/html\n\n<p class=\"" + repeat("a ", n) + "\">x"
	}},
	{"frames in frames", func(n int) string { return header + "Content-Type: text/html\n\n" + repeat("<iframe srcdoc='", n) }},
	{"entities", func(n int) string { return header + "Content-Type: text/html\n\n" + repeat("&#26263;", n) }},
	{"base64", func(n int) string {
		return header + "Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(repeat("暗証番号", n*3/4)))
	}},
	{"base64 of paddings", func(n int) string { return header + "Content-Transfer-Encoding: base64\n\n" + repeat("QQ==", n) }},
	{"quoted-printable", func(n int) string {
		return header + "Content-Transfer-Encoding: quoted-printable\n\n" + repeat("=E6=9A=97", n)
	}},
	{"soft line ends", func(n int) string {
		return header + "Content-Transfer-Encoding: quoted-printable\n\n" + repeat("= ", n)
	}},
	{"ISO-2022-JP", func(n int) string {
		return header + "Content-Type: text/plain; charset=iso-2022-jp\n\n" + repeat("\x1b$B0E\x1b(B", n)
	}},
	{"lines that end with CR", func(n int) string { return header + "\n" + repeat("a\r", n) }},
	{"a calendar", func(n int) string { return "BEGIN:VCALENDAR\nDESCRIPTION:" + repeat("\n x", n) }},
	{"what was told, on conditions", func(n int) string { return repeat("番号を教えてしまった方は、", n) }},
	{"RTF groups", func(n int) string { return `{\rtf1` + repeat("{", n) }},
	{"RTF characters", func(n int) string { return `{\rtf1 ` + repeat(`\u26263?`, n) + "}" }},
	{"RTF bytes", func(n int) string { return `{\rtf1\ansicpg932 ` + repeat(`\'88\'c0`, n) + "}" }},
	{"LINE", func(n int) string {
		return "[LINE] 例とのトーク履歴\n保存日時：2026/11/24 12:34\n\n2026/11/24(火)\n" + repeat("9:05\t例\tこんにちは\n", n)
	}},
	{"LINE, quotations", func(n int) string {
		return "[LINE] 例とのトーク履歴\n\n2026/11/24(火)\n" + repeat("9:05\t例\t\"a\n", n)
	}},
	{"LINE, one message", func(n int) string {
		return "[LINE] 例とのトーク履歴\n\n2026/11/24(火)\n9:05\t例\t\"a\n" + repeat("b\n", n)
	}},
	{"LINE for PC", func(n int) string { return "2026.11.24 火曜日\n" + repeat("9:05 例 屋 こんにちは\n", n) }},
	{"WhatsApp", func(n int) string { return repeat("[24/11/2026, 9:05:12] Taro: hello\n", n) }},
	{"text messages", func(n int) string { return "<smses>" + repeat(`<sms address="1" type="1" body="x"/>`, n) }},
	{"text messages of many", func(n int) string {
		var b strings.Builder
		b.WriteString("<smses>")
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, `<sms address="%d" type="1" body="x"/>`, i)
		}
		return b.String()
	}},
	{"text messages, open quotes", func(n int) string { return "<smses>" + repeat(`<sms body="x`, n) }},
	{"text messages, attributes", func(n int) string { return "<smses><sms " + repeat(`a="b" `, n) }},
	{"a mailbox", func(n int) string { return repeat("From a@b Mon\nFrom: a@x.example\nSubject: x\n\nHello.\n\n", n) }},
	{"brackets of JSON", func(n int) string { return repeat("[", n) }},
}

// Cases are all of them.
func Cases() (list []Case) {
	for _, e := range entries {
		for _, u := range units {
			list = append(list, Case{e.name + " " + fmt.Sprintf("%q", u), func(n int) { e.run(repeat(u, n)) }})
		}
	}
	for _, f := range files {
		list = append(list, Case{"file " + f.name, func(n int) { read(f.make(n)) }})
	}
	list = append(list,
		Case{"batch", func(n int) {
			_, _, _ = batch.Run(strings.NewReader(repeat(`{"text":"暗証番号"}`+"\n", n)), io.Discard, batch.CheckLine, batch.Options{Workers: 1})
		}},
		Case{"batch, one line", func(n int) {
			_, _, _ = batch.Run(strings.NewReader(repeat("[", n)), io.Discard, batch.CheckLine, batch.Options{Workers: 1})
		}},
		Case{"normalize and collapse", func(n int) { text.Normalize(repeat("暗／証／番／号 7・7 ", n)).Collapse() }},
	)
	return list
}

// read recognizes a file and judges what is in it.
func read(s string) {
	items, err := intake.Recognize([]byte(s))
	if err != nil {
		return
	}
	const most = 4 // of many items alike
	for i := range items[:min(most, len(items))] {
		check.Check(&items[i].Exchange)
	}
}
