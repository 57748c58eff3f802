package pii

import (
	"regexp"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// toldByPhrase is the rule of what is told in a wording of data/phrases.
const toldByPhrase = "told-by-phrase"

type phrase struct {
	category exchange.Category
	gate     *text.Matcher // a text without one of its words cannot match
	re       *regexp.Regexp
}

var phrases = sync.OnceValue(func() (out []phrase) {
	for _, p := range knowledge.PhrasesOf("told_without_label") {
		out = append(out, phrase{p.Category, text.NewSubstringMatcher(p.Words), regexp.MustCompile(p.Pattern)})
	}
	return out
})

// findPhrased finds what is told without a label: «Abc12345で入れるはず», a picture of one's
// driving licence.
func findPhrased(d *document) {
	for i, p := range phrases() {
		if !p.gate.Contains(d.n) {
			continue
		}
		for _, m := range p.re.FindAllStringSubmatchIndex(d.n, maxPhrases) {
			start, end := m[0], m[1]
			if len(m) > 2 && m[2] >= 0 {
				start, end = m[2], m[3]
			}
			d.add(start, end, p.category, 0.99-0.005*float64(i), toldByPhrase, "", "") // of two that overlap the first counts
		}
	}
}

const maxPhrases = 20 // in a text
