// Package redact covers personal data in a draft: by placeholders that can be
// undone, by masks, or in part (the last four digits).
//
// A value that is covered is covered wherever it stands, in any width or
// spacing, also where nothing announced it.
package redact

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/text"
)

// Piece is a span to cover and the name under which it is covered.
type Piece struct {
	Span madoguchi.Span
	Name string // what a placeholder says, for example "氏名"
}

// Style is how a value is covered.
type Style string

const (
	Placeholder Style = "placeholder" // 〔氏名1〕, the same value always the same number
	Masked      Style = "mask"        // ●●●●, one for each character
	Partial     Style = "partial"     // the last four digits of a number of eight and more; else masked
)

// Result is a covered text.
type Result struct {
	Text string
	// Values maps each placeholder to what it stands for, exactly as written.
	// Whoever has it has the personal data: keep it like the original.
	Values map[string]string
}

// Cover covers the pieces of s, which may come in any order, and every other
// place where one of their values stands.
func Cover(s string, pieces []Piece, style Style) Result {
	all := everywhere(s, pieces)
	r := Result{Values: map[string]string{}}
	var b strings.Builder
	names := map[string]string{} // name, NUL, value to placeholder
	next := map[string]int{}
	last := 0
	for _, p := range all {
		value := s[p.Span.Start:p.Span.End]
		b.WriteString(s[last:p.Span.Start])
		last = p.Span.End
		switch style {
		case Masked:
			b.WriteString(maskAll(value))
		case Partial:
			b.WriteString(lastFour(value))
		default:
			key := p.Name + "\x00" + value
			ph := names[key]
			for ph == "" {
				next[p.Name]++
				// A text that holds the placeholder already keeps its own.
				if c := fmt.Sprintf("〔%s%d〕", p.Name, next[p.Name]); !strings.Contains(s, c) {
					ph = c
				}
			}
			names[key] = ph
			r.Values[ph] = value
			b.WriteString(ph)
		}
	}
	b.WriteString(s[last:])
	r.Text = b.String()
	return r
}

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
	covered := append([]Piece(nil), pieces...)
	seen := map[string]bool{}
	for _, p := range pieces {
		if p.Span.Len() <= 0 || p.Span.End > len(s) {
			continue
		}
		v, _ := squash(text.Normalize(s[p.Span.Start:p.Span.End]).Norm)
		if seen[v] || !telling(v) {
			continue
		}
		seen[v] = true
		for i := 0; ; {
			j := strings.Index(plain[i:], v)
			if j < 0 {
				break
			}
			a, e := i+j, i+j+len(v)
			i = e
			covered = append(covered, Piece{t.Span(at[a], at[e-1]+1), p.Name})
		}
	}
	// Of overlapping places the longest counts; places that then still touch
	// are joined to it, so that no part of a value is left.
	sort.SliceStable(covered, func(i, j int) bool { return covered[i].Span.Start < covered[j].Span.Start })
	var out []Piece
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

// squash leaves out what people put between the characters of a value, and
// folds Latin letters. at gives for each byte the offset in s of its last byte
// there, so that at[end-1]+1 is an end.
func squash(s string) (plain string, at []int) {
	var b strings.Builder
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
