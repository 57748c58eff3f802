package contact

import (
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

func TestPublicSuffix(t *testing.T) {
	for _, c := range []struct {
		host, suffix, domain string
		private              bool
	}{
		{"www.amazon.co.jp", "co.jp", "amazon.co.jp", false},
		{"example.jp", "jp", "example.jp", false},
		{"www.city.kobe.jp", "kobe.jp", "city.kobe.jp", false}, // exception !city.kobe.jp
		{"a.b.c.kobe.jp", "c.kobe.jp", "b.c.kobe.jp", false},   // wildcard *.kobe.jp
		{"foo.github.io", "github.io", "foo.github.io", true},
		{"example.unlisted", "unlisted", "example.unlisted", false},
		{"jp", "jp", "jp", false},
		{"localhost", "localhost", "localhost", false},
	} {
		suffix, private := publicSuffix(c.host)
		if suffix != c.suffix || private != c.private || registrable(c.host) != c.domain {
			t.Errorf("%s: %s %v %s, want %s %v %s", c.host, suffix, private, registrable(c.host), c.suffix, c.private, c.domain)
		}
	}
}

// TestAgainstLibrary holds every domain of the directory against x/net's own
// reading of the list.
func TestAgainstLibrary(t *testing.T) {
	for _, o := range knowledge.Organizations() {
		for _, d := range o.Domains {
			want, err := publicsuffix.EffectiveTLDPlusOne("www." + d.Name)
			if err != nil {
				continue
			}
			if got := registrable("www." + d.Name); got != want {
				t.Errorf("%s: %s, want %s", d.Name, got, want)
			}
		}
	}
}
