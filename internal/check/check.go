// Package check answers the whole question: it asks pii, ask, contact and need
// and turns their answers into a verdict. It is the only package that knows
// them all.
package check

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/reader"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Check judges one exchange. It never fails: what cannot be told is
// unconfirmed. An exchange of which nobody said whether it was received or is to be
// sent is judged as both, and the worse counts. It is safe for concurrent use and
// uses no network.
func Check(ex *exchange.Exchange) exchange.Verdict {
	v, _ := CheckContext(context.Background(), ex) // which does not end
	return v
}

// CheckContext is Check for one who may leave before the answer is there: it then
// returns the context's error, soon.
func CheckContext(ctx context.Context, ex *exchange.Exchange) (exchange.Verdict, error) {
	t := text.Normalize(ex.Text)
	if ex.Direction != "" {
		return judge(ctx, ex, t)
	}
	in, out := *ex, *ex
	in.Direction, out.Direction = exchange.Incoming, exchange.Outgoing
	draft := reader.Current().Aim(t).Draft
	received, err := judge(ctx, &in, t)
	if err != nil || contact.Alone(ex.Text) != "" || draft > 0 && draft <= hardly { // an address is looked up: nobody tells it
		received.BothWays = err == nil && contact.Alone(ex.Text) == ""
		return received, err
	}
	told, err := judge(ctx, &out, t)
	v := received
	switch {
	case draft >= plainly && !(received.Level == exchange.Stop && wants(&received) && len(told.Findings) == 0):
		v = told
	case arrived(&received, &told, t.Norm):
	case len(told.Findings) > 0 && !wants(&received): // a draft that reads oddly as something received
		v = told
	case told.Level != received.Level && told.Level.Worse(received.Level) == told.Level || told.Level == received.Level && len(received.Asks) == 0 && len(told.Findings) > 0:
		v = told
	}
	v.BothWays = true
	return v, err
}

// plainly and hardly are how likely a text must be a draft for that to decide alone which way it
// is read: as one, as something received.
const (
	plainly = 0.9
	hardly  = 0.05
)

// wants reports whether something received is one beyond doubt: it asks for something by
// a rule, or the reader is sure that it does, or its window is an impostor's.
func wants(v *exchange.Verdict) bool {
	const sure = 0.7
	if v.Where.Status == exchange.Impostor {
		return true
	}
	return slices.ContainsFunc(v.Asks, func(a exchange.JudgedAsk) bool {
		return a.Score >= sure || ruled(&a.Ask)
	})
}

// judge judges an exchange whose direction is known.
func judge(ctx context.Context, ex *exchange.Exchange, t *text.Text) (exchange.Verdict, error) {
	v := exchange.Verdict{Exchange: ex, Inquiry: ex.Inquiry, Knowledge: knowledge.Hash()}
	v.Where = contact.JudgeIn(ex, t)
	received := ex.Direction == exchange.Incoming
	if v.Inquiry == "" && (!received || ex.Initiator == exchange.InitiatorPerson) {
		v.Inquiry, v.Guessed = guess(ex), true
	}
	look := lookInto
	switch {
	case received && lookedUp(ex): // an address asks for nothing, whatever words stand in it
		look = func(context.Context, *exchange.Exchange, *exchange.Verdict, *text.Text) error { return nil }
	case received:
		look = listen
	}
	if err := look(ctx, ex, &v, t); err != nil {
		return v, err
	}
	g := gather(ex, &v, t.Norm)
	r := g.decide()
	if received {
		r.weigh(ex, t.Norm)
		if ex.Mail == nil || !ex.Mail.Talk {
			r.disguised(ex, t)
		}
	}
	g.is["unread"] = r.unread(ex)
	r.finish()
	if received {
		situate(&v)
	}
	g.advise()
	return v, nil
}

// aimed is the least probability of an inquiry that is taken for the person's; nobody is
// harmed by a wrong one: what it does not need is asked after once more.
const aimed = 0.35

// guess is the inquiry that a text is likely about: as fine as its words tell, if the whole
// text says so too.
func guess(ex *exchange.Exchange) exchange.Inquiry {
	t := text.Normalize(ex.Subject + "\n" + ex.Text)
	words, aim := need.Guess(t), reader.Current().Aim(t)
	if aim.Probability < aimed || knowledge.ParentInquiry(words) == aim.Inquiry {
		return words
	}
	return aim.Inquiry
}

// lookInto finds what a draft tells, and how much its inquiry needs it.
func lookInto(ctx context.Context, ex *exchange.Exchange, v *exchange.Verdict, t *text.Text) error {
	found, err := pii.Options{Channel: ex.Channel, Inquiry: v.Inquiry, Levels: &v.Read.Levels}.FindContext(ctx, t)
	for _, f := range found {
		n := need.Of(v.Inquiry, f.Category, circumstances(ex))
		n.Level = weighNeed(n.Level, &f, v.Read.Levels)
		v.Findings = append(v.Findings, exchange.JudgedFinding{Finding: f, Need: n})
	}
	return err
}

// listen finds what a received message asks for, and how much its inquiry needs it.
func listen(ctx context.Context, ex *exchange.Exchange, v *exchange.Verdict, t *text.Text) error {
	msg, err := ask.Read(ctx, t, ask.Query{Channel: ex.Channel, Initiator: ex.Initiator, Inquiry: ex.Inquiry, Turns: ex.Turns})
	if err != nil {
		return err
	}
	v.Read = msg.Whole()
	for _, a := range append(msg.Asks, besides(ex, t.Norm)...) {
		if a.Action == "keep_secret" && brought(t.Norm) {
			continue
		}
		j := exchange.JudgedAsk{Ask: a}
		if a.Category != "" {
			c := circumstances(ex)
			if slices.ContainsFunc(a.Why, func(e exchange.Evidence) bool { return e.Rule == ask.OnPaper }) {
				c.Channel, c.Listener = exchange.ChannelLetter, exchange.ListenerForm
			}
			j.Need = need.Of(cmp.Or(v.Inquiry, "other"), a.Category, c)
		}
		v.Asks = append(v.Asks, j)
	}
	return nil
}

