package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/report"
)

var printSentences = flag.Bool("sentences", false, "print the sentences in easy Japanese, for internal/web/furigana/make.py")

// easySentences are all fixed sentences that the page shows in easy Japanese.
func easySentences() []string {
	var out []string
	add := func(t exchange.Text) { out = append(out, t.In(exchange.Easy)) }
	for _, t := range words {
		add(t)
	}
	for _, m := range []map[string]exchange.Text{channelNames, stateNames} {
		for _, t := range m {
			add(t)
		}
	}
	for _, a := range knowledge.AdviceRecords() {
		add(a.Text)
	}
	for _, c := range knowledge.Consultations() {
		add(c.Name)
		add(c.For)
		add(c.Hours)
	}
	for _, c := range knowledge.Categories() {
		add(c.Name)
		add(c.DefaultNeed.Note)
		add(c.DefaultNeed.Instead)
	}
	for _, t := range knowledge.Tactics() {
		add(t.Name)
		add(t.Explain)
	}
	for _, q := range knowledge.Inquiries() {
		add(q.Name)
		for _, n := range q.Needs {
			add(n.Note)
			add(n.Instead)
			for _, e := range n.Exceptions {
				add(e.Note)
			}
		}
	}
	return append(out, report.EasyWords()...)
}

// TestFurigana: in easy Japanese every word in kanji bears its reading.
func TestFurigana(t *testing.T) {
	if *printSentences {
		for _, s := range easySentences() {
			fmt.Println(s)
		}
		return
	}
	missing := map[string]bool{}
	for _, s := range easySentences() {
		h := ruby.ReplaceAllString(string(furigana(s, exchange.Easy)), "")
		for _, r := range h {
			if unicode.Is(unicode.Han, r) {
				missing[string(r)+" in "+s] = true
			}
		}
	}
	n := 0
	for m := range missing {
		if n++; n > 20 {
			break
		}
		t.Errorf("no reading for %s", m)
	}
	for _, c := range []struct{ in, want string }{
		{"漢字（かんじ）です", "<ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby>です"},
		{"<b>", "&lt;b&gt;"},
	} {
		if got := string(furigana(c.in, exchange.Easy)); got != c.want {
			t.Errorf("%q: %s", c.in, got)
		}
	}
	if got := string(furigana("確認 <b>", exchange.Japanese)); strings.Contains(got, "<") {
		t.Errorf("%s", got)
	}
}

// TestWords: every word is there in three languages, and every key that a page
// names is a word.
func TestWords(t *testing.T) {
	for k, w := range words {
		if w.JA == "" || w.Easy == "" || w.EN == "" {
			t.Errorf("%s lacks a language", k)
		}
	}
	pages, err := files.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		raw, err := files.ReadFile("pages/" + p.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(raw), "{{")[1:] {
			f := strings.Fields(part)
			if len(f) > 1 && (f[0] == "t" || f[0] == "plain") && strings.HasPrefix(f[1], "\"") {
				key, _, _ := strings.Cut(f[1][1:], "\"")
				if _, ok := words[key]; !ok {
					t.Errorf("%s: no word %q", p.Name(), key)
				}
			}
		}
	}
}

// TestEveryDoorOpens: each door in each language, and what an inquiry needs under headings.
func TestEveryDoorOpens(t *testing.T) {
	h := Handler(Options{})
	for _, lang := range Langs {
		for _, door := range []string{"", "draft", "received", "call", "told", "find", "why"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+string(lang)+"/"+door, nil))
			if w.Code != 200 {
				t.Errorf("%s/%s: %d", lang, door, w.Code)
			}
			if door == "draft" && strings.Count(w.Body.String(), "<optgroup") != 8 {
				t.Errorf("%s: inquiries under %d headings", lang, strings.Count(w.Body.String(), "<optgroup"))
			}
		}
		r := httptest.NewRequest(http.MethodPost, "/"+string(lang)+"/why", strings.NewReader("inquiry=billing"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		for _, level := range []string{"required", "common", "never"} {
			if strings.Count(w.Body.String(), "<h3><span class=\"chip need-"+level) != 1 {
				t.Errorf("%s: needs of a bill without one heading for %s", lang, level)
			}
		}
	}
}
