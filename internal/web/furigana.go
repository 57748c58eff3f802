package web

import (
	_ "embed"
	"html/template"
	"regexp"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// furigana.txt holds, one a line, words in kanji as our own sentences use them
// and how they are read. internal/web/furigana makes it with MeCab; readings that it got
// wrong are corrected there.
//
//go:embed furigana.txt
var furiganaText string

type readings struct {
	words   *text.Matcher
	reading []string
}

var loadReadings = sync.OnceValue(func() *readings {
	var words []string
	r := &readings{}
	for line := range strings.Lines(furiganaText) {
		word, reading, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok {
			words, r.reading = append(words, word), append(r.reading, reading)
		}
	}
	r.words = text.NewSubstringMatcher(words)
	return r
})

// explained is a word with its reading behind it in brackets: 漢字（かんじ）.
var explained = regexp.MustCompile(`([\p{Han}々]+)（([\p{Hiragana}ー]+)）`)

// plain takes the readings in brackets out.
func plain(s string) string { return explained.ReplaceAllString(s, "$1") }

// unruby takes the readings out again where HTML allows none: in an option.
func unruby(h template.HTML) template.HTML {
	return template.HTML(ruby.ReplaceAllString(string(h), "$1")) //nolint:gosec // of escaped text
}

var ruby = regexp.MustCompile(`<ruby>(.*?)<rp>.*?</ruby>`)

// furigana writes a sentence for a page. In easy Japanese every word in kanji
// bears its reading.
func furigana(s string, lang exchange.Lang) template.HTML {
	esc := template.HTMLEscapeString
	if lang != exchange.Easy {
		return template.HTML(esc(s)) //nolint:gosec // escaped
	}
	with := func(word, reading string) string {
		return "<ruby>" + esc(word) + "<rp>（</rp><rt>" + esc(reading) + "</rt><rp>）</rp></ruby>"
	}
	var b strings.Builder
	put := func(s string) { // without readings of its own
		d := loadReadings()
		last := 0
		for _, m := range d.words.Append(nil, s) {
			b.WriteString(esc(s[last:m.Start]))
			b.WriteString(with(s[m.Start:m.End], d.reading[m.Pattern]))
			last = m.End
		}
		b.WriteString(esc(s[last:]))
	}
	last := 0
	for _, m := range explained.FindAllStringSubmatchIndex(s, -1) {
		put(s[last:m[0]])
		b.WriteString(with(s[m[2]:m[3]], s[m[4]:m[5]]))
		last = m[1]
	}
	put(s[last:])
	return template.HTML(b.String()) //nolint:gosec // escaped piece by piece
}
