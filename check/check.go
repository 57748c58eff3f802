// Package check answers the whole question: it asks pii, ask, contact and need
// and turns their answers into a verdict. It is the only package that knows
// them all.
package check

import (
	"context"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/ask"
	"github.com/madoguchi/madoguchi/contact"
	"github.com/madoguchi/madoguchi/knowledge"
	"github.com/madoguchi/madoguchi/need"
	"github.com/madoguchi/madoguchi/pii"
	"github.com/madoguchi/madoguchi/text"
)

// Check judges one exchange. It never fails: what cannot be told is
// unconfirmed. An exchange of which nobody said whether it was received or is to be
// sent is judged as both, and the worse counts. It is safe for concurrent use and
// uses no network.
func Check(ex *madoguchi.Exchange) madoguchi.Verdict {
	v, _ := CheckContext(context.Background(), ex) // which does not end
	return v
}

// CheckContext is Check for one who may leave before the answer is there: it then
// returns the context's error, soon.
func CheckContext(ctx context.Context, ex *madoguchi.Exchange) (madoguchi.Verdict, error) {
	t := text.Normalize(ex.Text)
	if ex.Direction != "" {
		return judge(ctx, ex, t)
	}
	in, out := *ex, *ex
	in.Direction, out.Direction = madoguchi.Incoming, madoguchi.Outgoing
	received, err := judge(ctx, &in, t)
	if err != nil || contact.Alone(ex.Text) != "" { // an address is looked up: nobody tells it
		return received, err
	}
	told, err := judge(ctx, &out, t)
	v := received
	if len(told.Findings) > 0 && !wants(&received) { // a draft that reads oddly as something received
		v = told
	} else if told.Level != received.Level && told.Level.Worse(received.Level) == told.Level || told.Level == received.Level && len(received.Asks) == 0 && len(told.Findings) > 0 {
		v = told
	}
	v.BothWays = true
	return v, err
}

// wants reports whether something received is one beyond doubt: it asks for something by
// a rule, or the reader is sure that it does, or its window is an impostor's.
func wants(v *madoguchi.Verdict) bool {
	const sure = 0.7
	if v.Where.Status == madoguchi.Impostor {
		return true
	}
	return slices.ContainsFunc(v.Asks, func(a madoguchi.JudgedAsk) bool {
		return a.Score >= sure || ruled(&a.Ask)
	})
}

// judge judges an exchange whose direction is known.
func judge(ctx context.Context, ex *madoguchi.Exchange, t *text.Text) (madoguchi.Verdict, error) {
	v := madoguchi.Verdict{Exchange: ex, Inquiry: ex.Inquiry, Knowledge: knowledge.Hash()}
	v.Where = contact.JudgeIn(ex, t)
	c := need.Circumstances{Initiator: ex.Initiator, Listener: ex.Listener, Channel: ex.Channel}
	if ex.Direction == madoguchi.Incoming {
		msg, err := ask.Read(ctx, t, ask.Query{Channel: ex.Channel, Initiator: ex.Initiator, Turns: ex.Turns})
		if err != nil {
			return v, err
		}
		v.Read = msg.Whole()
		for _, a := range msg.Asks {
			v.Asks = append(v.Asks, madoguchi.JudgedAsk{Ask: a})
		}
		v.Asks = append(v.Asks, besides(ex)...)
		if v.Inquiry == "" && ex.Initiator == madoguchi.InitiatorPerson {
			v.Inquiry, v.Guessed = need.Guess(ex.Subject+"\n"+ex.Text), true
		}
		for i := range v.Asks {
			judgeAsk(ex, &v, &v.Asks[i], c)
		}
		decideIncoming(ex, &v, t)
		situate(&v)
	} else {
		if v.Inquiry == "" {
			v.Inquiry, v.Guessed = need.Guess(ex.Subject+"\n"+ex.Text), true
		}
		found, err := pii.Options{Channel: ex.Channel}.FindContext(ctx, t)
		if err != nil {
			return v, err
		}
		for _, f := range found {
			n := need.Of(v.Inquiry, f.Category, c)
			n.Level = weighNeed(n.Level, &f)
			v.Findings = append(v.Findings, madoguchi.JudgedFinding{Finding: f, Need: n})
		}
		decideOutgoing(ex, &v)
	}
	advise(ex, &v)
	return v, nil
}

