package ask

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/reader"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Query is what is known of a message beside its text.
type Query struct {
	Channel   exchange.Channel
	Initiator exchange.Initiator
	Inquiry   exchange.Inquiry
	Turns     []exchange.Turn // where others say who speaks; none where nobody told

	RulesAlone bool // leave the reader out
}

// Message is what a message asks for, and what the reader says of the whole.
type Message struct {
	Asks []exchange.Ask
	reader.Reading
}

// Learned is the rule of the evidence that the reader takes words for an ask.
const Learned = "learned"

// Read finds what a message asks for. The reader decides; what rules have found lies
// before it, gives its findings the finer category and says why. It returns the
// context's error where nobody waits any more.
func Read(ctx context.Context, t *text.Text, q Query) (Message, error) {
	if !q.RulesAlone {
		reader.Prepare()
	}
	ruled, err := rules(ctx, t, q.Turns...)
	if err != nil || q.RulesAlone {
		return Message{Asks: ruled}, err
	}
	in := reader.Encode(t, reader.About{Channel: q.Channel, Initiator: q.Initiator, Inquiry: q.Inquiry, Hints: hintsOf(t, ruled)})
	msg := Message{Reading: reader.Current().Read(in, leaning)}
	used := make([]bool, len(ruled))
	for _, f := range msg.Found {
		sp := t.Span(f.Start, f.End)
		enough := least(f.Kind)
		if slices.ContainsFunc(ruled, func(r exchange.Ask) bool { return reader.Kind(r.Category, r.Action) == f.Kind && r.Span.Overlaps(sp) }) {
			enough = min(enough, leastAgreed)
		}
		if f.Named || f.Probability < enough || inPersonsTurn(q.Turns, sp) {
			continue
		}
		if lean[f.Kind] > 0 && (inURL(t.Raw, sp) || delivered(t.Raw[sp.End:])) {
			continue
		}
		a := exchange.Ask{Span: sp, Quote: t.Raw[sp.Start:sp.End]}
		a.Category, a.Action = reader.What(f.Kind)
		for i := range ruled {
			if r := &ruled[i]; reader.Kind(r.Category, r.Action) == f.Kind && r.Span.Overlaps(sp) {
				a, used[i] = *r, true
				break
			}
		}
		a.Score = f.Probability
		a.Why = append(slices.Clip(a.Why), exchange.Evidence{Rule: Learned, Detail: fmt.Sprintf("%.2f", f.Probability)})
		msg.Asks = append(msg.Asks, a)
	}
	short := utf8.RuneCountInString(t.Norm) < little
	for i := range ruled {
		if ruled[i].Category == "card_cvv" && slices.ContainsFunc(msg.Asks, func(a exchange.Ask) bool { return a.Action == "call_number" && a.Span.Contains(ruled[i].Span) }) {
			continue // the number on the back of the card is called: the best that one can do
		}
		if !used[i] && (short && !onlyNamed(t, &ruled[i], msg.Found) || stands(t, &ruled[i], msg.Found)) {
			msg.Asks = append(msg.Asks, ruled[i])
		}
	}
	sort.SliceStable(msg.Asks, func(i, j int) bool { return msg.Asks[i].Span.Start < msg.Asks[j].Span.Start })
	return msg, ctx.Err()
}

// delivered reports whether a message itself gives, right behind the words for a secret that
// no rule takes for asked, what it is: 「パスコード: 552211」.
func delivered(after string) bool {
	after = strings.TrimLeft(after, " 　")
	for _, w := range []string{":", "：", "は", "="} {
		after = strings.TrimPrefix(after, w)
	}
	return valueFollows(after)
}

// little is how few letters are too few for the reader to contradict a rule by silence.
const little = 30

// surelyNamed is how sure the reader must be that a secret is only named, where a rule
// takes it for asked.
const surelyNamed = 0.4

// stands reports whether what a rule alone takes for an ask counts: what the reader has
// no word for, what somebody disguised, a link that stands there, a secret that a person tells of being asked for, and
// one that the reader does not take for one that is only named.
func stands(t *text.Text, a *exchange.Ask, found []reader.Found) bool {
	if reader.Kind(a.Category, a.Action) < 0 || a.Action != "" && knowledge.ParentAction(a.Action) != a.Action {
		return true
	}
	for _, e := range a.Why {
		if e.Rule == SpreadOut || e.Rule == LabelledPerson || e.Rule == Told {
			return true
		}
	}
	if a.Action == "click_link" && strings.Contains(t.Norm, "://") && !onlyNamed(t, a, found) {
		return true // 「下記より」, and the link stands there
	}
	c := knowledge.CategoryByID(a.Category)
	return c != nil && c.Secret() && (!onlyNamed(t, a, found) || BesideDenial(t.Raw, a.Span))
}

// BesideDenial reports whether a sentence outright asks to be told something, behind one that
// says that it is never asked for: it is the earlier that leads the reader astray.
func BesideDenial(s string, at exchange.Span) bool {
	if at.End <= at.Start || at.End > len(s) {
		return false
	}
	start := strings.LastIndexAny(s[:at.Start], "。\n") + 1
	end := len(s)
	if i := strings.IndexAny(s[at.End:], "。\n"); i >= 0 {
		end = at.End + i
	}
	return denials().Contains(s[:start]) && !denials().Contains(s[start:end]) && tellings().Contains(s[at.End:end])
}

// onlyNamed reports whether the reader takes what a rule takes for asked for something
// that is only named.
func onlyNamed(t *text.Text, a *exchange.Ask, found []reader.Found) bool {
	kind := reader.Kind(a.Category, a.Action)
	return slices.ContainsFunc(found, func(f reader.Found) bool {
		return f.Named && f.Kind == kind && f.Probability > surelyNamed && t.Span(f.Start, f.End).Overlaps(a.Span)
	})
}

func hintsOf(t *text.Text, asks []exchange.Ask) []reader.Hint {
	out := make([]reader.Hint, 0, len(asks))
	for i := range asks {
		out = append(out, reader.Hint{Start: t.NormOffset(asks[i].Span.Start), End: t.NormOffset(asks[i].Span.End), Kind: reader.Kind(asks[i].Category, asks[i].Action)})
	}
	return out
}

func inPersonsTurn(turns []exchange.Turn, s exchange.Span) bool {
	return slices.ContainsFunc(turns, func(t exchange.Turn) bool { return t.Mine && t.Span.Overlaps(s) })
}

// least is how sure the reader must be that something is asked for.
func least(kind int) float64 {
	if lean[kind] > 0 {
		return leastSecret
	}
	return leastOther
}

// Chosen on hands left out: a secret that is asked for and missed costs most.
const (
	leastSecret = 0.1
	leastOther  = 0.45
	leastAgreed = 0.3 // where a rule says so, too
)

// leaning is how much more readily the reader takes words for an ask of a kind: what is
// never asked for is dear to miss.
func leaning(kind int, named bool) float32 {
	if named {
		return 0
	}
	return lean[kind]
}

var lean = map[int]float32{
	reader.Kind("password", ""): 2, reader.Kind("pin", ""): 2, reader.Kind("otp", ""): 2, reader.Kind("card_cvv", ""): 2, reader.Kind("secret_answer", ""): 2,
}