func circumstances(ex *exchange.Exchange) need.Circumstances {
	return need.Circumstances{Initiator: ex.Initiator, Listener: ex.Listener, Channel: ex.Channel}
}

// besides are the asks that stand beside the text: in the subject and in the
// sender's name. They are judged as the text's; their span is empty.
func besides(ex *exchange.Exchange, n string) (out []exchange.Ask) {
	name, _ := contact.SplitAddress(ex.From)
	if ex.Mail != nil {
		name = ex.Mail.FromName
	}
	turned, ok := text.Reordered(ex.Text)
	if !ok {
		turned = ""
	}
	for _, s := range []struct{ where, text string }{{"subject", ex.Subject}, {"sender-name", name}, {"organization", ex.Organization}, {"letters-turned-round", turned}, {wordsAsSpoken, gloss(n)}} {
		for _, a := range byRules(s.text) {
			// Of the subject counts what a text of its own would be stopped for.
			if t, c := knowledge.TacticByID(a.Action), knowledge.CategoryByID(a.Category); (t == nil || !t.Subject) && (c == nil || !c.Secret()) {
				continue
			}
			a.Span = exchange.Span{}
			a.Why = append(a.Why, exchange.Evidence{Rule: "stands-in", Detail: s.where})
			out = append(out, a)
		}
	}
	return out
}

// reasons collects the grounds of a verdict; the most serious decides.
type reasons struct {
	v    *exchange.Verdict
	list []reason
}

// reason is a reason with the row of its record that held.
type reason struct {
	exchange.Reason
	row knowledge.When
}

// add adds a reason, each once; of two of the same the more serious counts.
func (r *reasons) add(x exchange.Reason, row *knowledge.When) {
	r.v.Level = r.v.Level.Worse(x.Level)
	for i := range r.list {
		if y := &r.list[i]; y.ID == x.ID && y.Category == x.Category && y.Action == x.Action {
			if y.Level.Worse(x.Level) != y.Level {
				*y = reason{x, *row}
			}
			return
		}
	}
	r.list = append(r.list, reason{x, *row})
}

// note adds a reason that no row of a record gives.
func (r *reasons) note(id string, level exchange.Level, e exchange.Evidence) {
	r.add(exchange.Reason{ID: id, Level: level, Evidence: []exchange.Evidence{e}}, &knowledge.When{})
}

// unread adds what was not read: it may hold anything, so that nothing is waved
// through that nobody has seen.
func (r *reasons) unread(ex *exchange.Exchange) bool {
	gaps := slices.Clip(ex.Unread)
	for _, e := range r.v.Where.Evidence {
		if e.Rule == contact.AddressesLeftOut {
			gaps = append(gaps, exchange.Gap{Kind: exchange.GapRest})
		}
	}
	if utf8.RuneCountInString(ex.Text) > reader.Bound {
		gaps = append(gaps, exchange.Gap{Kind: exchange.GapRest})
	}
	if illegible(ex.Text) {
		gaps = append(gaps, exchange.Gap{Kind: exchange.GapLetters})
	}
	if lang := text.Foreign(ex.Subject + "\n" + ex.Text); lang != "" {
		gaps = append(gaps, exchange.Gap{Kind: exchange.GapLanguage, Name: lang})
	}
	for _, g := range gaps {
		r.note("unread_"+string(g.Kind), exchange.Caution, exchange.Evidence{Rule: "unread-" + string(g.Kind), Detail: g.Name})
	}
	return len(gaps) > 0
}

// disguised adds that words were hidden from machines: nobody writes so who has
// nothing to hide.
func (r *reasons) disguised(ex *exchange.Exchange, t *text.Text) {
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
		r.note("words_disguised", exchange.Caution, exchange.Evidence{Rule: rule})
	}
}

// illegible reports whether so many characters of a text are broken that what it
// says may be lost.
func illegible(s string) bool {
	if encoded(s) {
		return true
	}
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

// encoded reports whether most of a text is written in a code that nobody reads: base64,
// uuencode, UTF-7.
func encoded(s string) bool {
	n := 0
	for _, m := range codes.FindAllString(s, -1) {
		if strings.ContainsFunc(m, unicode.IsLetter) { // a list of numbers is none
			n += len(m)
		}
	}
	const long = 60 // a line
	return n >= long && n*2 > len(s)
}

var codes = regexp.MustCompile("(?m)^[A-Za-z0-9+/]{40,}={0,2}$|^M[ -`]{50,60}$|\\+[A-Za-z0-9+/]{8,}-?")

// finish writes the reasons into the verdict, the most serious first.
func (r *reasons) finish() {
	if len(r.list) == 0 {
		id := "no_objection_draft"
		if r.v.Exchange.Direction == exchange.Incoming {
			id = "no_objection_received"
		}
		r.list = append(r.list, reason{Reason: exchange.Reason{ID: id, Level: exchange.OK}})
	}
	slices.SortStableFunc(r.list, func(a, b reason) int { return b.Level.Compare(a.Level) })
	for _, x := range r.list {
		r.v.Reasons = append(r.v.Reasons, x.Reason)
	}
}

// byRules is what rules find in a line that is too short to be read.
func byRules(s string) []exchange.Ask {
	m, _ := ask.Read(context.Background(), text.Normalize(s), ask.Query{RulesAlone: true}) // which does not end
	return m.Asks
}
