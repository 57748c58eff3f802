package text_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/text"
)

// TestScannerFindsWhatMatchersFind: one pass over several lists finds what a
// matcher of each list, or a search for each word, finds alone.
func TestScannerFindsWhatMatchersFind(t *testing.T) {
	words := []string{"妻", "カード", "カード番号", "ID", "会員ID", "(株)", "password", "Ａ市", "市", "市区", "@", "アット", "é", "歳", "my wife", "番号A"}
	rapid.Check(t, func(t *rapid.T) {
		pick := rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, 8, rapid.ID)
		a, b := pick.Draw(t, "longest"), pick.Draw(t, "all")
		s := text.Normalize(strings.Join(rapid.SliceOf(rapid.SampledFrom(append([]string{"は", "xID", "Id2", "です", "0", " ", "\n", "番", "𠮷", "PASSWORD", "カー", "My"}, words...))).Draw(t, "text"), "")).Norm
		var longest []text.Match
		all := map[text.Hit]bool{}
		text.NewScanner([]text.List{{Words: a, Longest: true}, {Words: b}}).Scan(s, func(list int, h text.Hit) {
			if list == 0 {
				longest = append(longest, text.Match{Start: h.Start, End: h.End, Pattern: h.Word})
			} else {
				all[h] = true
			}
		})
		want := text.NewMatcher(a).Append(nil, s)
		if len(want) != len(longest) {
			t.Fatalf("%q in %q: %v, want %v", a, s, longest, want)
		}
		for i := range want {
			if want[i] != longest[i] {
				t.Fatalf("%q in %q: %v, want %v", a, s, longest, want)
			}
		}
		n := 0
		for j, w := range b {
			m := text.NewMatcher([]string{w})
			for i := range len(s) {
				if x, ok := m.At(s, i); ok {
					n++
					if !all[text.Hit{Start: x.Start, End: x.End, Word: j}] {
						t.Fatalf("%q at %d of %q is not found", w, i, s)
					}
				}
			}
		}
		if n != len(all) {
			t.Fatalf("%d hits of %q in %q, want %d", len(all), b, s, n)
		}
	})
}
