package main

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

// nameLists are the names of the training sentences by their look, so that one
// can take another's place: the words around a name tell more than the name.
type nameLists map[string][]string

func namesOf(data []example) nameLists {
	l := nameLists{}
	for _, e := range data {
		for _, s := range e.spans {
			if s.kind == tagger.NameB {
				v := e.text[s.start:s.end]
				l[look(v)] = append(l[look(v)], v)
			}
		}
	}
	return l
}

// look tells names of kanji by their length, others by script and parts.
func look(v string) string {
	n := utf8.RuneCountInString(v)
	switch r, _ := utf8.DecodeRuneInString(v); {
	case strings.IndexFunc(v, func(r rune) bool { return r < 0x3400 || r > 0x9FFF }) < 0:
		return "kanji" + string(rune('0'+min(n, 5)))
	case r >= 0x30A1 && r <= 0x30FC && !strings.Contains(v, "・"):
		return "katakana"
	case r >= 0x30A1 && r <= 0x30FC:
		return "katakana parts"
	}
	return ""
}

// swap returns the sentence with a share of its names replaced.
func (l nameLists) swap(e example, rng *rand.Rand, share float64) example {
	var b strings.Builder
	out := example{source: e.source}
	last := 0
	for _, s := range e.spans {
		if s.start < last {
			return e // overlapping spans: as it is
		}
		b.WriteString(e.text[last:s.start])
		v := e.text[s.start:s.end]
		if s.kind == tagger.NameB && rng.Float64() < share {
			if list := l[look(v)]; look(v) != "" && len(list) > 0 {
				v = list[rng.IntN(len(list))]
			}
		}
		out.spans = append(out.spans, span{b.Len(), b.Len() + len(v), s.kind})
		b.WriteString(v)
		last = s.end
	}
	b.WriteString(e.text[last:])
	out.text = b.String()
	return out
}
