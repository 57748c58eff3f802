package check

import (
	"cmp"
	"slices"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// advise fills in what to do next, what to say, and whom to consult, from records of
// data/advice and data/consultation.
func (g *grounds) advise() {
	v := g.v
	v.Next, v.Say = g.steps("next"), g.steps("say")
	if v.Level == exchange.OK {
		return
	}
	if g.ex.Direction == exchange.Outgoing {
		v.Consultations = g.desksOfDraft()
	} else {
		v.Consultations = desks(v)
		if v.Level == exchange.Stop {
			var told []exchange.Category
			var done []exchange.Action
			for i := range v.Asks {
				told, done = append(told, v.Asks[i].Category), append(done, v.Asks[i].Action)
			}
			v.Already = ToldAdvice(told, done)
			if g.is["already"] { // what is told already is stopped first
				v.Consultations = foremost(v.Consultations, told)
			}
		}
	}
	if slices.ContainsFunc(v.Reasons, func(r exchange.Reason) bool { return r.ID == "unread_"+string(exchange.GapLanguage) }) {
		v.Consultations = slices.Concat(inTrouble("foreign_language"), v.Consultations)
	}
	for _, id := range inTrouble("any") { // where a person without a plan is helped on
		if !slices.Contains(v.Consultations, id) {
			v.Consultations = append(v.Consultations, id)
		}
	}
}

// foremost puts the desks first at which that is stopped which was told.
func foremost(desks []string, told []exchange.Category) []string {
	for _, c := range told {
		if r := knowledge.CategoryByID(c); r == nil || r.Trouble == "" {
			continue
		}
		first := inTrouble(troubleOf(c, ""))
		if len(first) > 0 {
			return slices.Concat(first[:1], slices.DeleteFunc(desks, func(id string) bool { return id == first[0] }))
		}
	}
	return desks
}

// desksOfDraft are whom to consult about what stands in a draft.
func (g *grounds) desksOfDraft() []string {
	var troubles []string
	for _, it := range g.items {
		if it.need.Level == exchange.Never {
			troubles = append(troubles, troubleOf(it.category, ""))
		}
	}
	switch {
	case len(troubles) > 0:
	case g.v.Level == exchange.Stop:
		troubles = append(troubles, "fraud_suspected")
	case len(g.items) > 0: // a window may ask too much
		troubles = append(troubles, "privacy_complaint")
		if slices.ContainsFunc(g.v.Findings, func(f exchange.JudgedFinding) bool { return f.Category == "my_number" }) {
			troubles = append(troubles, "my_number_told")
		}
	}
	out := inTrouble(troubles...)
	return out[:min(few, len(out))]
}

// inTrouble returns the desks for these situations, as data/consultation names them, in
// its order.
func inTrouble(situations ...string) (out []string) {
	var fit []*knowledge.Consultation
	all := knowledge.Consultations()
	for i := range all {
		if slices.ContainsFunc(all[i].When, func(w string) bool { return slices.Contains(situations, w) }) {
			fit = append(fit, &all[i])
		}
	}
	slices.SortStableFunc(fit, func(a, b *knowledge.Consultation) int { return cmp.Compare(a.Order, b.Order) })
	for _, c := range fit {
		out = append(out, c.ID)
	}
	return out
}

// troubleOf names the situation of one who has told or done something.
func troubleOf(c exchange.Category, a exchange.Action) string {
	for _, id := range []exchange.Category{c, knowledge.Parent(c)} {
		if r := knowledge.CategoryByID(id); r != nil && r.Trouble != "" {
			return r.Trouble
		}
	}
	for _, id := range []exchange.Action{a, knowledge.ParentAction(a)} {
		if r := knowledge.TacticByID(id); r != nil && r.Trouble != "" {
			return r.Trouble
		}
	}
	return "fraud_suspected"
}

// ToldAdvice returns what to do where the person has told these kinds of data
// or done these things already: records of data/advice of kind told_already,
// the most urgent first, each once.
func ToldAdvice(told []exchange.Category, done []exchange.Action) (ids []string) {
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, c := range told {
		for _, id := range []exchange.Category{c, knowledge.Parent(c)} {
			if r := knowledge.CategoryByID(id); r != nil && r.Told != "" {
				add(r.Told)
				break
			}
		}
	}
	for _, a := range done {
		for _, id := range []exchange.Action{a, knowledge.ParentAction(a)} {
			if r := knowledge.TacticByID(id); r != nil && r.Done != "" {
				add(r.Done)
				break
			}
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int {
		return cmp.Compare(knowledge.AdviceByID(a).Urgency, knowledge.AdviceByID(b).Urgency)
	})
	return ids
}

// ToldDesks returns whom to consult about what was told or done: records of
// data/consultation, the first one first.
func ToldDesks(told []exchange.Category, done []exchange.Action) []string {
	var troubles []string
	for _, c := range told {
		troubles = append(troubles, troubleOf(c, ""))
	}
	for _, a := range done {
		troubles = append(troubles, troubleOf("", a))
	}
	out := inTrouble(troubles...)
	return out[:min(4, len(out))]
}
