package pii

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/pii/tagger"
	"github.com/madoguchi/madoguchi/internal/reader"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Learned is the rule of the evidence that the reader takes words for personal data.
const Learned = "learned"

// read finds what the rules and the reader together find. The reader decides what a value
// is and, where it is sure, where it ends; the rules keep what they prove by a checksum or a
// shape.
func (o Options) read(t *text.Text) []exchange.Finding {
	if !o.RulesAlone {
		reader.Prepare()
	}
	ruled := o.rules(t)
	if o.RulesAlone || t.Norm == "" {
		return ruled
	}
	in := reader.Encode(t, reader.About{Outgoing: true, Channel: o.Channel, Initiator: exchange.InitiatorPerson, Inquiry: o.Inquiry, Hints: hintsOf(t, ruled), Lexicon: Lexicon(t)})
	out := make([]exchange.Finding, 0, len(ruled))
	used := make([]bool, len(ruled))
	whole := reader.Current().Read(in, leaning)
	if o.Levels != nil {
		*o.Levels = whole.Level
	}
	for _, f := range whole.Found {
		if vetoed(t.Norm, &f) {
			continue
		}
		f.Start, f.End = widened(t.Norm, f.Start, f.End, !loose[f.Kind] && f.Kind != nameKind)
		if f.Kind == nameKind {
			f.End = f.Start + nameEnd(t.Norm[f.Start:f.End])
		}
		x := learned(t, &f)
		touched := -1 // the first rule's finding that it overlaps, of the same kind if there is one
		for i := range ruled {
			if ruled[i].Span.Overlaps(x.Span) && (touched < 0 || reader.Kind(ruled[touched].Category, "") != f.Kind && reader.Kind(ruled[i].Category, "") == f.Kind) {
				touched = i
			}
		}
		switch {
		case touched < 0:
			if (f.Probability >= alone(f.Kind) || o.Everybody && f.Kind == nameKind && f.Probability >= surer) && !o.omits(x.Category) && x.Score >= o.least(x.Category) && !(f.Kind == nameKind && nobodysName(t.Norm[f.Start:f.End])) {
				out = append(out, x)
			}
		case used[touched]: // two of the reader's within one of the rules'
		default:
			r := &ruled[touched]
			same := reader.Kind(r.Category, "") == f.Kind
			if !same && !proven(r) && !o.Everybody && f.Probability >= surer {
				break // the reader's instead; the rule's is not kept below
			}
			r.Idle = f.Idle
			if same {
				r.Why = append(slices.Clip(r.Why), x.Why[0])
			}
			switch {
			case same && loose[f.Kind]:
				r.Span = exchange.Span{Start: min(r.Span.Start, x.Span.Start), End: max(r.Span.End, x.Span.End)}
				r.Text = t.Raw[r.Span.Start:r.Span.End]
			case same && !shaped[f.Kind] && !proven(r) && f.Probability >= surer:
				r.Span, r.Text = x.Span, x.Text
			}
			used[touched] = true
			out = append(out, *r)
			continue
		}
		if touched >= 0 && !used[touched] {
			used[touched] = true
			out = append(out, x)
		}
	}
	for i := range ruled {
		if !used[i] && (o.Everybody || proven(&ruled[i]) || keeps[reader.Kind(ruled[i].Category, "")]) {
			out = append(out, ruled[i])
		}
	}
	slices.SortFunc(out, func(a, b exchange.Finding) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End))
	})
	kept := make([]exchange.Finding, 0, len(out))
	for i := range out {
		for _, f := range mended(t, out[i]) {
			if len(kept) == 0 || !kept[len(kept)-1].Span.Overlaps(f.Span) {
				kept = append(kept, f)
			}
		}
	}
	return kept
}

// surer is how sure the reader must be to call something else what a rule has found.
const surer = 0.4

// learned is a finding of the reader alone.
func learned(t *text.Text, f *reader.Found) exchange.Finding {
	sp := t.Span(f.Start, f.End)
	x := exchange.Finding{Span: sp, Text: t.Raw[sp.Start:sp.End], Score: f.Probability, Idle: f.Idle}
	x.Category, _ = reader.What(f.Kind)
	x.Why = []exchange.Evidence{{Rule: Learned, Detail: fmt.Sprintf("%.2f", f.Probability), Record: recordNames()[x.Category]}}
	return x
}

// vetoed reports what the reader takes for a person's and no person's is: 母の日, a
// thing for women; for a secret, and is an amount; and what is longer than any value.
func vetoed(n string, f *reader.Found) bool {
	const longest = 400 // bytes
	if f.End-f.Start > longest {
		return true
	}
	if f.Kind == nameKind && utf8.RuneCountInString(n[f.Start:f.End]) == 1 {
		if r, _ := utf8.DecodeRuneInString(n[f.End:]); isKanji(r) { // the beginning of a longer name
			return true
		}
	}
	if f.Kind == nameKind && strings.ContainsFunc(n[f.Start:f.End], func(r rune) bool { return unicode.Is(unicode.So, r) }) {
		return true // a picture within
	}
	c, _ := reader.What(f.Kind)
	if lean[f.Kind] > 0 {
		return text.HasAnyPrefix(n[f.End:], "円", "月", "個", "日", "分", "時", "年", "%", "件", "枚", "本")
	}
	if c != "family" && c != "gender" && c != "age" {
		return false
	}
	return text.HasAnyPrefix(n[f.End:], "の日", "用", "性用", "向け", "性向け", "割", "服", "カード", "プラン", "会員")
}