// besides are the asks that stand beside the text: in the subject and in the
// sender's name. They are judged as the text's; their span is empty.
func besides(ex *madoguchi.Exchange) (out []madoguchi.JudgedAsk) {
	name := ""
	if ex.Mail != nil {
		name = ex.Mail.FromName
	}
	turned, ok := text.Reordered(ex.Text)
	if !ok {
		turned = ""
	}
	for _, s := range []struct{ where, text string }{{"subject", ex.Subject}, {"sender-name", name}, {"letters-turned-round", turned}} {
		for _, a := range byRules(s.text) {
			// Of the subject counts what a text of its own would be stopped for.
			if a.Category == "" && a.Action != "buy_gift_card" && a.Action != "keep_secret" || a.Category != "" && !knowledge.CategoryByID(a.Category).Secret() {
				continue
			}
			a.Span = madoguchi.Span{}
			a.Why = append(a.Why, madoguchi.Evidence{Rule: "stands-in", Detail: s.where})
			out = append(out, madoguchi.JudgedAsk{Ask: a})
		}
	}
	return out
}

// judgeAsk tells what one ask alone calls for.
func judgeAsk(ex *madoguchi.Exchange, v *madoguchi.Verdict, a *madoguchi.JudgedAsk, c need.Circumstances) {
	if a.Category == "" {
		a.Level = actionLevel(ex, v, a.Action)
		return
	}
	inquiry := v.Inquiry
	if inquiry == "" {
		inquiry = "other"
	}
	doubtful := false
	for _, e := range a.Why {
		switch e.Rule {
		case ask.OnPaper:
			c.Channel, c.Listener = madoguchi.ChannelLetter, madoguchi.ListenerForm
		case ask.LabelledPerson:
			doubtful = labelsCount(ex)
		}
	}
	a.Need = need.Of(inquiry, a.Category, c)
	unsolicited := ex.Initiator != madoguchi.InitiatorPerson
	switch {
	case a.Need.Level == madoguchi.Never && doubtful:
		a.Level = madoguchi.Caution
	case a.Need.Level == madoguchi.Never:
		a.Level = madoguchi.Stop
	case unsolicited, a.Need.Level == madoguchi.Unneeded:
		a.Level = madoguchi.Caution
	default:
		a.Level = madoguchi.OK
	}
}

// labelsCount reports whether labels in a text may tell who speaks: in what people
// write down of talks. In a mail or a text message its sender writes them.
func labelsCount(ex *madoguchi.Exchange) bool {
	return ex.Channel == madoguchi.ChannelPhone || ex.Channel == madoguchi.ChannelChat || ex.Channel == "" && ex.Mail == nil
}

// actionLevel tells what an action alone calls for.
func actionLevel(ex *madoguchi.Exchange, v *madoguchi.Verdict, action madoguchi.Action) madoguchi.Level {
	unsolicited := ex.Initiator != madoguchi.InitiatorPerson
	switch action {
	case "buy_gift_card", "keep_secret":
		return madoguchi.Stop
	case "threat":
		switch ex.Channel {
		case madoguchi.ChannelPhone, madoguchi.ChannelSMS, madoguchi.ChannelChat, madoguchi.ChannelPopup:
			if unsolicited {
				return madoguchi.Stop
			}
		}
		return madoguchi.Caution
	case "remote_control", "screen_share", "install_app":
		if unsolicited {
			return madoguchi.Stop
		}
		return madoguchi.Caution
	case "transfer_money", "scan_qr", "move_channel":
		if unsolicited {
			return madoguchi.Caution
		}
	}
	return madoguchi.OK
}

// reasons collects the grounds of a verdict; the most serious decides.
type reasons struct{ v *madoguchi.Verdict }

func (r reasons) add(id string, level madoguchi.Level, category madoguchi.Category, action madoguchi.Action, ev ...madoguchi.Evidence) {
	for _, x := range r.v.Reasons {
		if x.ID == id && x.Category == category && x.Action == action {
			return
		}
	}
	r.v.Reasons = append(r.v.Reasons, madoguchi.Reason{ID: id, Level: level, Category: category, Action: action, Evidence: ev})
	r.v.Level = r.v.Level.Worse(level)
}

