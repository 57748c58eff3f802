package official

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Policy is what a privacy policy says.
type Policy struct {
	Topics     []Topic
	Categories []CategoryUse
}

// Topic is one thing that the Act on the Protection of Personal Information
// wants a business to tell or to decide, and what the policy says of it. That
// nothing was found does not prove that the business breaks the law: it may
// tell it elsewhere, or owe it in other circumstances only.
type Topic struct {
	ID      string
	Name    exchange.Text
	Article string // of the Act, as numbered since April 2023
	Found   bool
	Quotes  []string // sentences, at most three
}

// CategoryUse is a kind of personal data that the policy names, and what it
// says it is for.
type CategoryUse struct {
	Category exchange.Category
	Quotes   []string // where it is named
	Purposes []string // sentences that name it beside a purpose
}

// ActSource is where the articles' numbers were checked.
var ActSource = exchange.Source{URL: "https://houritsushoku.com/archives/obligations-imposed-on-personal-information.html", Publisher: "houritsushoku.com (個人情報保護法の条文の解説)", Retrieved: "2026-11-23"}

type topicRule struct {
	id      string
	name    exchange.Text
	article string
	words   []string // one of them
	with    []string // and, where not empty, one of these in the same sentence
}

var topicRules = []topicRule{
	{"purpose", exchange.Text{JA: "利用目的", Easy: "何に使うか", EN: "purposes of use"}, "17, 21", []string{"利用目的", "使用目的", "目的のために利用", "目的で利用", "以下の目的", "次の目的", "次の目的", "purpose", "we use your"}, nil},
	{"categories", exchange.Text{JA: "取得する情報", Easy: "集める情報", EN: "what is collected"}, "21", []string{"取得する情報", "収集する情報", "取得する個人情報", "収集する個人情報", "お客様から取得", "情報を取得", "情報を収集", "information we collect", "we collect", "we receive"}, nil},
	{"third_parties", exchange.Text{JA: "第三者への提供", Easy: "ほかの会社に渡すか", EN: "provision to third parties"}, "27", []string{"第三者", "third part"}, []string{"提供", "開示", "共有", "share", "disclos", "provid"}},
	{"joint_use", exchange.Text{JA: "共同利用", Easy: "いっしょに使う会社", EN: "joint use"}, "27 (5項3号)", []string{"共同利用", "共同して利用", "joint use", "jointly"}, nil},
	{"entrustment", exchange.Text{JA: "委託", Easy: "仕事をたのむ会社", EN: "entrustment"}, "25", []string{"委託", "service provider", "processor"}, nil},
	{"abroad", exchange.Text{JA: "外国にある第三者", Easy: "外国の会社", EN: "third parties abroad"}, "28", []string{"外国", "国外", "海外", "outside of japan", "other countries"}, nil},
	{"security", exchange.Text{JA: "安全管理措置", Easy: "守る工夫", EN: "security measures"}, "23", []string{"安全管理", "漏えい", "漏洩", "紛失", "不正アクセス", "適切に管理", "保護に努め", "安全性", "security measures", "safeguard", "protect your"}, nil},
	{"requests", exchange.Text{JA: "開示・訂正・利用停止の請求", Easy: "見る・直す・止める頼み方", EN: "requests to disclose, correct, stop"}, "33, 34, 35", []string{"開示", "訂正", "利用停止", "削除", "access", "delete", "correct"}, []string{"請求", "求め", "申し出", "申出", "請け", "本人", "希望", "request", "your information", "your data"}},
	{"contact", exchange.Text{JA: "問い合わせ・苦情の窓口", Easy: "聞くところ", EN: "contact for questions and complaints"}, "32, 40", []string{"問い合わせ", "問合せ", "お問合", "相談窓口", "苦情", "連絡先", "ご連絡", "contact us", "@"}, nil},
	{"cookies", exchange.Text{JA: "Cookieなど外部への送信", Easy: "見たページの記録", EN: "cookies and the like"}, "電気通信事業法 27-12", []string{"cookie", "クッキー", "アクセス解析", "google analytics"}, nil},
}

