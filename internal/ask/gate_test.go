package ask

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/text"
)

// TestGates: a gate only saves time; whatever its pattern matches passes it.
func TestGates(t *testing.T) {
	list := euphemisms()
	for i := range list {
		e := &list[i]
		rapid.Check(t, func(t *rapid.T) {
			v := text.Normalize(rapid.StringMatching(e.re.String()).Draw(t, "match")).Norm
			if e.re.MatchString(v) && !e.gate.Contains(v) {
				t.Fatalf("%q matches pattern %d and does not pass its gate", v, i)
			}
		})
	}
}