// unread adds what was not read: it may hold anything, so that nothing is waved
// through that nobody has seen.
func (r reasons) unread(ex *madoguchi.Exchange) {
	gaps := slices.Clip(ex.Unread)
	for _, e := range r.v.Where.Evidence {
		if e.Rule == contact.AddressesLeftOut {
			gaps = append(gaps, madoguchi.Gap{Kind: madoguchi.GapRest})
		}
	}
	if illegible(ex.Text) {
		gaps = append(gaps, madoguchi.Gap{Kind: madoguchi.GapLetters})
	}
	if lang := text.Foreign(ex.Subject + "\n" + ex.Text); lang != "" {
		gaps = append(gaps, madoguchi.Gap{Kind: madoguchi.GapLanguage, Name: lang})
	}
	for _, g := range gaps {
		r.add("unread_"+string(g.Kind), madoguchi.Caution, "", "", madoguchi.Evidence{Rule: "unread-" + string(g.Kind), Detail: g.Name})
	}
}

// disguised adds that words were hidden from machines: nobody writes so who has
// nothing to hide.
func (r reasons) disguised(ex *madoguchi.Exchange, t *text.Text) {
	const few = 2 // characters that get into a text by accident
	hidden := t.Hidden + text.Normalize(ex.Subject).Hidden
	rule := ""
	if hidden > few {
		rule = "letters-hidden"
	}
	for i := range r.v.Asks {
		for _, e := range r.v.Asks[i].Why {
			if e.Rule == ask.SpreadOut || e.Rule == "stands-in" && e.Detail == "letters-turned-round" {
				rule = e.Rule
			}
		}
	}
	if rule != "" {
		r.add("words_disguised", madoguchi.Caution, "", "", madoguchi.Evidence{Rule: rule})
	}
}

// illegible reports whether so many characters of a text are broken that what it
// says may be lost.
func illegible(s string) bool {
	const few, share = 3, 20 // broken characters that are passed over; of which at most one in so many
	n := strings.Count(s, "\uFFFD")
	if n <= few && utf8.ValidString(s) {
		return false
	}
	if !utf8.ValidString(s) {
		for _, r := range s {
			if r == utf8.RuneError {
				n++
			}
		}
	}
	return n > few && n*share > utf8.RuneCountInString(s)
}

func (r reasons) finish(fallback string) {
	if len(r.v.Reasons) == 0 {
		r.v.Reasons = append(r.v.Reasons, madoguchi.Reason{ID: fallback, Level: madoguchi.OK})
	}
	sort.SliceStable(r.v.Reasons, func(i, j int) bool {
		a, b := r.v.Reasons[i].Level, r.v.Reasons[j].Level
		return a != b && a.Worse(b) == a
	})
}

// cite makes evidence of a need: the record that decided and its source.
func cite(n madoguchi.Need, rule string, span *madoguchi.Span) madoguchi.Evidence {
	e := madoguchi.Evidence{Rule: rule, Detail: string(n.Level) + "/" + string(n.Basis), Record: n.Record, Span: span}
	if n.Source.URL != "" {
		e.Sources = []madoguchi.Source{n.Source}
	}
	return e
}

// decideOutgoing is rule 6 of the design for drafts: stop if a never item
// stands in it, or if the window is an impostor and any personal data does;
// caution if something unneeded does, or personal data goes to a window that
// is not confirmed.
func decideOutgoing(ex *madoguchi.Exchange, v *madoguchi.Verdict) {
	v.Level = madoguchi.OK
	r := reasons{v}
	for i := range v.Findings {
		f := &v.Findings[i]
		switch f.Need.Level {
		case madoguchi.Never:
			r.add("never_item_in_draft", madoguchi.Stop, f.Category, "", cite(f.Need, "need-never", &f.Span))
		case madoguchi.Unneeded:
			r.add("unneeded_in_draft", madoguchi.Caution, f.Category, "", cite(f.Need, "need-unneeded", &f.Span))
		}
	}
	if len(v.Findings) > 0 {
		switch {
		case v.Where.Status == madoguchi.Impostor:
			r.add("impostor_gets_personal_data", madoguchi.Stop, "", "", v.Where.Evidence...)
		case v.Where.Status.Open() && !ex.WindowConfirmed:
			r.add("window_unconfirmed", madoguchi.Caution, "", "", v.Where.Evidence...)
		}
	}
	r.unread(ex)
	r.finish("no_objection_draft")
}