// PageText is the text of an HTML page, or a plain text itself.
func PageText(mediaType string, body []byte) string {
	if mediaType != "text/html" && mediaType != "application/xhtml+xml" && !bytes.Contains(bytes.ToLower(body[:min(len(body), 500)]), []byte("<html")) && !bytes.Contains(bytes.ToLower(body[:min(len(body), 500)]), []byte("<!doctype html")) {
		return string(body)
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return string(body)
	}
	return textOf(root)
}

// ReadPolicy reads a privacy policy's text.
func ReadPolicy(s string) Policy {
	list := sentences(s)
	var p Policy
	for _, r := range topicRules {
		t := Topic{ID: r.id, Name: r.name, Article: r.article}
		for _, x := range list {
			if hasWord(x.lower, r.words) && (len(r.with) == 0 || hasWord(x.lower, r.with)) {
				t.Found = true
				if len(t.Quotes) < 3 && len(x.text) > len("利用目的")*2 {
					t.Quotes = append(t.Quotes, x.text)
				}
			}
		}
		p.Topics = append(p.Topics, t)
	}
	for _, c := range knowledge.Categories() {
		if c.Kind == "secret" || c.Kind == "context" {
			continue
		}
		names := append([]string{c.Name.JA, strings.ToLower(c.Name.EN)}, c.AskedAs...)
		u := CategoryUse{Category: c.ID}
		for _, x := range list {
			if !hasName(x.lower, names) {
				continue
			}
			if len(u.Quotes) < 3 {
				u.Quotes = append(u.Quotes, x.text)
			}
			if len(u.Purposes) < 3 && hasWord(x.lower, []string{"ため", "目的", "利用し", "使用し", "for ", "to "}) {
				u.Purposes = append(u.Purposes, x.text)
			}
		}
		if len(u.Quotes) > 0 {
			p.Categories = append(p.Categories, u)
		}
	}
	return p
}

// Why answers whether the policy says what a kind of personal data is for:
// sentences that name it beside a purpose; whether it is named at all; and the
// purposes that are given for everything.
func (p *Policy) Why(c exchange.Category) (own []string, named bool, general []string) {
	for _, u := range p.Categories {
		if u.Category == c || knowledge.Parent(u.Category) == c || u.Category == knowledge.Parent(c) {
			own, named = append(own, u.Purposes...), true
		}
	}
	for _, t := range p.Topics {
		if t.ID == "purpose" {
			general = t.Quotes
		}
	}
	return own, named, general
}

type sentence struct{ text, lower string }

// sentences cuts a text at 。, line ends and bullets; what stands in a line of
// its own under a heading of purposes counts with the heading's word.
func sentences(s string) []sentence {
	var out []sentence
	purpose := false // under a heading that speaks of purposes
	for line := range strings.Lines(text.Normalize(s).Norm) {
		line = strings.Trim(line, " \n#*・-●○■□◆0123456789.()")
		if line == "" {
			continue
		}
		heading := !strings.ContainsAny(line, "。") && len([]rune(line)) <= 30
		if heading && !strings.HasSuffix(line, "ため") {
			purpose = strings.Contains(line, "目的") || strings.Contains(strings.ToLower(line), "purpose")
		}
		for _, x := range strings.SplitAfter(line, "。") {
			if x = strings.TrimSpace(x); x == "" {
				continue
			}
			lower := strings.ToLower(x)
			if purpose {
				lower += " 利用目的"
			}
			out = append(out, sentence{x, lower})
		}
	}
	return out
}

func hasWord(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// hasName is hasWord for names of categories; short Latin ones must be words
// of their own.
func hasName(s string, names []string) bool {
	for _, n := range names {
		n = strings.ToLower(n)
		i := strings.Index(s, n)
		if n == "" || i < 0 || len([]rune(n)) < 2 {
			continue
		}
		if n[0] < 0x80 {
			before := i > 0 && s[i-1] >= 'a' && s[i-1] <= 'z'
			after := i+len(n) < len(s) && s[i+len(n)] >= 'a' && s[i+len(n)] <= 'z' && s[i+len(n)] != 's'
			if before || after {
				continue
			}
		}
		return true
	}
	return false
}
