package own_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/own"
)

// example is the file that docs/own-lists.md shows.
func example(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("../../docs/own-lists.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(b)
	if m == nil {
		t.Fatal("no example")
	}
	return m[1]
}

// TestApply: the example does what the page says. It is the only test of this package
// that applies lists: they hold for the process.
func TestApply(t *testing.T) {
	l, err := own.Parse(example(t))
	if err != nil {
		t.Fatal(err)
	}
	l.Apply()
	for text, want := range map[string]exchange.Level{
		"カワセミ計画の件です。":           exchange.Stop,
		"番号は PJ-1234 です。":       exchange.Stop,
		"PJ番号：AB-77120":         exchange.Stop,
		"電話は 090-0000-1234 です。": exchange.OK,
		"電話は 090-7312-1234 です。": exchange.OK,
	} {
		v := check.Check(&exchange.Exchange{Direction: exchange.Outgoing, Text: text, Inquiry: "order_delivery", WindowConfirmed: true})
		if v.Level != want {
			t.Errorf("%s: %s, want %s (%v)", text, v.Level, want, v.Findings)
		}
		if strings.Contains(text, "090-0000") && len(v.Findings) > 0 {
			t.Errorf("%s: what is allowed is reported", text)
		}
	}
	p := contact.Query{Organization: "見本商事", URL: "https://www.mihon-shoji.example/"}.Judge()
	if p.Status != exchange.Official {
		t.Errorf("%+v", p)
	}
}

// TestFaults: each is told with its line and what to do.
func TestFaults(t *testing.T) {
	for in, want := range map[string]string{
		"deny:\n  - {text: a}\n":                                     "2: deny: the category is missing",
		"deny:\n  - {text: a, pattern: b, category: name}\n":         "2: deny: text and pattern",
		"allow:\n\n  - {pattern: '(?<=a)b'}\n":                       "3: allow: the pattern cannot be used",
		"categories:\n  - {id: name, ja: a, en: b}\n":                "2: categories: there is a category",
		"categories:\n  - {id: x, ja: a, en: b, level: high}\n":      "the level is unknown",
		"windows:\n  - {id: a, ja: b, domains: ['https://a.jp/']}\n": "a domain is no host name",
		"windows:\n  - {id: amazon-jp-x, ja: b}\n":                   "no domain and no phone",
		"others: 1\n": "the keys are categories",
		"deny: [":     "the keys are",
	} {
		if _, err := own.Parse([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}
