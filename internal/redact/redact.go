// Package redact covers personal data in a draft: by placeholders that can be
// undone, by masks, or in part (the last four digits).
//
// A value that is covered is covered wherever it stands, in any width or
// spacing, also where nothing announced it.
package redact

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Piece is a span to cover and the name under which it is covered.
type Piece struct {
	Span   exchange.Span
	Name   string   // what a placeholder says, for example "氏名"
	Labels []string // words that announce such a value, for Result.Shorter
}

// Style is how a value is covered.
type Style string

const (
	Placeholder Style = "placeholder" // 〔氏名1〕, the same value always the same number
	Masked      Style = "mask"        // ●●●●, one for each character
	Partial     Style = "partial"     // the last four digits of a number of eight and more; else masked
)

// Styles are the words for them.
var Styles = []string{string(Placeholder), string(Masked), string(Partial)}

// Result is a covered text.
type Result struct {
	Text string
	// Values maps each placeholder to what it stands for, exactly as written.
	// Whoever has it has the personal data: keep it like the original.
	Values map[string]string
	// Shorter is the text without the sentences that would hold nothing but
	// covered values and their labels; Text where there are none.
	Shorter string
}

// Cover covers the pieces of s, which may come in any order, and every other
// place where one of their values stands.
func Cover(s string, pieces []Piece, style Style) Result {
	var c Coverer
	return c.Cover(s, pieces, style)
}

// Coverer covers several texts so that the same value has the same placeholder in all of
// them. The zero value is ready.
type Coverer struct {
	names map[string]string // name, NUL, value to placeholder
	next  map[string]int
}

// Cover is the function of that name, for one of the texts.
func (c *Coverer) Cover(s string, pieces []Piece, style Style) Result {
	all := everywhere(s, pieces)
	r := Result{Values: map[string]string{}}
	own := strings.Contains(s, "〔")
	if c.names == nil {
		c.names, c.next = map[string]string{}, map[string]int{}
	}
	names, next := c.names, c.next
	var b strings.Builder
	b.Grow(len(s) + 8*len(all))
	covers := make([]string, len(all))
	last := 0
	for i, p := range all {
		value := s[p.Span.Start:p.Span.End]
		switch style {
		case Masked:
			covers[i] = maskAll(value)
		case Partial:
			covers[i] = lastFour(value)
		default:
			key := p.Name + "\x00" + value
			ph := names[key]
			for ph == "" {
				next[p.Name]++
				// A text that holds the placeholder already keeps its own.
				if c := fmt.Sprintf("〔%s%d〕", p.Name, next[p.Name]); !own || !strings.Contains(s, c) {
					ph = c
				}
			}
			names[key] = ph
			r.Values[ph] = value
			covers[i] = ph
		}
		b.WriteString(s[last:p.Span.Start])
		b.WriteString(covers[i])
		last = p.Span.End
	}
	b.WriteString(s[last:])
	r.Text = b.String()
	r.Shorter = shorter(s, all, covers)
	return r
}

// shorter writes the text without the sentences that say nothing but what is
// covered.
func shorter(s string, all []Piece, covers []string) string {
	var b strings.Builder
	b.Grow(len(s))
	next := 0
	for start := 0; start < len(s); {
		end := sentenceEnd(s, start, all[min(next, len(all)):])
		var said strings.Builder // of the sentence, beside what is covered
		var shown strings.Builder
		labels := map[string]bool{}
		last, first := start, next
		for ; next < len(all) && all[next].Span.Start < end; next++ {
			p := all[next]
			said.WriteString(s[last:p.Span.Start])
			said.WriteByte(' ')
			shown.WriteString(s[last:p.Span.Start])
			shown.WriteString(covers[next])
			for _, l := range p.Labels {
				labels[l] = true
			}
			last = p.Span.End
		}
		said.WriteString(s[last:end])
		shown.WriteString(s[last:end])
		if next == first || tells(said.String(), labels) {
			b.WriteString(shown.String())
		}
		start = end
	}
	return b.String()
}