// decideIncoming is rule 6 for what arrived: stop if a never item is asked
// for, or the window shows itself an impostor, or money, gift cards or remote
// control are asked for by one who made contact; caution if it asks for what
// the inquiry does not need, or makes contact unasked and asks for personal
// data.
func decideIncoming(ex *madoguchi.Exchange, v *madoguchi.Verdict, t *text.Text) {
	v.Level = madoguchi.OK
	r := reasons{v}
	unsolicited := ex.Initiator != madoguchi.InitiatorPerson
	for i := range v.Asks {
		a := &v.Asks[i]
		if a.Level == madoguchi.Stop && quoted(ex, a.Span) {
			a.Level = madoguchi.Caution
		}
		switch {
		case a.Category != "" && a.Level == madoguchi.Caution && a.Need.Level == madoguchi.Never:
			r.add("never_item_asked", madoguchi.Caution, a.Category, "", cite(a.Need, "need-never", &a.Span))
		case a.Category != "" && a.Level == madoguchi.Stop:
			r.add("never_item_asked", madoguchi.Stop, a.Category, "", cite(a.Need, "need-never", &a.Span))
		case a.Category != "" && a.Need.Level == madoguchi.Unneeded && !unsolicited:
			r.add("unneeded_asked", madoguchi.Caution, a.Category, "", cite(a.Need, "need-unneeded", &a.Span))
		case a.Category != "" && unsolicited:
			r.add("unsolicited_asks_personal_data", madoguchi.Caution, a.Category, "", cite(a.Need, "unsolicited", &a.Span))
		}
	}
	decideActions(ex, v, r)
	if v.Where.Status == madoguchi.Impostor {
		r.add("impostor_window", madoguchi.Stop, "", "", v.Where.Evidence...)
	}
	if v.Where.Status.Open() && lookedUp(ex) {
		// The person asks about an address alone: what is not known to be
		// official is not waved through.
		r.add("window_unconfirmed", madoguchi.Caution, "", "", v.Where.Evidence...)
	}
	if v.Where.Status.Open() && unsolicited && ex.From == "" && ex.Mail == nil && wantsAction(v) {
		// Unasked, from nobody knows whom, and to be clicked, called or logged
		// in to: nothing vouches for it.
		r.add("window_unconfirmed", madoguchi.Caution, "", "", v.Where.Evidence...)
	}
	if v.Where.Status.Open() && unsolicited && ex.Mail != nil && (len(ex.Links) > 0 || ex.Mail.Attachments > 0 || len(v.Asks) > 0 || len(v.Where.Points) > 1) {
		// An unasked mail with something to follow, from nobody who is known.
		r.add("window_unconfirmed", madoguchi.Caution, "", "", v.Where.Evidence...)
	}
	if v.Where.Status == madoguchi.Official {
		r.add("window_official", madoguchi.OK, "", "", v.Where.Evidence...)
	}
	r.weigh(ex, t.Norm)
	if ex.Mail == nil || !ex.Mail.Talk {
		r.disguised(ex, t)
	}
	r.unread(ex)
	r.finish("no_objection_received")
}

// quoted reports whether a place stands in what an answer quotes of an earlier
// mail: somebody's words that the person has seen before.
func quoted(ex *madoguchi.Exchange, s madoguchi.Span) bool {
	if ex.Mail == nil || !ex.Mail.Talk || s.Start > len(ex.Text) {
		return false
	}
	line := strings.LastIndexByte(ex.Text[:s.Start], '\n') + 1
	return strings.HasPrefix(strings.TrimLeft(ex.Text[line:], " "), ">")
}

// wantsAction reports whether a message wants the person to go, call or pay
// somewhere.
func wantsAction(v *madoguchi.Verdict) bool {
	for i := range v.Asks {
		switch v.Asks[i].Action {
		case "click_link", "log_in", "call_number", "transfer_money", "open_attachment", "scan_qr", "move_channel":
			return true
		}
	}
	return false
}

// lookedUp reports whether an exchange is an address, a URL or a number and
// nothing else.
func lookedUp(ex *madoguchi.Exchange) bool {
	if text.Blank(ex.Text) {
		return ex.From != "" && ex.Subject == ""
	}
	return ex.From == "" && ex.Subject == "" && ex.Mail == nil && contact.Alone(ex.Text) != ""
}

// actionReasons are the reasons that actions give.
var actionReasons = map[madoguchi.Action]string{
	"buy_gift_card": "gift_card_asked", "keep_secret": "secrecy_asked", "remote_control": "remote_control_asked", "screen_share": "remote_control_asked",
	"install_app": "remote_control_asked", "transfer_money": "money_asked", "move_channel": "move_channel_asked", "threat": "hurry_asked", "scan_qr": "link_to_stranger",
}

