// Package pii finds personal data in Japanese (and English) text.
//
// A finding comes from a label with a value behind it (「会員番号 2003004」,
// data/categories says which words are labels), from a value whose shape
// speaks for itself (a mail address, a card number that passes Luhn), or from
// words that tell of a person (「妻」, 「年収は」). All work on normalized text
// and report spans of the original.
package pii

import (
	"sort"
	"sync"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/knowledge"
	"github.com/madoguchi/madoguchi/text"
)

// Find returns the personal data in s, in the order in which it stands there,
// without overlaps. It keeps no reference to s beyond the findings' texts and
// is safe for concurrent use.
func Find(s string) []madoguchi.Finding {
	return FindIn(text.Normalize(s))
}

// FindIn is Find for a text that is normalized already.
func FindIn(t *text.Text) []madoguchi.Finding {
	d := newDocument(t)
	for _, find := range []func(*document){
		findEmails, findNetwork, findPhones, findCards, findBanks, findOfficial,
		findPostal, findAddresses, findLabelled, findNames, findDates,
		findFollowUps, findAnswers, findAttributes, findMentions,
	} {
		find(d)
	}
	return d.resolve()
}

// document is a text under examination.
type document struct {
	t      *text.Text
	n      string   // t.Norm
	labels []label  // in order, without overlaps
	nums   []number // in order, without overlaps
	found  []candidate
	blocks map[int][]int // which candidates touch a block of the text
}

// blockBytes is the size of the blocks by which candidates are looked up, so
// that a long text costs no more a byte than a short one.
const blockBytes = 512

// labelsFrom returns the index of the first label that begins at or after pos.
func (d *document) labelsFrom(pos int) int {
	return sort.Search(len(d.labels), func(i int) bool { return d.labels[i].start >= pos })
}

// numsFrom returns the index of the first number that begins at or after pos.
func (d *document) numsFrom(pos int) int {
	return sort.Search(len(d.nums), func(i int) bool { return d.nums[i].start >= pos })
}

// touching calls f for the candidates that touch [start, end), each perhaps
// more than once, until f returns false.
func (d *document) touching(start, end int, f func(*candidate) bool) {
	for b := max(0, start) / blockBytes; b <= end/blockBytes; b++ {
		for _, i := range d.blocks[b] {
			if !f(&d.found[i]) {
				return
			}
		}
	}
}

// label is a word of data/categories at [start, end) of the normalized text.
type label struct {
	start, end int
	word       string
	cat        *knowledge.Category
}

// candidate is a possible finding, in offsets of the normalized text.
type candidate struct {
	start, end int
	cat        madoguchi.Category
	score      float64
	rule       string
	label      string // label or context word that counted
	detail     string // checksum outcome and the like
}

// vocabulary is what the labels of data/categories compile to.
type vocabulary struct {
	m    *text.Matcher
	cats []*knowledge.Category // by pattern
}

var labelWords = sync.OnceValue(func() vocabulary {
	var v vocabulary
	var words []string
	cats := knowledge.Categories()
	for i := range cats {
		for _, l := range cats[i].Labels {
			words = append(words, l)
			v.cats = append(v.cats, &cats[i])
		}
	}
	v.m = text.NewMatcher(words)
	return v
})

func newDocument(t *text.Text) *document {
	d := &document{t: t, n: t.Norm, blocks: map[int][]int{}}
	v := labelWords()
	for _, m := range v.m.Append(nil, d.n) {
		d.labels = append(d.labels, label{m.Start, m.End, d.n[m.Start:m.End], v.cats[m.Pattern]})
	}
	d.nums = numbers(d.n)
	return d
}

// add records a candidate; empty spans are ignored.
func (d *document) add(start, end int, cat madoguchi.Category, score float64, rule, label, detail string) {
	if end <= start {
		return
	}
	for b := start / blockBytes; b <= end/blockBytes; b++ {
		d.blocks[b] = append(d.blocks[b], len(d.found))
	}
	d.found = append(d.found, candidate{start, end, cat, score, rule, label, detail})
}

// taken reports whether a candidate of at least the given score overlaps.
func (d *document) taken(start, end int, score float64) (taken bool) {
	d.touching(start, end, func(c *candidate) bool {
		taken = c.start < end && start < c.end && c.score >= score
		return !taken
	})
	return taken
}

// foundBefore returns the last candidate of one of the categories that ends
// at or before pos and within reach bytes of it.
func (d *document) foundBefore(pos, reach int, cats ...madoguchi.Category) *candidate {
	var best *candidate
	d.touching(pos-reach, pos, func(c *candidate) bool {
		if c.end > pos || pos-c.end > reach || best != nil && c.end <= best.end {
			return true
		}
		for _, k := range cats {
			if c.cat == k || knowledge.Parent(c.cat) == k {
				best = c
			}
		}
		return true
	})
	return best
}

// resolve keeps of overlapping candidates the one that says most, and turns
// the rest into findings of the original text.
func (d *document) resolve() []madoguchi.Finding {
	sort.SliceStable(d.found, func(i, j int) bool {
		a, b := d.found[i], d.found[j]
		if a.score != b.score {
			return a.score > b.score
		}
		if a.end-a.start != b.end-b.start {
			return a.end-a.start > b.end-b.start
		}
		return a.start < b.start
	})
	var kept []candidate
	covered := make([]bool, len(d.n))
next:
	for _, c := range d.found {
		for i := c.start; i < c.end; i++ {
			if covered[i] {
				continue next
			}
		}
		for i := c.start; i < c.end; i++ {
			covered[i] = true
		}
		kept = append(kept, c)
	}
	sort.Slice(kept, func(i, j int) bool { return kept[i].start < kept[j].start })
	out := make([]madoguchi.Finding, 0, len(kept))
	for _, c := range kept {
		s := d.t.Span(c.start, c.end)
		why := []madoguchi.Evidence{{Rule: c.rule, Detail: c.detail, Record: "categories/" + string(c.cat)}}
		if c.label != "" {
			why = append(why, madoguchi.Evidence{Rule: "label", Detail: c.label})
		}
		out = append(out, madoguchi.Finding{Category: c.cat, Span: s, Text: d.t.Raw[s.Start:s.End], Score: c.score, Why: why})
	}
	return out
}
