package text_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/text"
)

func found(m *text.Matcher, s string) string {
	var out []string
	for _, x := range m.Append(nil, s) {
		out = append(out, fmt.Sprintf("%d=%s", x.Pattern, s[x.Start:x.End]))
	}
	return strings.Join(out, " ")
}

func TestMatcher(t *testing.T) {
	patterns := []string{"ID", "会員ID", "会員", "会員番号", "PIN", "", "会員"}
	m := text.NewMatcher(patterns)
	for _, c := range []struct{ in, want string }{
		{"会員番号と会員ID", "3=会員番号 1=会員ID"}, // the longest
		{"会員です", "2=会員"},               // the first of equal ones
		{"VOID IDEA id ID7", "0=id 0=ID"},
		{"SHOPPING pin", "4=pin"},
		{"", ""},
	} {
		if got := found(m, c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	if got := found(text.NewSubstringMatcher([]string{"amazon"}), "myAmazonshop"); got != "0=Amazon" {
		t.Error(got)
	}
}

// TestLargeMatcher: a set too large for a table finds what a small one does.
func TestLargeMatcher(t *testing.T) {
	var many []string
	for i := range 60000 {
		many = append(many, fmt.Sprintf("語%05d番", i))
	}
	small := []string{"東京", "東京都", "Tokyo", "京都"}
	a, b := text.NewMatcher(small), text.NewMatcher(append(append([]string{}, small...), many...))
	if got := found(b, "語00042番と東京都とtokyo"); got != "46=語00042番 1=東京都 2=tokyo" {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("東京都toTOkyo 語0"))).Draw(t, "s")
		if x, y := found(a, s), found(b, s); x != y {
			t.Fatalf("%q: %q and %q", s, x, y)
		}
	})
}
