// Command evade disguises messages and drafts as enemies and accidents do, and tells
// how many are answered ok: by kind, tried, ok, caution, stop. The plain sentences
// are stopped; what is measured is the disguise.
//
//	go run ./eval/evade [-v]
package main

import (
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/intake"
)

var verbose = flag.Bool("v", false, "print what is answered ok")

// asks are messages that ask for what nobody may be told, each with the word that a
// disguise is laid on.
var asks = []struct{ text, word string }{
	{"ご本人確認のため、暗証番号を教えてください。", "暗証番号"},
	{"カードを止めないために、パスワードを返信してください。", "パスワード"},
	{"お手続きには、届いた認証コードをお知らせください。", "認証コード"},
	{"不正利用を確かめるので、セキュリティコードを入力してください。", "セキュリティコード"},
	{"口座の再開には、ワンタイムパスワードを送ってください。", "ワンタイムパスワード"},
	{"担当の者に、キャッシュカードの暗証番号をお伝えください。", "暗証番号"},
	{"アカウント復旧のため、ログインパスワードをご記入ください。", "ログインパスワード"},
	{"To keep your account open, please tell us your password today.", "password"},
}

// drafts tell a secret.
var drafts = []struct{ text, value string }{
	{"手続きをお願いします。暗証番号は7714です。", "7714"},
	{"ログインできません。パスワードはhanako-0715です。", "hanako-0715"},
	{"カード番号は4111111111111111です。解約します。", "4111111111111111"},
	{"届いた認証コードは482913でした。", "482913"},
	{"マイナンバーは123456789018です。", "123456789018"},
	{"セキュリティコードは318です。", "318"},
	{"取引暗証番号: 90417 で登録しています。", "90417"},
}

type disguise struct {
	kind  string
	apply func(string) string // to the word or the value
}

// between lays something between the letters.
func between(sep string) func(string) string {
	return func(w string) string { return strings.Join(strings.Split(w, ""), sep) }
}

// every lays something behind each letter.
func every(mark string) func(string) string {
	return func(w string) string { return strings.Join(strings.Split(w, ""), mark) + mark }
}

func replaced(pairs ...string) func(string) string {
	r := strings.NewReplacer(pairs...)
	return r.Replace
}

func shifted(from, to rune, first rune) func(string) string {
	return func(w string) string {
		return strings.Map(func(r rune) rune {
			if r >= from && r <= to {
				return first + r - from
			}
			return r
		}, w)
	}
}

