package check

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// item is one thing that a message asks for or a draft tells.
type item struct {
	category exchange.Category
	action   exchange.Action
	need     exchange.Need
	span     exchange.Span
	asked    *exchange.JudgedAsk // nil for what a draft tells
}

// grounds are what the records' conditions are held against: an exchange, what was found
// in it, and what follows from that.
type grounds struct {
	ex    *exchange.Exchange
	v     *exchange.Verdict
	items []item
	is    map[knowledge.Fact]bool
	norm  string // the normalized text
}

// gather collects the grounds of a verdict whose findings, asks and windows are known; n is
// the normalized text.
func gather(ex *exchange.Exchange, v *exchange.Verdict, n string) *grounds {
	g := &grounds{ex: ex, v: v, norm: n}
	for i := range v.Findings {
		f := &v.Findings[i]
		g.items = append(g.items, item{category: f.Category, need: f.Need, span: f.Span})
	}
	for i := range v.Asks {
		a := &v.Asks[i]
		a.Level = exchange.OK
		g.items = append(g.items, item{category: a.Category, action: a.Action, need: a.Need, span: a.Span, asked: a})
	}
	received := ex.Direction == exchange.Incoming
	suspect := slices.ContainsFunc(v.Where.Points, func(p exchange.ContactPoint) bool {
		return p.Suspicion != exchange.SuspicionNone && p.Organization == ""
	})
	g.is = map[knowledge.Fact]bool{
		"received": received, "draft": !received,
		"already":         received && already(n),
		"unasked":         ex.Initiator != exchange.InitiatorPerson,
		"called":          ex.Channel == exchange.ChannelPhone && ex.Initiator == exchange.InitiatorWindow && ex.From != "",
		"suspect":         suspect,
		"trap":            slices.ContainsFunc(v.Where.Points, func(p exchange.ContactPoint) bool { return p.Suspicion == exchange.SuspicionStrong }),
		"looked-up":       lookedUp(ex),
		"mail":            ex.Mail != nil,
		"talk":            ex.Mail != nil && ex.Mail.Talk,
		"sender":          ex.From != "" || ex.Mail != nil,
		"to-follow":       len(ex.Links) > 0 || ex.Mail != nil && ex.Mail.Attachments > 0 || len(v.Asks) > 0 || len(v.Where.Points) > 1,
		"data":            len(v.Findings) > 0,
		"confirmed":       ex.WindowConfirmed,
		"window-official": v.Where.Status == exchange.Official,
		"window-impostor": v.Where.Status == exchange.Impostor,
		"window-open":     v.Where.Status.Open(),
		"channel-phone":   ex.Channel == exchange.ChannelPhone,
		"channel-popup":   ex.Channel == exchange.ChannelPopup,
	}
	return g
}

// isOf reports whether something is so of an item.
func (g *grounds) isOf(it *item, f knowledge.Fact) bool {
	switch f {
	case "labelled":
		return it.asked != nil && labelsCount(g.ex) && slices.ContainsFunc(it.asked.Why, func(e exchange.Evidence) bool { return e.Rule == ask.LabelledPerson })
	case "instead":
		return !it.need.Instead.IsZero()
	case "doubted":
		return it.asked != nil && it.asked.Level == exchange.Caution
	}
	return g.is[f]
}

// asks reports whether a message asks for one of these.
func (g *grounds) asks(actions ...string) bool {
	return slices.ContainsFunc(g.items, func(it item) bool { return it.action != "" && slices.Contains(actions, string(it.action)) })
}

// holds reports whether a row holds, of an item where it is about one.
func (g *grounds) holds(w *knowledge.When, it *item) bool {
	about := it.category != "" && (slices.Contains(w.Item, "data") || slices.Contains(w.Item, string(it.category))) || it.action != "" && slices.Contains(w.Item, string(it.action))
	return about == (len(w.Item) > 0) &&
		(w.Need == nil || slices.Contains(w.Need, it.need.Level)) &&
		(w.Channel == nil || slices.Contains(w.Channel, g.ex.Channel)) &&
		(w.Verdict == nil || slices.Contains(w.Verdict, g.v.Level)) &&
		!slices.ContainsFunc(w.Says, func(list string) bool { return !said()[list].Contains(g.norm) }) &&
		(w.Beside == nil || g.asks(w.Beside...)) &&
		!slices.ContainsFunc(w.All, func(a string) bool { return !g.asks(a) }) &&
		!slices.ContainsFunc(w.If, func(f knowledge.Fact) bool { return !g.isOf(it, f) }) &&
		!slices.ContainsFunc(w.Unless, func(f knowledge.Fact) bool { return g.isOf(it, f) })
}

