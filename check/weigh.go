package check

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/ask"
)

// How sure the reader must be, of what people would call a message, before that counts
// beside what was found in it. Chosen on hands left out (docs/evaluation.md): a missed
// fraud costs most, a genuine window stopped next.
const (
	surelyStop  = 0.9  // a fraud, if it wants anything
	likelyOK    = 0.2  // doubts about who asks, and for what, are laid aside
	surelyOK    = 0.6  // what would be stopped is let through
	hardlyOK    = 0.7  // nothing was found, and yet it is not waved through
	hardlyStop  = 0.5  // what would be stopped, and reads like no fraud, is doubted instead
	littleStop  = 0.12 // at least so much must speak for a fraud, for that
	genuineOK   = 0.95 // the signs of a fraud do not count
	noLongerAsk = 0.3  // what a rule and the reader both take for asked is doubted only from here on
)

// enough is how many letters must stand there for the reader to tell anything by.
const enough = 25

// weigh lets what the reader makes of the whole message count beside the reasons. It
// decides nothing alone: a stop needs something that the message wants, an ok that
// nothing speaks against it but doubts.
func (r reasons) weigh(ex *madoguchi.Exchange, n string) {
	v := r.v
	if lookedUp(ex) || utf8.RuneCountInString(ex.Text) < enough || v.Where.Status == madoguchi.Impostor || v.Where.Status == madoguchi.Official && v.Level == madoguchi.OK {
		return
	}
	ok, stop := v.Read.Levels[0], v.Read.Levels[2]
	switch {
	case stop >= surelyStop && v.Level != madoguchi.Stop:
		level := madoguchi.Caution
		if len(v.Asks) > 0 || len(v.Where.Points) > 0 {
			level = madoguchi.Stop
		}
		r.add("reads_like_fraud", level, "", "", madoguchi.Evidence{Rule: ask.Learned, Detail: percent(stop)})
	case v.Level == madoguchi.Stop && stop < surelyStop && (ok >= likelyOK || stop < hardlyStop):
		r.soften(madoguchi.Caution, ok)
		if ok >= surelyOK {
			r.soften(madoguchi.OK, ok)
		}
	case v.Level == madoguchi.Caution && ok >= likelyOK:
		r.soften(madoguchi.OK, ok)
	case v.Level == madoguchi.OK && ok < hardlyOK && stop > littleStop:
		r.add("reads_like_fraud", madoguchi.Caution, "", "", madoguchi.Evidence{Rule: ask.Learned, Detail: percent(stop)})
	}
	if v.Level == madoguchi.OK && ok < genuineOK {
		if id := signs(v, n); id != "" {
			v.Scenario = id
			r.add(ReasonScenario, madoguchi.Caution, "", "", madoguchi.Evidence{Rule: "signs", Record: "scenarios/" + id})
		}
	}
}

// doubts are reasons that what the reader makes of the whole can lay aside: that
// somebody asks for what is not needed, unasked, or whom nobody knows. What was not
// read, what is disguised and whose window it is stay. Each has the least probability of
// ok from which on it is laid aside.
var doubts = map[string]float64{
	"unsolicited_asks_personal_data": likelyOK, "unneeded_asked": 0.7, "window_unconfirmed": likelyOK, "money_asked": likelyOK, "move_channel_asked": likelyOK,
	"link_to_stranger": likelyOK, "remote_control_asked": likelyOK, "gift_card_asked": likelyOK, "secrecy_asked": likelyOK, "hurry_asked": likelyOK, "never_item_asked": likelyOK, "prize_promised": likelyOK,
}

// soften lowers doubts to a level. What a rule and the reader both take for asked is
// lowered only where the reader is as good as certain.
func (r reasons) soften(to madoguchi.Level, ok float64) {
	v := r.v
	level := madoguchi.OK
	for i := range v.Reasons {
		x := &v.Reasons[i]
		least, doubt := doubts[x.ID]
		if x.ID == "impostor_window" && x.Action != "" {
			least, doubt = likelyOK, true
		}
		if called := v.Exchange.Channel == madoguchi.ChannelPhone && v.Exchange.Initiator == madoguchi.InitiatorWindow && v.Exchange.From != ""; called && x.ID == "unsolicited_asks_personal_data" {
			doubt = false // a number that is shown proves nothing, however they talk
		}
		switch {
		case x.Level == madoguchi.Stop && about(v, x, agreed):
			least = noLongerAsk
		case x.Level == madoguchi.Stop && to == madoguchi.OK:
			least = surelyOK
		}
		if x.ID == "never_item_asked" && about(v, x, ruled) && (to == madoguchi.OK || v.Exchange.Channel == madoguchi.ChannelPhone && v.Exchange.Initiator == madoguchi.InitiatorWindow) {
			level = level.Worse(x.Level)
			continue // a secret that a rule takes for asked is never waved through, and a caller who asks for one is stopped
		}
		if doubt && x.Level.Worse(to) == x.Level && (ok >= least || to == madoguchi.Caution && v.Read.Levels[2] < hardlyStop) {
			x.Level = to
		}
		level = level.Worse(x.Level)
	}
	v.Level = level
	v.Reasons = slices.DeleteFunc(v.Reasons, func(x madoguchi.Reason) bool { return x.Level == madoguchi.OK && doubts[x.ID] > 0 })
	for i := range v.Asks {
		if a := &v.Asks[i]; a.Level != "" && a.Level.Worse(v.Level) == a.Level {
			a.Level = v.Level
		}
	}
}

// ruled reports whether a rule takes something for asked.
func ruled(a *madoguchi.Ask) bool {
	return slices.ContainsFunc(a.Why, func(e madoguchi.Evidence) bool { return e.Rule != ask.Learned })
}

// about reports whether an ask that a reason is about is as f says.
func about(v *madoguchi.Verdict, r *madoguchi.Reason, f func(*madoguchi.Ask) bool) bool {
	return slices.ContainsFunc(v.Asks, func(a madoguchi.JudgedAsk) bool {
		return a.Category == r.Category && a.Action == r.Action && f(&a.Ask)
	})
}

// agreed reports whether a rule and the reader both take something for asked.
func agreed(a *madoguchi.Ask) bool { return a.Score > 0 && ruled(a) }

// What a draft tells beside what its inquiry needs is told for nothing only where the
// words around it say so too: the illness that the claim is about, the child whose
// account it is. And what is needed elsewhere may be idle here.
const (
	idle   = 0.25
	surely = 0.85
)

// weighNeed lets the words around a finding count beside the table of needs.
func weighNeed(l madoguchi.NeedLevel, f *madoguchi.Finding) madoguchi.NeedLevel {
	switch {
	case l == madoguchi.Unneeded && f.Idle > 0 && f.Idle < idle:
		return madoguchi.Optional
	case l == madoguchi.Optional && f.Idle >= surely:
		return madoguchi.Unneeded
	}
	return l
}

func percent(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) }
