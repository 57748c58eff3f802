// Package redact covers personal data in a draft.
package redact

import (
	"fmt"
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi"
)

// Piece is a span to cover and the name under which it is covered.
type Piece struct {
	Span madoguchi.Span
	Name string // what a placeholder says, for example "氏名"
}

// Placeholders replaces every piece by 〔name number〕, the same value always by
// the same number: 〔氏名1〕. Pieces may come in any order; of overlapping ones
// the earlier counts.
func Placeholders(text string, pieces []Piece) string {
	sorted := append([]Piece(nil), pieces...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Span.Start < sorted[j].Span.Start })
	var b strings.Builder
	number := map[string]map[string]int{}
	last := 0
	for _, p := range sorted {
		if p.Span.Start < last || p.Span.End > len(text) || p.Span.Len() <= 0 {
			continue
		}
		b.WriteString(text[last:p.Span.Start])
		value := text[p.Span.Start:p.Span.End]
		if number[p.Name] == nil {
			number[p.Name] = map[string]int{}
		}
		n, ok := number[p.Name][value]
		if !ok {
			n = len(number[p.Name]) + 1
			number[p.Name][value] = n
		}
		fmt.Fprintf(&b, "〔%s%d〕", p.Name, n)
		last = p.Span.End
	}
	b.WriteString(text[last:])
	return b.String()
}

// Mask shows that a value is there without showing it: its first character
// where it has four and more, then dots.
func Mask(value string) string {
	r := []rune(value)
	if len(r) < 4 {
		return strings.Repeat("●", len(r))
	}
	return string(r[:1]) + strings.Repeat("●", min(len(r)-1, 7))
}
