package api

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// adHoc is a recognizer that comes with a request, as Presidio takes it: patterns (RE2,
// so that none can stop the server) and words.
type adHoc struct {
	Name     string   `json:"name"`
	Language string   `json:"supported_language"`
	Entity   string   `json:"supported_entity"`
	Deny     []string `json:"deny_list"`
	Context  []string `json:"context"` // words before a finding that make it surer
	Score    *float64 `json:"deny_list_score"`
	Patterns []struct {
		Name  string   `json:"name"`
		Regex string   `json:"regex"`
		Score *float64 `json:"score"`
	} `json:"patterns"`

	compiled []rule
}

type rule struct {
	name  string
	re    *regexp.Regexp
	score float64
}

// Bounds of what a request may bring.
const (
	maxRecognizers = 50
	maxPatterns    = 200  // of one recognizer, words included
	maxPattern     = 2000 // bytes
)

// prepare compiles what comes with a request.
func (q *analyzeRequest) prepare() error {
	if q.AllowMatch == "regex" && len(q.AllowList) > 0 {
		re, err := compile(strings.Join(q.AllowList, "|"))
		if err != nil {
			return fmt.Errorf("allow_list: %w", err)
		}
		q.allow = re
	}
	if len(q.AdHoc) > maxRecognizers {
		return fmt.Errorf("ad_hoc_recognizers: more than %d", maxRecognizers)
	}
	for i := range q.AdHoc {
		a := &q.AdHoc[i]
		at := fmt.Sprintf("ad_hoc_recognizers[%d]", i)
		switch {
		case a.Entity == "":
			return errors.New(at + ": supported_entity is missing")
		case len(a.Patterns)+len(a.Deny) == 0:
			return errors.New(at + ": give patterns or a deny_list")
		case len(a.Patterns)+len(a.Deny) > maxPatterns:
			return fmt.Errorf("%s: more than %d patterns", at, maxPatterns)
		}
		for n, p := range a.Patterns {
			if p.Regex == "" {
				return fmt.Errorf("%s.patterns[%d]: regex is missing", at, n)
			}
			re, err := compile(p.Regex)
			if err != nil {
				return fmt.Errorf("%s.patterns[%d]: the regex cannot be used; it is RE2, without look-around, at most %d bytes", at, n, maxPattern)
			}
			a.compiled = append(a.compiled, rule{p.Name, re, scoreOr(p.Score, 0.5)})
		}
		if len(a.Deny) > 0 {
			words := make([]string, len(a.Deny))
			for n, w := range a.Deny {
				words[n] = regexp.QuoteMeta(w)
			}
			re, err := compile("(?:" + strings.Join(words, "|") + ")")
			if err != nil {
				return fmt.Errorf("%s: the deny_list is too long", at)
			}
			a.compiled = append(a.compiled, rule{"deny_list", re, scoreOr(a.Score, 1)})
		}
	}
	return nil
}

func scoreOr(s *float64, otherwise float64) float64 {
	if s == nil {
		return otherwise
	}
	return *s
}

// compile is regexp.Compile for strangers' patterns: bounded, without regard to case as
// Presidio's are, and without an error that repeats the pattern.
func compile(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern*maxPatterns {
		return nil, errors.New("too long")
	}
	re, err := regexp.Compile("(?ims)" + pattern)
	var se *syntax.Error
	if errors.As(err, &se) {
		return nil, errors.New(string(se.Code))
	}
	return re, err
}

func (q *analyzeRequest) allowed(s string) bool {
	return slices.Contains(q.AllowList, s) || q.allow != nil && q.allow.MatchString(s)
}

// What a context word adds to a score, how sure a finding is with it, and how many words
// before a finding may hold one: Presidio's defaults.
const (
	contextAdds    = 0.35
	contextAtLeast = 0.4
	contextWords   = 5
)

// supported reports whether one of a recognizer's context words stands in one of the
// last words before a finding, or in a word that came with the request.
func (q *analyzeRequest) supported(context []string, before string) bool {
	if len(context) == 0 {
		return false
	}
	const reach = 400 // bytes: five words of any length that counts
	before = strings.ToValidUTF8(before[max(0, len(before)-reach):], "")
	words := strings.FieldsFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = append(slices.Clone(q.Context), words[max(0, len(words)-contextWords):]...)
	return slices.ContainsFunc(words, func(w string) bool {
		w = strings.ToLower(w)
		return slices.ContainsFunc(context, func(c string) bool { return c != "" && strings.Contains(w, strings.ToLower(c)) })
	})
}

// maxFound bounds what patterns of a request may find in one text.
const maxFound = 10_000

// findAdHoc adds what a request's own recognizers find. Of two findings for the same
// words the surer one stays, as with Presidio.
func (q *analyzeRequest) findAdHoc(s string, points func(int) int, out []analyzed) []analyzed {
	n := len(out)
	for i := range q.AdHoc {
		a := &q.AdHoc[i]
		if a.Language != "" && a.Language != q.Language || len(q.Entities) > 0 && !slices.Contains(q.Entities, a.Entity) {
			continue
		}
		for _, r := range a.compiled {
			for _, m := range r.re.FindAllStringIndex(s, maxFound) {
				score := r.score
				if score < 1 && q.supported(a.Context, s[:m[0]]) {
					score = min(1, max(score+contextAdds, contextAtLeast))
				}
				if m[0] == m[1] || score < q.ScoreThreshold || q.allowed(s[m[0]:m[1]]) || len(out) >= maxFound {
					continue
				}
				x := analyzed{EntityType: a.Entity, Start: points(m[0]), End: points(m[1]), Score: score, Recognition: map[string]string{"recognizer_name": a.Name, "recognizer_identifier": a.Name}}
				if q.Explain {
					x.Explanation = &explanation{a.Name, r.name, r.score, score, "pattern of the request"}
				}
				out = append(out, x)
			}
		}
	}
	if len(out) == n {
		return out
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Start != out[j].Start {
			return out[i].Start < out[j].Start
		}
		return out[i].Score > out[j].Score
	})
	return slices.CompactFunc(out, func(a, b analyzed) bool { return a.Start == b.Start && a.End == b.End && a.EntityType == b.EntityType })
}