// disguises of single words and values.
func disguises() (list []disguise) {
	for _, r := range []rune{0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x2060, 0x2063, 0x2066, 0x206A, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFC, 0xE000, 0xF8FF, 0xE0001, 0xE0100, 0xF0000, 0x2800, 0x1D173} {
		list = append(list, disguise{"invisible", between(string(r))})
	}
	for _, r := range []rune{0x0301, 0x0336, 0x0337, 0x0489, 0x1AB0, 0x20D0, 0x20DD, 0x20E3, 0xFE20} {
		list = append(list, disguise{"combining", every(string(r))})
	}
	for _, s := range []string{" ", "　", "・", ".", "-", "*", "/", "_", "|", "★", "♡", "、", "\n", "  ", " / ", "…", "＊", "：", "→", "+", "●"} {
		list = append(list, disguise{"separated", between(s)})
	}
	list = append(list,
		disguise{"look-alike", replaced("ロ", "口", "カ", "力", "ニ", "二", "ト", "卜", "タ", "夕", "ー", "一", "a", "а", "o", "о", "p", "р")},
		disguise{"look-alike", replaced("ー", "―")}, disguise{"look-alike", replaced("ー", "-")}, disguise{"look-alike", replaced("ー", "〜")},
		disguise{"look-alike", replaced("証", "證", "号", "號")}, disguise{"look-alike", replaced("a", "ａ", "s", "ѕ", "w", "ԝ", "番", "番")},
		disguise{"look-alike", shifted('a', 'z', 0x1D41A)}, disguise{"look-alike", shifted('a', 'z', 0x24D0)}, disguise{"look-alike", shifted('a', 'z', 0x1F130)},
		disguise{"width", shifted('!', '~', 0xFF01)}, disguise{"width", replaced("パ", "ﾊﾟ", "ス", "ｽ", "ワ", "ﾜ", "ー", "ｰ", "ド", "ﾄﾞ", "コ", "ｺ", "セ", "ｾ", "キ", "ｷ", "ュ", "ｭ", "リ", "ﾘ", "テ", "ﾃ", "ィ", "ｨ")},
		disguise{"width", replaced("1", "①", "2", "②", "3", "③", "4", "④", "5", "⑤", "6", "⑥", "7", "⑦", "8", "⑧", "9", "⑨", "0", "⓪")},
		disguise{"width", shifted('0', '9', 0x1D7CE)}, disguise{"width", shifted('0', '9', 0xFF10)},
		disguise{"turned round", func(w string) string { return "\u202e" + reversed(w) + "\u202c" }},
		disguise{"half", func(w string) string { r := []rune(w); return string(r[:len(r)/2]) + "\n" + string(r[len(r)/2:]) }},
		disguise{"half", func(w string) string { r := []rune(w); return string(r[:len(r)/2]) + " " + string(r[len(r)/2:]) }},
	)
	return list
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

const filler = "いつもご利用いただきありがとうございます。今月の営業日カレンダーをお送りいたします。"

// mails are structures in which a message comes.
var mails = []struct {
	kind string
	make func(string) string
}{
	{"page beside decoy", func(s string) string {
		return multi("alternative", "text/plain; charset=utf-8\n\n"+filler, "text/html; charset=utf-8\n\n<p>"+s+"</p>")
	}},
	{"second part", func(s string) string {
		return multi("mixed", "text/plain; charset=utf-8\n\n"+filler, "text/plain; charset=utf-8\n\n"+s)
	}},
	{"attached page", func(s string) string {
		return multi("mixed", "text/plain; charset=utf-8\n\n"+filler, "application/octet-stream; name=\"a.html\"\nContent-Disposition: attachment\n\n<html>"+s+"</html>")
	}},
	{"attached mail", func(s string) string {
		return multi("mixed", "text/plain; charset=utf-8\n\n"+filler, "message/rfc822\n\nFrom: b@x.example\nSubject: y\n\n"+s)
	}},
	{"subject", func(s string) string {
		return "From: a@x.example\nSubject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?=\n\n" + filler
	}},
	{"sender's name", func(s string) string {
		return "From: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?= <a@x.example>\nSubject: x\n\n" + filler
	}},
	{"alt text", func(s string) string { return page(`<img src="https://x.example/a.png" alt="` + s + `">` + filler) }},
	{"hidden parts", func(s string) string {
		return page(between(`<span style="display:none">x</span>`)(s))
	}},
	{"white parts", func(s string) string { return page(between(`<span style="color:#fff">あ</span>`)(s)) }},
	{"tiny parts", func(s string) string { return page(between(`<i style="font-size:1px">あ</i>`)(s)) }},
	{"comments", func(s string) string { return page(between(`<!-- -->`)(s)) }},
	{"wbr", func(s string) string { return page(between(`<wbr>`)(s)) }},
	{"elements", func(s string) string { return page("<b>" + between(`</b><b>`)(s) + "</b>") }},
	{"entities", func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, "&#%d;", r)
		}
		return page(b.String())
	}},
	{"readings", func(s string) string { return page("<ruby>" + between(`<rt>x</rt></ruby><ruby>`)(s) + "</ruby>") }},
	{"right to left", func(s string) string { return page(`<bdo dir="rtl">` + reversed(s) + `</bdo>`) }},
	{"unclosed", func(s string) string { return page(`<p style="display:none">x<p>` + s) }},
	{"noscript", func(s string) string { return page("<noscript>" + s + "</noscript>") }},
	{"preamble", func(s string) string {
		return "From: a@x.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + s + "\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + filler + "\n--b--\n"
	}},
	{"other boundary", func(s string) string {
		return "From: a@x.example\nSubject: x\nContent-Type: multipart/mixed; boundary=a\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + s + "\n--b--\n"
	}},
	{"base64 with junk", func(s string) string {
		return "From: a@x.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + strings.Join(chunks(base64.StdEncoding.EncodeToString([]byte(s)), 5), "!\n")
	}},
	{"base64 that is none", func(s string) string {
		return "From: a@x.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + s
	}},
	{"invitation", func(s string) string {
		return multi("mixed", "text/plain; charset=utf-8\n\n"+filler, "text/calendar; charset=utf-8\n\nBEGIN:VCALENDAR\nDESCRIPTION:"+strings.Join(chunks(s, 9), "\n ")+"\nEND:VCALENDAR")
	}},
	{"hard wrap", func(s string) string {
		return "From: a@x.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n" + strings.Join(chunks(s, 12), "\n")
	}},
	{"deep", func(s string) string {
		var b strings.Builder
		b.WriteString("From: a@x.example\nSubject: x\n")
		for i := range 30 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String() + "Content-Type: text/plain; charset=utf-8\n\n" + s
	}},
	{"301st part", func(s string) string {
		return "From: a@x.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nx\n", 300) + "--b\nContent-Type: text/plain; charset=utf-8\n\n" + s + "\n--b--\n"
	}},
}

