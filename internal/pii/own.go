package pii

import (
	"regexp"
	"slices"
	"sync/atomic"

	"github.com/madoguchi/madoguchi/exchange"
)

// OwnRule is a pattern of an operator's own: what fits it is data of a category.
type OwnRule struct {
	Category exchange.Category
	Pattern  *regexp.Regexp
}

type ownLists struct {
	rules []OwnRule
	allow []*regexp.Regexp
}

var own atomic.Pointer[ownLists]

// SetOwn makes every search find what fits one of the rules, and nothing whose whole
// text fits one of allow.
func SetOwn(rules []OwnRule, allow []*regexp.Regexp) { own.Store(&ownLists{rules, allow}) }

const ownRule = "own-list"

func findOwn(d *document) {
	l := own.Load()
	if l == nil {
		return
	}
	for _, r := range l.rules {
		for _, m := range r.Pattern.FindAllStringIndex(d.n, -1) {
			d.add(m[0], m[1], r.Category, 0.995, ownRule, "", "")
		}
	}
}

// without takes out what is allowed to stand.
func (l *ownLists) without(found []exchange.Finding) []exchange.Finding {
	if l == nil || len(l.allow) == 0 {
		return found
	}
	return slices.DeleteFunc(found, func(f exchange.Finding) bool {
		return slices.ContainsFunc(l.allow, func(re *regexp.Regexp) bool {
			m := re.FindStringIndex(f.Text)
			return m != nil && m[0] == 0 && m[1] == len(f.Text)
		})
	})
}
