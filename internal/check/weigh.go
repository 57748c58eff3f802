package check

import (
	"slices"
	"strconv"

	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// How sure the reader must be of what people would call a message. What the records
// make of what was found in it moves the bar. Chosen on hands left out
// (docs/evaluation.md): a missed fraud costs most, a genuine window stopped next.
const surelyFine = 0.9 // the signs of a fraud do not count

// bars are, by what the records say, how sure the reader must be that a message is
// harmless for doubts to be laid aside, and that it is a fraud for a stop.
var bars = map[exchange.Level]struct{ harmless, fraud float64 }{
	exchange.OK:      {0.6, 0.85},
	exchange.Caution: {0.7, 0.7},
	exchange.Stop:    {0.6, 0.7},
}

// enough is how many letters must stand there for the reader to lay a doubt aside, where it
// is not quite sure or a rule, too, takes something for asked.
const enough = 25

// weigh lets what the reader makes of the whole message count beside the reasons. It
// decides nothing alone: a stop needs something that the message wants, and an ok that
// nothing speaks against it but doubts.
func (r *reasons) weigh(ex *exchange.Exchange, n string) {
	v := r.v
	if lookedUp(ex) || v.Where.Status == exchange.Impostor || v.Where.Status == exchange.Official && v.Level == exchange.OK {
		return
	}
	ok, stop := v.Read.Levels[0], v.Read.Levels[2]
	reads, bar := exchange.Caution, bars[v.Level]
	known := text.Japanese(n) // what it was learned from; elsewhere that it sees nothing says little
	if !known {
		ok = 0
	}
	few := utf8.RuneCountInString(ex.Text) < enough
	sure := ok >= surelyFine && !slices.ContainsFunc(v.Asks, func(a exchange.JudgedAsk) bool { return ruled(&a.Ask) })
	switch {
	case ok >= bar.harmless, few && stop < bar.fraud && toldOf(v) < recognized: // a greeting is no situation
		reads = exchange.OK
	case stop >= bar.fraud && (len(v.Asks) > 0 || len(v.Where.Points) > 0 || toldOf(v) >= certain):
		reads = exchange.Stop
	}
	if few && !sure && reads.Compare(v.Level) < 0 { // too little for a doubt to be laid aside by
		r.signed(n)
		return
	}
	switch {
	case !known && reads != exchange.Stop: // the records stand
	case reads.Compare(v.Level) > 0:
		r.note("reads_like_fraud", reads, exchange.Evidence{Rule: ask.Learned, Detail: percent(stop)})
	case reads.Compare(v.Level) < 0:
		r.soften(reads)
	}
	if ok < surelyFine {
		r.signed(n)
	}
}

// toldOf is how likely a message is of the likeliest fraud.
func toldOf(v *exchange.Verdict) (share float64) {
	for id, p := range v.Read.Scenarios {
		if s := knowledge.ScenarioByID(id); s != nil && s.Kind == "fraud" {
			share = max(share, p)
		}
	}
	return share
}

// signed makes doubtful what bears the signs of a fraud; of a text that is not Japanese they
// also tell which fraud it is, where the reader cannot.
func (r *reasons) signed(n string) {
	if r.v.Level != exchange.OK && text.Japanese(n) {
		return
	}
	if id := signs(r.v, n); id != "" {
		r.v.Scenario, r.v.Certain = id, true
		if r.v.Level == exchange.OK {
			r.note(ReasonScenario, exchange.Caution, exchange.Evidence{Rule: "signs", Record: "scenarios/" + id})
		}
	}
}

// soften lowers the reasons that a doubt can lay aside to a level: not what was not
// read, what is disguised, or whose window it is. A secret that a rule takes for asked,
// too, is never waved through; it is stopped where the reader rather takes the message
// for a fraud, and in a call.
func (r *reasons) soften(to exchange.Level) {
	v := r.v
	called := v.Exchange.Channel == exchange.ChannelPhone && v.Exchange.Initiator == exchange.InitiatorWindow
	v.Level = exchange.OK
	for i := range r.list {
		x := &r.list[i]
		to := to
		if x.row.Firm && (ruledAbout(v, x) || bluff(v, x)) {
			if to = exchange.Caution; called || v.Read.Levels[2] >= half || asSpoken(v, x) || bluff(v, x) {
				to = exchange.Stop
			}
		}
		if called && to == exchange.OK && ruledAbout(v, x) { // who calls unasked proves nothing
			to = exchange.Caution
		}
		if x.row.Doubt && to.Compare(x.Level) < 0 {
			x.Level = to
		}
		v.Level = v.Level.Worse(x.Level)
	}
	r.list = slices.DeleteFunc(r.list, func(x reason) bool { return x.Level == exchange.OK && x.row.Doubt })
	for i := range v.Asks {
		if a := &v.Asks[i]; v.Level.Compare(a.Level) < 0 {
			a.Level = v.Level
		}
	}
}

// ruled reports whether a rule takes something for asked.
func ruled(a *exchange.Ask) bool {
	return slices.ContainsFunc(a.Why, func(e exchange.Evidence) bool { return e.Rule != ask.Learned })
}

const bluffs = 0.2 // how sure the reader must be of it, where no rule is

// bluff reports whether a message that says of a secret that it is never asked for asks for one
// all the same.
func bluff(v *exchange.Verdict, r *reason) bool {
	return slices.ContainsFunc(v.Asks, func(a exchange.JudgedAsk) bool {
		return a.Category == r.Category && r.Category != "" && (a.Score >= bluffs || ruled(&a.Ask)) && ask.BesideDenial(v.Exchange.Text, a.Span)
	})
}

// asSpoken reports whether what a reason is about is asked for in kana alone or in another
// language, of which the reader knows little.
func asSpoken(v *exchange.Verdict, r *reason) bool {
	return slices.ContainsFunc(v.Asks, func(a exchange.JudgedAsk) bool {
		return a.Category == r.Category && r.Category != "" && slices.ContainsFunc(a.Why, func(e exchange.Evidence) bool { return e.Detail == wordsAsSpoken })
	})
}

// ruledAbout reports whether a rule takes for asked what a reason is about.
func ruledAbout(v *exchange.Verdict, r *reason) bool {
	return slices.ContainsFunc(v.Asks, func(a exchange.JudgedAsk) bool {
		return a.Category == r.Category && a.Action == r.Action && ruled(&a.Ask)
	})
}

// What a draft tells beside what its inquiry needs is told for nothing only where the
// words around it say so too: the illness that the claim is about, the child whose
// account it is. And what is needed elsewhere may be idle here. So does the draft as a
// whole.
const (
	idle   = 0.3
	surely = 0.85
	half   = 0.5
	proper = 0.7 // so likely nothing idle stands in the draft: half is not enough, then
	amiss  = 0.2 // hardly so: half is enough
)

// weighty are items that hardly any inquiry needs beside those whose tables say so: a reader that has
// seldom seen them told for nothing does not lay them aside.
var weighty = []exchange.Category{"passport", "drivers_license", "residence_card", "my_number", "id_document"}

const plain = 0.1 // so hardly idle that they are all the same

// weighNeed lets the words around a finding, and how likely people would call the whole
// draft ok, count beside the table of needs.
func weighNeed(l exchange.NeedLevel, f *exchange.Finding, whole [3]float64) exchange.NeedLevel {
	read := whole != [3]float64{} // a text that is too long is not read as a whole
	switch {
	case l == exchange.Unneeded && slices.Contains(weighty, f.Category) && f.Idle >= plain: // the table knows better
	case l == exchange.Unneeded && f.Idle > 0 && (f.Idle < idle || f.Idle < half && whole[0] >= proper):
		return exchange.Optional
	case l == exchange.Optional && (f.Idle >= surely || f.Idle >= half && read && whole[0] < amiss):
		return exchange.Unneeded
	}
	return l
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) }