// decidePrize weighs the promise of a prize, in the text or in a mail's subject:
// a draw that nobody entered. By mail, or with a fee, there is no doubt.
func decidePrize(ex *madoguchi.Exchange, v *madoguchi.Verdict, r reasons, has map[madoguchi.Action]*madoguchi.JudgedAsk) {
	if ex.Initiator == madoguchi.InitiatorPerson || v.Where.Status == madoguchi.Official {
		return
	}
	e := madoguchi.Evidence{Rule: "prize", Record: "tactics/prize"}
	a := has["prize"]
	switch {
	case a != nil:
		e.Span = &a.Span
	case ex.Mail != nil && promisesPrize(ex.Subject):
		e.Detail = "subject"
	default:
		return
	}
	level := madoguchi.Caution
	if ex.Mail != nil && !ex.Mail.Talk || has["transfer_money"] != nil {
		level = madoguchi.Stop
	}
	if a != nil {
		a.Level = level
	}
	r.add("prize_promised", level, "", "prize", e)
}

// byRules is what rules find in a line that is too short to be read.
func byRules(s string) []madoguchi.Ask {
	m, _ := ask.Read(context.Background(), text.Normalize(s), ask.Query{RulesAlone: true}) // which does not end
	return m.Asks
}

func promisesPrize(subject string) bool {
	for _, a := range byRules(subject) {
		if a.Action == "prize" {
			return true
		}
	}
	return false
}

// decideActions weighs what the message wants done. Money alone may be a real
// bill; money with pressure, or asked on the phone or by text message by one
// who made contact, is not.
func decideActions(ex *madoguchi.Exchange, v *madoguchi.Verdict, r reasons) {
	unsolicited := ex.Initiator != madoguchi.InitiatorPerson
	has := map[madoguchi.Action]*madoguchi.JudgedAsk{}
	for i := range v.Asks {
		if a := &v.Asks[i]; a.Action != "" && has[a.Action] == nil {
			has[a.Action] = a
		}
	}
	decidePrize(ex, v, r, has)
	suspect := false
	for i := range v.Where.Points {
		p := &v.Where.Points[i]
		suspect = suspect || p.Suspicion != madoguchi.SuspicionNone && p.Organization == ""
	}
	if a := has["transfer_money"]; a != nil && unsolicited {
		pushed := has["hurry"] != nil || has["buy_gift_card"] != nil || has["move_channel"] != nil || suspect
		if pushed || ex.Channel == madoguchi.ChannelPhone || ex.Channel == madoguchi.ChannelSMS || ex.Channel == madoguchi.ChannelPopup || ex.Channel == madoguchi.ChannelChat {
			a.Level = madoguchi.Stop
		} else {
			a.Level = madoguchi.OK
		}
	} else if a != nil && (has["buy_gift_card"] != nil || has["move_channel"] != nil || has["keep_secret"] != nil || suspect && has["hurry"] != nil) {
		a.Level = madoguchi.Stop
	}
	remote := 0
	for _, id := range []madoguchi.Action{"remote_control", "screen_share", "install_app", "transfer_money"} {
		if has[id] != nil {
			remote++
		}
	}
	if suspect || remote >= 3 {
		for _, id := range []madoguchi.Action{"remote_control", "screen_share", "install_app"} {
			if a := has[id]; a != nil {
				a.Level = madoguchi.Stop
			}
		}
	}
	if a := has["call_number"]; a != nil && unsolicited && (ex.Channel == madoguchi.ChannelPopup || suspect && ex.Channel != madoguchi.ChannelPhone) {
		// A number to call in a warning that pops up is the fraud itself.
		a.Level = madoguchi.Stop
		r.add("impostor_window", madoguchi.Stop, "", a.Action, madoguchi.Evidence{Rule: "number-to-call-in-warning", Span: &a.Span})
	}
	if a := has["move_channel"]; a != nil && (suspect || has["transfer_money"] != nil) {
		a.Level = madoguchi.Stop
	}
	for i := range v.Asks {
		a := &v.Asks[i]
		if id := actionReasons[a.Action]; id != "" && a.Level != madoguchi.OK {
			rec := madoguchi.Evidence{Rule: "tactic", Detail: string(a.Action), Record: "tactics/" + string(a.Action), Span: &a.Span}
			r.add(id, a.Level, "", a.Action, rec)
		}
	}
	if a := has["hurry"]; a != nil && v.Level != madoguchi.OK {
		r.add("hurry_asked", madoguchi.OK, "", a.Action, madoguchi.Evidence{Rule: "tactic", Detail: "hurry", Record: "tactics/hurry", Span: &a.Span})
	}
}