// sentenceEnd returns where the sentence ends that begins at start: behind its
// stop or its line, but not within what is covered.
func sentenceEnd(s string, start int, pieces []Piece) int {
	for i := start; i < len(s); {
		if len(pieces) > 0 && i >= pieces[0].Span.Start {
			i, pieces = max(i, pieces[0].Span.End), pieces[1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch r {
		case '\n', '。', '！', '？', '!', '?':
			return i
		}
	}
	return len(s)
}

// tells reports whether a sentence says something beside its labels.
func tells(said string, labels map[string]bool) bool {
	const most = 400 // bytes: a longer sentence says something
	if len(said) > most {
		return true
	}
	said = strings.ToLower(text.Normalize(said).Norm)
	longest := slices.SortedFunc(maps.Keys(labels), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, l := range append(longest, fillers...) {
		said = strings.ReplaceAll(said, strings.ToLower(text.Normalize(l).Norm), " ")
	}
	for _, r := range said {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// fillers are the words around a value that say nothing without it.
var fillers = []string{"と申します", "といいます", "と言います", "でございます", "になります", "となります", "以下のとおりです", "以下の通りです", "下記のとおりです", "下記の通りです", "です", "ます", "以下", "下記", "こちら", "私の", "わたしの", "私", "わたし", "様", "さん", "番号", "名前", "my ", "is ", "the ", "number", "name", "は", "が", "の", "を", "に", "で", "と", "、", "no."}

// Restore puts the values back. It returns the placeholders of values that
// the text no longer has.
func Restore(s string, values map[string]string) (restored string, missing []string) {
	var pairs []string
	for ph, v := range values {
		if !strings.Contains(s, ph) {
			missing = append(missing, ph)
		}
		pairs = append(pairs, ph, v)
	}
	sort.Strings(missing)
	return strings.NewReplacer(pairs...).Replace(s), missing
}

// everywhere returns the pieces and the further places where their values
// stand, in order and without overlaps.
func everywhere(s string, pieces []Piece) []Piece {
	t := text.Normalize(s)
	plain, at := squash(t.Norm)
	// Long values are found in any spacing, short ones as they are written.
	var values, short words
	for _, p := range pieces {
		if p.Span.Len() <= 0 || p.Span.End > len(s) {
			continue
		}
		n := text.Normalize(s[p.Span.Start:p.Span.End]).Norm
		v, _ := squash(n)
		if telling(v) {
			values.add(v, p)
		} else if utf8.RuneCountInString(n) > 1 || n >= "\x80" {
			short.add(n, p)
		}
	}
	long, brief := values.matches(plain), short.matches(t.Norm)
	covered := append(make([]Piece, 0, len(pieces)+len(long)+len(brief)), pieces...)
	for _, m := range long {
		if start, end := at[m.Start], at[m.End-1]+1; !strings.HasPrefix(t.Norm[end:], "@") && (m.End-m.Start > few || !partOfMore(t.Norm, start, end)) {
			covered = append(covered, values.piece(m, t.Span(start, end)))
		}
	}
	for _, m := range brief {
		if !partOfMore(t.Norm, m.Start, m.End) {
			covered = append(covered, short.piece(m, t.Span(m.Start, m.End)))
		}
	}
	// Of overlapping places the longest counts; places that then still touch
	// are joined to it, so that no part of a value is left.
	sort.SliceStable(covered, func(i, j int) bool { return covered[i].Span.Start < covered[j].Span.Start })
	out := covered[:0]
	for _, p := range covered {
		if p.Span.Len() <= 0 || p.Span.End > len(s) {
			continue
		}
		if n := len(out); n > 0 && p.Span.Start < out[n-1].Span.End {
			out[n-1].Span.End = max(out[n-1].Span.End, p.Span.End)
			continue
		}
		out = append(out, p)
	}
	return out
}

// few is how long a value is, at most, whose letters stand in others by chance.
const few = 8

// partOfMore reports whether letters are a part of something longer: a PIN's digits in a
// telephone number. Covered there, they would be told by what is left of it.
func partOfMore(s string, start, end int) bool {
	joins := func(near, next string) bool {
		return near != "" && (alnum(near[0]) || strings.IndexByte("-_.@/+", near[0]) >= 0 && next != "" && alnum(next[0]))
	}
	at := func(i int) string {
		if i < 0 || i >= len(s) {
			return ""
		}
		return s[i : i+1]
	}
	return alnum(s[start]) && joins(at(start-1), at(start-2)) || alnum(s[end-1]) && joins(at(end), at(end+1))
}

func alnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// words are values to look for, each with the piece that it was first seen in.
type words struct {
	list   []string
	pieces []Piece
	seen   map[string]bool
}

func (w *words) add(v string, p Piece) {
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	if !w.seen[v] {
		w.seen[v] = true
		w.list, w.pieces = append(w.list, v), append(w.pieces, p)
	}
}

// matches finds all of them in one pass.
func (w *words) matches(s string) []text.Match {
	if len(w.list) == 0 {
		return nil
	}
	return text.NewSubstringMatcher(w.list).Append(nil, s)
}

func (w *words) piece(m text.Match, sp exchange.Span) Piece {
	p := w.pieces[m.Pattern]
	p.Span = sp
	return p
}

// squash leaves out what people put between the characters of a value, and
// folds Latin letters. at gives for each byte the offset in s of its last byte
// there, so that at[end-1]+1 is an end.
func squash(s string) (plain string, at []int) {
	var b strings.Builder
	b.Grow(len(s))
	at = make([]int, 0, len(s))
	for i, r := range s {
		if strings.ContainsRune(" \n-.()・,、/:_", r) {
			continue
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		n := utf8.RuneLen(r)
		b.WriteRune(r)
		for k := range n {
			at = append(at, i+k)
		}
	}
	return b.String(), at
}

// telling reports whether a squashed value is long enough that its standing
// elsewhere is no accident.
func telling(v string) bool {
	n := utf8.RuneCountInString(v)
	if v != "" && v[0] < utf8.RuneSelf {
		return n >= 4
	}
	return n >= 2
}

// maskAll replaces every character but white space.
func maskAll(v string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\u3000' {
			return r
		}
		return '●'
	}, v)
}

// lastFour masks all but the last four digits of a number of eight and more.
func lastFour(v string) string {
	digits := 0
	for _, r := range v {
		if isDigit(r) {
			digits++
		} else if !strings.ContainsRune(" -‐－ー−・.()（）\u3000+＋", r) {
			return maskAll(v)
		}
	}
	if digits < 8 {
		return maskAll(v)
	}
	n := 0
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			n++
			if n <= digits-4 {
				return '●'
			}
		}
		return r
	}, v)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

// Mask shows that a value is there without showing it: its first character
// where it has four and more, then dots.
func Mask(value string) string {
	r := []rune(value)
	if len(r) < 4 {
		return strings.Repeat("●", len(r))
	}
	return string(r[:1]) + strings.Repeat("●", min(len(r)-1, 7))
}
