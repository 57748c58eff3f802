package pii

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

var taggers = sync.Pool{New: func() any { return tagger.New(tagger.Default()) }}

// mentionProbability is how sure the tagger must be of a name that nothing
// else announces.
const mentionProbability = 0.65

// katakanaProbability is the same for a single word in katakana, which is a
// thing more often than a person.
const katakanaProbability = 0.85

// latinProbability is the same for a single word in Latin letters, which is a
// product more often than a person.
const latinProbability = 0.97

// placeProbability is the same for a word that is a place's name too.
const placeProbability = 0.9

// findMentions finds the names that no label, copula or title announces, by
// the learned tagger. Names of an organization's staff are left out.
func findMentions(d *document) {
	if !d.names || !mayHoldName(d.n) {
		return
	}
	tg := taggers.Get().(*tagger.Tagger)
	defer taggers.Put(tg)
	d.tagged = tg.Names(d.tagged[:0], d.n, d.covered)
	for _, m := range d.tagged {
		v := d.n[m.Start:m.End]
		least := mentionProbability
		switch {
		case kataName(v, 0, len(v)) == len(v) && !strings.Contains(v, "・") && !surnames().kana[v]:
			least = katakanaProbability
		case v[0] < utf8.RuneSelf && !strings.Contains(v, " "):
			least = latinProbability
		case tagger.Default().Lexicon().Classes(v)&(tagger.Place|tagger.Given) == tagger.Place:
			least = placeProbability
		}
		if m.Probability < least || !d.everybody && d.staff(m.Start, m.End) || commonNoun(v) {
			continue
		}
		if strings.HasSuffix(v, "屋") && strings.HasPrefix(d.n[m.End:], "さん") {
			continue // a shop
		}
		if notAName(v) && utf8.RuneCountInString(v) <= 3 || d.labelWord(m.Start) || isPrefecture(v) {
			continue
		}
		d.add(m.Start, m.End, "name", learnedFrom+learnedSpan*m.Probability, "learned-name", "", probabilities[min(100, int(m.Probability*100+0.5))])
	}
}

// commonNoun reports whether v is a word in katakana that the lexicon knows as
// a thing and not as a name.
func commonNoun(v string) bool {
	if !isKata(firstRune(v)) || strings.Contains(v, "・") {
		return false
	}
	c := tagger.Default().Lexicon().Classes(v)
	return c&tagger.Noun != 0 && c&(tagger.Surname|tagger.Given) == 0
}

// probabilities are the hundredths in words.
var probabilities = func() (words [101]string) {
	for i := range words {
		words[i] = fmt.Sprintf("probability %.2f", float64(i)/100)
	}
	return words
}()

// covered reports whether a rule has found something that holds [start, end).
func (d *document) covered(start, end int) (yes bool) {
	d.touching(start, start, func(c *candidate) bool {
		yes = c.start <= start && end <= c.end
		return !yes
	})
	return yes
}

// mayHoldName reports whether a text has a character that a name could begin
// with.
func mayHoldName(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xE3 {
			return true
		}
	}
	return false
}

var staffWords = knowledge.WordsOf("staff")

// staff reports whether the text makes the name at [start, end) a member of
// an organization's staff: 担当の鈴木, 鈴木様 beside 店員 or 窓口.
func (d *document) staff(start, end int) bool {
	if staffBefore(d.n, start) {
		return true
	}
	rest := d.n[end:min(len(d.n), end+48)]
	honoured := false
	for _, h := range []string{"様", "さま", "さん", "氏", "先生"} {
		honoured = honoured || strings.HasPrefix(rest, h)
	}
	if !honoured {
		return false
	}
	around := d.n[max(0, start-60):start] + rest
	for _, w := range staffWords {
		if strings.Contains(around, w) {
			return true
		}
	}
	return false
}