// each calls f for each item that a sentence is about by the first of its rows that
// holds of it, and once without an item where a row without one holds.
func (g *grounds) each(a *knowledge.Advice, f func(*knowledge.When, *item)) {
	none := item{}
	for i := -1; i < len(g.items); i++ {
		it := &none
		if i >= 0 {
			it = &g.items[i]
		}
		for j := range a.When {
			if w := &a.When[j]; (len(w.Item) > 0) == (i >= 0) && g.holds(w, it) {
				f(w, it)
				break
			}
		}
	}
}

// said are the lists of words that rows name.
var said = sync.OnceValue(func() map[string]*text.Matcher {
	m := map[string]*text.Matcher{}
	for _, records := range sentences() {
		for _, a := range records {
			for _, w := range a.When {
				for _, id := range w.Says {
					m[id] = text.NewSubstringMatcher(knowledge.WordsOf(id))
				}
			}
		}
	}
	return m
})

// sentences are the records of a kind that have conditions, the most urgent first.
var sentences = sync.OnceValue(func() map[string][]*knowledge.Advice {
	m := map[string][]*knowledge.Advice{}
	all := knowledge.AdviceRecords()
	for i := range all {
		if a := &all[i]; a.When != nil {
			m[a.Kind] = append(m[a.Kind], a)
		}
	}
	for _, l := range m {
		slices.SortStableFunc(l, func(a, b *knowledge.Advice) int { return cmp.Compare(a.Urgency, b.Urgency) })
	}
	return m
})

// decide collects the reasons; the most serious decides.
func (g *grounds) decide() *reasons {
	r := &reasons{v: g.v}
	g.v.Level = exchange.OK
	for _, a := range sentences()["reason"] {
		g.each(a, func(w *knowledge.When, it *item) {
			level := w.Level
			if level == exchange.Stop && quoted(g.ex, it.span) {
				level = exchange.Caution
			}
			if it.asked != nil {
				it.asked.Level = it.asked.Level.Worse(level)
			}
			r.add(exchange.Reason{ID: a.ID, Level: level, Category: it.category, Action: it.action, Evidence: g.evidence(w, it)}, w)
		})
	}
	return r
}

// evidence is what a row found: the record of the needs, the record of the tactic, or
// what is known of the window.
func (g *grounds) evidence(w *knowledge.When, it *item) []exchange.Evidence {
	switch {
	case it.category != "" && w.Need != nil:
		return []exchange.Evidence{cite(it.need, "need-"+string(it.need.Level), it.span)}
	case it.category != "":
		return []exchange.Evidence{cite(it.need, "unsolicited", it.span)}
	case it.action != "":
		return []exchange.Evidence{{Rule: "tactic", Detail: string(it.action), Record: "tactics/" + string(it.action), Span: &it.span}}
	}
	return g.v.Where.Evidence
}

// cite makes evidence of a need: the record that decided and its source.
func cite(n exchange.Need, rule string, span exchange.Span) exchange.Evidence {
	e := exchange.Evidence{Rule: rule, Detail: string(n.Level) + "/" + string(n.Basis), Record: n.Record, Span: &span}
	if n.Source.URL != "" {
		e.Sources = []exchange.Source{n.Source}
	}
	return e
}

// steps are the sentences of a kind that hold now, each once; those that name an item
// once for each.
func (g *grounds) steps(kind string) (out []exchange.Step) {
	for _, a := range sentences()[kind] {
		g.each(a, func(_ *knowledge.When, it *item) {
			s := exchange.Step{ID: a.ID}
			if strings.Contains(a.Text.JA, "{item}") {
				s.Category = it.category
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		})
	}
	return out
}

// quoted reports whether a place stands in what an answer quotes of an earlier
// mail: somebody's words that the person has seen before.
func quoted(ex *exchange.Exchange, s exchange.Span) bool {
	if ex.Mail == nil || !ex.Mail.Talk || s.End == 0 || s.Start > len(ex.Text) {
		return false
	}
	line := strings.LastIndexByte(ex.Text[:s.Start], '\n') + 1
	return strings.HasPrefix(strings.TrimLeft(ex.Text[line:], " "), ">")
}

// labelsCount reports whether labels in a text may tell who speaks: in what people
// write down of talks. In a mail or a text message its sender writes them.
func labelsCount(ex *exchange.Exchange) bool {
	return ex.Channel == exchange.ChannelPhone || ex.Channel == exchange.ChannelChat || ex.Channel == "" && ex.Mail == nil
}

// lookedUp reports whether an exchange is an address, a URL or a number and
// nothing else.
func lookedUp(ex *exchange.Exchange) bool {
	if text.Blank(ex.Text) {
		return ex.From != "" && ex.Subject == ""
	}
	return ex.From == "" && ex.Subject == "" && ex.Mail == nil && contact.Alone(ex.Text) != ""
}
