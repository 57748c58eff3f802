// Package secret finds what opens programs' doors: API keys, tokens, private keys,
// connection strings. The rules are gitleaks' (rules.go, made by generate.py); what
// they do not have is below.
package secret

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/internal/text"
)

// Found is a secret: a span in bytes, and the rule that found it.
type Found struct {
	Start, End int
	Rule       string
}

type rule struct {
	id, pattern string
	keywords    []string // in small letters; one of them stands in every text that the pattern matches
	entropy     float64  // bits a character that the secret has at least
	group       int      // of the pattern, where the secret is not the first one that matched
	allow       []string // patterns of what is none
	stop        []string // words in what is none
}

// own are rules of ours.
var own = [...]rule{
	{id: "connection-string", pattern: `(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:@/]{1,64}:([^\s@/]{3,128})@[a-z0-9.-]+`, keywords: []string{"://"}, group: 1},
	{id: "bearer-token", pattern: `(?i)\bauthorization:\s*(?:bearer|basic|token)\s+([a-z0-9._~+/=-]{16,})`, keywords: []string{"authorization"}, group: 1},
	{id: "azure-account-key", pattern: `(?i)\baccountkey=([a-z0-9+/]{60,}={0,2})`, keywords: []string{"accountkey="}, group: 1},
	{id: "recovery-codes", pattern: `(?i)(?:recovery|backup|リカバリー|バックアップ)\s?(?:codes?|コード)\s*[:：はが]?\s*((?:[a-z0-9]{4,6}-[a-z0-9]{4,6}[\s,、]*){2,16})`, keywords: []string{"recovery", "backup", "リカバリー", "バックアップ"}, group: 1},
}

// table holds the rules by the keywords that call for them.
var table = sync.OnceValue(func() (t struct {
	m  *text.Matcher
	of []int // rule of each keyword
	at []*compiled
}) {
	var words []string
	for i, r := range slices.Concat(own[:], rules[:]) {
		t.at = append(t.at, &compiled{rule: r})
		for _, k := range r.keywords {
			words = append(words, k)
			t.of = append(t.of, i)
		}
	}
	t.m = text.NewSubstringMatcher(words)
	return t
})

// compiled is a rule whose patterns are compiled when they are first needed.
type compiled struct {
	rule
	once  sync.Once
	re    *regexp.Regexp
	allow []*regexp.Regexp
}

func (c *compiled) patterns() (*regexp.Regexp, []*regexp.Regexp) {
	c.once.Do(func() {
		c.re = regexp.MustCompile(c.pattern)
		for _, a := range c.rule.allow {
			c.allow = append(c.allow, regexp.MustCompile(a))
		}
	})
	return c.re, c.allow
}

// most is how many secrets of one kind are looked for in a text.
const most = 1000

// Find returns the secrets in s, in the order in which they stand there, without
// overlaps. It is safe for concurrent use.
func Find(s string) []Found {
	t := table()
	var wanted []int
	for _, h := range t.m.Append(nil, s) {
		if i := t.of[h.Pattern]; !slices.Contains(wanted, i) {
			wanted = append(wanted, i)
		}
	}
	slices.Sort(wanted)
	var out []Found
	for _, i := range wanted {
		c := t.at[i]
		re, allow := c.patterns()
		for _, m := range re.FindAllStringSubmatchIndex(s, most) {
			from, to := m[0], m[1]
			if g := c.group; g > 0 && m[2*g] >= 0 {
				from, to = m[2*g], m[2*g+1]
			} else if len(m) > 2 && m[2] >= 0 {
				from, to = m[2], m[3]
			}
			v := strings.TrimRight(s[from:to], " \t\r\n,、")
			if v == "" || c.entropy > 0 && entropy(v) < c.entropy || slices.ContainsFunc(allow, func(a *regexp.Regexp) bool { return a.MatchString(v) }) ||
				slices.ContainsFunc(c.stop, func(w string) bool { return strings.Contains(strings.ToLower(v), w) }) {
				continue
			}
			out = append(out, Found{from, from + len(v), c.id})
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	kept := out[:0]
	for _, f := range out {
		if len(kept) == 0 || f.Start >= kept[len(kept)-1].End {
			kept = append(kept, f)
		}
	}
	return kept
}

// entropy is Shannon's, in bits a character.
func entropy(s string) float64 {
	n := map[rune]float64{}
	total := 0.0
	for _, r := range s {
		n[r]++
		total++
	}
	bits := 0.0
	for _, c := range n {
		bits -= c / total * math.Log2(c/total)
	}
	return bits
}