// widened widens a span that ends within a word of Latin letters or digits to the whole
// word; of numbers to the parts that hyphens join.
func widened(s string, start, end int, joined bool) (int, int) {
	word := func(i int) bool {
		if i < 0 || i >= len(s) {
			return false
		}
		c := s[i]
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	hyphen := func(i int) bool { return joined && i > 0 && i+1 < len(s) && s[i] == '-' && word(i-1) && word(i+1) }
	for start < end && word(start) && (word(start-1) || hyphen(start-1)) {
		start--
	}
	for end > start && end < len(s) && word(end-1) && (word(end) || hyphen(end)) {
		if end++; !word(end - 1) {
			end++
		}
	}
	return start, end
}

// nobodysName reports whether a word stands in the dictionary and is nobody's name.
func nobodysName(s string) bool {
	c := tagger.Default().Lexicon().Classes(s)
	return c&tagger.Noun != 0 && c&(tagger.Surname|tagger.Given) == 0
}

// nameEnd returns how much of what the reader takes for a name is one: without the
// honorific, the relative whose name it says, or the field behind it.
func nameEnd(s string) int {
	for _, cut := range []string{"の母", "の父", "の妻", "の夫", "の祖母", "の祖父", "の息子", "の娘", "の保護者", "の孫", "のママ", "のパパ"} {
		s = strings.TrimSuffix(s, cut)
	}
	for _, cut := range []string{"様", "さま", "さん", "氏", "殿", "先生", "くん", "ちゃん", " 男性", " 女性", " 男", " 女"} {
		if len(s) > len(cut)+5 && strings.HasSuffix(s, cut) { // 鵜殿 is a name whole
			s = s[:len(s)-len(cut)]
		}
	}
	return len(strings.TrimRight(s, " "))
}

var nameKind = reader.Kind("name", "")

// proven reports whether a rule's finding stands whatever the reader says.
func proven(f *exchange.Finding) bool {
	if reader.Kind(f.Category, "") < 0 { // a kind that the reader has never seen
		return true
	}
	for _, e := range f.Why {
		if e.Rule == "introduction" && f.Score > 0.9 || e.Rule == "key-shape" || e.Rule == toldByPhrase || e.Rule == ownRule || strings.Contains(e.Detail, "Luhn") || strings.Contains(e.Detail, "check digit right") {
			return true
		}
	}
	return false
}

// loose are kinds whose edges the reader tells better than the rules: words that tell
// of a person.
var loose = kinds("family", "health", "finances", "employer", "location", "age", "gender")

// shaped are kinds whose shape a rule knows: where no rule has found one, there is none.
var shaped = kinds("phone", "email")

// keeps are kinds of which what the rules alone find counts.
var keeps = kinds("email", "phone", "postal_code", "ip_address", "card_number", "my_number", "address", "password", "pin", "otp", "card_cvv")

func kinds(ids ...exchange.Category) map[int]bool {
	m := map[int]bool{}
	for _, id := range ids {
		m[reader.Kind(id, "")] = true
	}
	return m
}

// Lexicon tells of each letter of a text what it is part of in the lexicon of names.
func Lexicon(t *text.Text) []uint8 { return tagger.Default().Lexicon().Letters(t.Norm) }

func hintsOf(t *text.Text, found []exchange.Finding) []reader.Hint {
	out := make([]reader.Hint, 0, len(found))
	for i := range found {
		out = append(out, reader.Hint{Start: t.NormOffset(found[i].Span.Start), End: t.NormOffset(found[i].Span.End), Kind: reader.Kind(found[i].Category, "")})
	}
	return out
}

// alone is how sure the reader must be of what no rule has found.
func alone(kind int) float64 {
	switch {
	case shaped[kind]:
		return 2 // never
	case lean[kind] > 0:
		return aloneSecret
	case loose[kind]:
		return aloneLoose
	case kind == reader.Kind("name", "") || kind == reader.Kind("phone", ""):
		return aloneName
	}
	return aloneExact
}

// Chosen on hands left out: a missed secret costs most.
const (
	aloneSecret = 0.05
	aloneLoose  = 0.3
	aloneName   = 0.5
	aloneExact  = 0.5
)

// leaning is how much more readily the reader takes words for a kind.
func leaning(kind int, _ bool) float32 { return lean[kind] }

var lean = map[int]float32{
	reader.Kind("password", ""): 2, reader.Kind("pin", ""): 2, reader.Kind("otp", ""): 2, reader.Kind("card_cvv", ""): 2, reader.Kind("secret_answer", ""): 2,
}
