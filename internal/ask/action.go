package ask

import (
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// tactic is a record of data/tactics, compiled.
type tactic struct {
	id       exchange.Action
	phrases  *text.Matcher
	together []pair
	unless   *text.Matcher
}

type pair struct{ object, verb *text.Matcher }

var tactics = sync.OnceValue(func() []tactic {
	var out []tactic
	for _, r := range knowledge.Tactics() {
		t := tactic{id: r.ID, phrases: text.NewMatcher(r.Phrases), unless: text.NewMatcher(r.Unless)}
		for _, p := range r.Together {
			t.together = append(t.together, pair{text.NewMatcher(p.Object), text.NewMatcher(p.Verb)})
		}
		out = append(out, t)
	}
	return out
})

// actions finds what sentence i wants done.
func (m *message) actions(i int) {
	s := &m.sentences[i]
	v := m.n[s.start:s.end]
	for _, t := range tactics() {
		if t.unless.Contains(v) {
			continue
		}
		if x, ok := t.phrases.First(v); ok {
			if !m.refused(s, v, t.id) {
				m.add("", t.id, s.start, s.end, "phrase", v[x.Start:x.End])
			}
			continue
		}
		for _, p := range t.together {
			o, ok1 := p.object.First(v)
			b, ok2 := p.verb.First(v)
			if ok1 && ok2 && !m.refused(s, v, t.id) {
				m.add("", t.id, s.start, s.end, "together", v[o.Start:o.End]+" + "+v[b.Start:b.End])
				break
			}
		}
	}
}

// refused reports whether a sentence denies or forbids what its words would
// want. Secrecy and hurry are made of such words themselves.
func (m *message) refused(s *sentence, v string, id exchange.Action) bool {
	if s.quotedWarning {
		return true
	}
	switch knowledge.ParentAction(id) {
	case "keep_secret":
		return false
	case "hurry":
		return warnings().Contains(v) && quotedOrThirdParty(v, 0)
	}
	if warnings().Contains(v) && quotedOrThirdParty(v, 0) && !strings.Contains(v, "http") {
		return true
	}
	return s.negative && !conditionals().Contains(v) && !requestIn(v, true)
}