// chunks cuts a text every so many characters.
func chunks(s string, n int) (out []string) {
	r := []rune(s)
	for len(r) > n {
		out, r = append(out, string(r[:n])), r[n:]
	}
	return append(out, string(r))
}

func multi(kind string, parts ...string) string {
	return "From: a@x.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/" + kind + "; boundary=b\n\n--b\nContent-Type: " + strings.Join(parts, "\n--b\nContent-Type: ") + "\n--b--\n"
}

func page(s string) string {
	return "From: a@x.example\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n<html><body>" + s + "</body></html>"
}

type tally struct{ tried, ok, caution, stop int }

func (t *tally) add(l exchange.Level) {
	t.tried++
	switch l {
	case exchange.Stop:
		t.stop++
	case exchange.Caution:
		t.caution++
	default:
		t.ok++
	}
}

type table struct {
	kinds []string
	of    map[string]*tally
}

func (t *table) add(kind, what string, l exchange.Level) {
	if t.of == nil {
		t.of = map[string]*tally{}
	}
	if t.of[kind] == nil {
		t.of[kind] = &tally{}
		t.kinds = append(t.kinds, kind)
	}
	t.of[kind].add(l)
	if *verbose && l == exchange.OK {
		fmt.Fprintf(os.Stderr, "%s: %+q\n", kind, what)
	}
}

func (t *table) print(title string) {
	var all tally
	fmt.Printf("%-24s %6s %6s %8s %6s\n", title, "tried", "ok", "caution", "stop")
	for _, k := range t.kinds {
		x := t.of[k]
		fmt.Printf("%-24s %6d %6d %8d %6d\n", k, x.tried, x.ok, x.caution, x.stop)
		all = tally{all.tried + x.tried, all.ok + x.ok, all.caution + x.caution, all.stop + x.stop}
	}
	fmt.Printf("%-24s %6d %6d %8d %6d   %.1f %% ok\n\n", "all", all.tried, all.ok, all.caution, all.stop, 100*float64(all.ok)/float64(all.tried))
}

func main() {
	flag.Parse()
	var received, told table
	for _, a := range asks {
		for _, d := range disguises() {
			w := d.apply(a.word)
			if w == a.word {
				continue // it has none of these letters
			}
			if strings.HasPrefix(d.kind, "separated") && isLatin(a.word) {
				continue // a row of letters is no word to a reader either
			}
			text := strings.Replace(a.text, a.word, w, 1)
			v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelSMS, Text: text})
			received.add(d.kind, text, v.Level)
		}
		for _, label := range []string{"お客様：", "私：", "本人: ", "お客様："} {
			v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelSMS, Text: label + a.text})
			received.add("speaker labels", label+a.text, v.Level)
		}
		v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: "担当：お待たせいたしました。\nお客様：" + a.text})
		received.add("speaker labels", a.text, v.Level)
		for _, m := range mails {
			raw := m.make(a.text)
			items, err := intake.Recognize([]byte(raw))
			if err != nil {
				fmt.Fprintln(os.Stderr, m.kind, err)
				os.Exit(1)
			}
			worst := exchange.OK
			for i := range items {
				v := check.Check(&items[i].Exchange)
				worst = worst.Worse(v.Level)
			}
			received.add("mail: "+m.kind, raw, worst)
		}
	}
	for _, d := range drafts {
		for _, x := range disguises() {
			v := x.apply(d.value)
			if v == d.value || x.kind == "separated" && strings.ContainsFunc(d.value, unicode.IsLetter) {
				continue
			}
			text := strings.Replace(d.text, d.value, v, 1)
			told.add(x.kind, text, check.Check(&exchange.Exchange{Direction: exchange.Outgoing, WindowConfirmed: true, Text: text}).Level)
		}
	}
	received.print("received")
	told.print("drafts")
}

func isLatin(s string) bool { return s != "" && s[0] < 0x80 }
