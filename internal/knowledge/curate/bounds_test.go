package curate_test

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/madoguchi/madoguchi/internal/knowledge/curate"
)

// TestBounded: what would cost the parser gigabytes is refused before it; what
// people write is not.
func TestBounded(t *testing.T) {
	for _, c := range []struct {
		name, yaml string
		ok         bool
	}{
		{"a record", "id: x\ntext:\n  ja: \"「*」と & [x]\"\nwords: [a, b, {c: d}]\n# & and * in a comment\nurl: https://a.example/?a=1&b=2*3\n", true},
		{"brackets", "a: " + strings.Repeat("[", 200_000), false},
		{"braces", "a: " + strings.Repeat("{a: ", 200), false},
		{"lists in lists", strings.Repeat("- ", 1000) + "x", false},
		{"indented", strings.Repeat(" ", 1000) + "a: b", false},
		{"aliases", "a: &a [x, x]\nb: &b [*a, *a]\n", false},
		{"an alias", "a: *b", false},
		{"in a list", "- &x y", false},
		{"large", "a: " + strings.Repeat("x", curate.MaxYAML), false},
	} {
		if err := curate.Bounded([]byte(c.yaml)); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// FuzzBounded: what the bound lets through, the YAML reader takes without stopping.
func FuzzBounded(f *testing.F) {
	f.Add([]byte("a: [1, {b: c}]\nd:\n  - e\n  - |\n    f\n"))
	f.Add([]byte("a: &b [x]\nc: *b\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if curate.Bounded(b) != nil {
			return
		}
		var v any
		_ = yaml.Unmarshal(b, &v) // an error is an answer
	})
}
