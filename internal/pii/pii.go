// Package pii finds personal data in Japanese (and English) text.
//
// A finding comes from a label with a value behind it (「会員番号 2003004」,
// data/categories says which words are labels), from a value whose shape
// speaks for itself (a mail address, a card number that passes Luhn), or from
// words that tell of a person (「妻」, 「年収は」). All work on normalized text
// and report spans of the original.
package pii

import (
	"cmp"
	"context"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii/tagger"
	"github.com/madoguchi/madoguchi/internal/reader"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Options narrow what is looked for. The zero value looks for everything.
type Options struct {
	// Without are categories that are not looked for: what has to do with
	// names and addresses alone is then not run at all.
	Without []exchange.Category
	// Least is the score below which a finding of a category is left out. A
	// category that is not in it goes by its parent's. Findings bear scores
	// between 0 and 1; docs/evaluation.md has how often each is right.
	Least map[exchange.Category]float64
	// RulesAlone leaves the reader out: a tenth of the time, and what it alone finds is
	// not found.
	RulesAlone bool
	// Everybody finds also what is nobody's own: names of staff and of those who are
	// addressed, mail addresses of a role, toll-free numbers, addresses of private
	// networks. For masking before a text goes elsewhere, not for what one tells.
	Everybody bool
	// Channel is the one that the text goes by, and Inquiry what it is about, if somebody
	// said so.
	Channel exchange.Channel
	Inquiry exchange.Inquiry
	// Levels, where it is not nil, receives how likely people would call the draft ok,
	// caution and stop. A text that is too long to be read at once leaves it alone.
	Levels *[3]float64
}

// Find returns the personal data in s, in the order in which it stands there,
// without overlaps. It keeps no reference to s beyond the findings' texts and
// is safe for concurrent use. A text of more than pieceBytes is examined piece
// by piece, as Scan does.
func Find(s string) []exchange.Finding { return Options{}.Find(s) }

// Find is Find with options.
func (o Options) Find(s string) []exchange.Finding {
	if len(s) <= pieceBytes {
		return o.findIn(text.Normalize(s))
	}
	var all []exchange.Finding
	_ = o.Scan(strings.NewReader(s), func(f exchange.Finding) error { // neither side fails
		all = append(all, f)
		return nil
	})
	return all
}

// FindContext is FindIn for one who may leave before the answer is there: it then
// returns the context's error.
func (o Options) FindContext(ctx context.Context, t *text.Text) ([]exchange.Finding, error) {
	if len(t.Raw) <= pieceBytes {
		return o.findIn(t), ctx.Err()
	}
	var all []exchange.Finding
	o.Levels = nil // a piece does not speak for the whole
	err := o.Scan(leaving{ctx, strings.NewReader(t.Raw)}, func(f exchange.Finding) error {
		all = append(all, f)
		return nil
	})
	return all, err
}

// leaving reads as long as somebody waits.
type leaving struct {
	context.Context
	io.Reader
}

func (l leaving) Read(b []byte) (int, error) {
	if err := l.Err(); err != nil {
		return 0, err
	}
	return l.Reader.Read(b)
}

// FindIn is Find for a text that is normalized already.
func FindIn(t *text.Text) []exchange.Finding { return Options{}.FindIn(t) }

// FindIn is FindIn with options.
func (o Options) FindIn(t *text.Text) []exchange.Finding {
	if len(t.Raw) > pieceBytes {
		return o.Find(t.Raw)
	}
	return o.findIn(t)
}

func (o Options) findIn(t *text.Text) []exchange.Finding { return own.Load().without(o.read(t)) }

// rules are what the rules alone find.
func (o Options) rules(t *text.Text) []exchange.Finding {
	found := o.findAsItStands(t)
	c, changed := t.CollapseDigits()
	if !changed {
		return found
	}
	// Once more with the digits together that somebody has spread out: what is a
	// secret then, by its label or its checksum, is one.
	more := false
	for _, f := range o.findAsItStands(c) {
		k := knowledge.CategoryByID(f.Category)
		if k == nil || !k.Secret() && f.Category != "card_number" && f.Category != "my_number" {
			continue
		}
		if slices.ContainsFunc(found, func(x exchange.Finding) bool {
			return x.Span.Overlaps(f.Span) && (x.Category == f.Category || x.Span.Contains(f.Span))
		}) {
			continue
		}
		f.Text = t.Raw[f.Span.Start:f.Span.End]
		found = slices.DeleteFunc(found, func(x exchange.Finding) bool { return x.Span.Overlaps(f.Span) })
		found = append(found, f)
		more = true
	}
	if more {
		slices.SortFunc(found, func(a, b exchange.Finding) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	return found
}

func (o Options) findAsItStands(t *text.Text) []exchange.Finding {
	d := documents.Get().(*document)
	defer documents.Put(d)
	d.names, d.addresses, d.everybody = !o.omits("name"), !o.omits("address"), o.Everybody
	d.load(t)
	for _, find := range finders {
		find(d)
	}
	if len(o.Without) > 0 || len(o.Least) > 0 {
		d.found = slices.DeleteFunc(d.found, func(c candidate) bool { return o.omits(c.cat) || c.probability() < o.least(c.cat) })
	}
	return d.resolve()
}

func (o Options) omits(c exchange.Category) bool {
	return slices.Contains(o.Without, c) || len(o.Without) > 0 && slices.Contains(o.Without, knowledge.Parent(c))
}

func (o Options) least(c exchange.Category) float64 {
	if v, ok := o.Least[c]; ok {
		return v
	}
	return o.Least[knowledge.Parent(c)]
}

// finders look at a document one after the other; a later one may look at what
// an earlier one found.
var finders = [...]func(*document){
	findKeys, findEmails, findNetwork, findPhones, findCards, findBanks, findOfficial,
	findPostal, findAddresses, findOwn, findLabelled, findBeside, findNames, findEverybody, findDates,
	findFollowUps, findAnswers, findPhrased, findAttributes, findMentions,
}

// documents keeps the buffers of past documents for the next ones.
var documents = sync.Pool{New: func() any { return new(document) }}

// document is a text under examination.
type document struct {
	t      *text.Text
	n      string           // t.Norm
	cues   [cues][]text.Hit // in order
	labels []label          // in order, without overlaps
	nums   []number         // in order, without overlaps
	digits []byte           // of all numbers
	tokens []int            // where runs of Latin letters and digits begin
	latin  bool             // has a Latin letter
	found  []candidate
	blocks [][]int32 // which candidates touch a block of the text
	cover  []uint64  // bits of the bytes that findings cover
	tagged []tagger.Name

	names, addresses bool // whether these are looked for
	everybody        bool // see Options
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
	for b := max(0, start) / blockBytes; b <= end/blockBytes && b <= len(d.n)/blockBytes; b++ {
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

// candidate is a possible finding, in offsets of the normalized text. Its
// score ranks it among others that overlap.
type candidate struct {
	start, end int
	cat        exchange.Category
	score      float64
	rule       string
	label      string // label or context word that counted
	detail     string // checksum outcome and the like
}

// probability turns the score into how often such findings were right on the
// development texts, with a margin for texts that the rules were not tuned on
// (docs/evaluation.md). The tagger brings its own.
func (c *candidate) probability() float64 {
	switch {
	case c.rule == "learned-name":
		return (c.score - learnedFrom) / learnedSpan
	case c.score < 0.8: // words that tell of a person, shapes without a label
		return 0.85
	case c.score < 0.9:
		return 0.93
	}
	return 0.97
}

// The scores of names that the tagger finds: below every rule's, so that where
// one speaks too, it decides the edges.
const (
	learnedFrom = 0.4
	learnedSpan = 0.2
)

// load takes a text in and finds its labels and numbers.
func (d *document) load(t *text.Text) {
	d.t, d.n = t, t.Norm
	d.labels, d.nums, d.found = d.labels[:0], d.nums[:0], d.found[:0]
	d.digits, d.tokens, d.latin = d.digits[:0], d.tokens[:0], false
	n := len(d.n)/blockBytes + 1
	for i := range d.blocks {
		d.blocks[i] = d.blocks[i][:0]
	}
	for len(d.blocks) < n {
		d.blocks = append(d.blocks, nil)
	}
	d.survey()
}

// add records a candidate; empty spans are ignored.
func (d *document) add(start, end int, cat exchange.Category, score float64, rule, label, detail string) {
	if end <= start {
		return
	}
	for b := start / blockBytes; b <= end/blockBytes; b++ {
		d.blocks[b] = append(d.blocks[b], int32(len(d.found)))
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
func (d *document) foundBefore(pos, reach int, cats ...exchange.Category) *candidate {
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
func (d *document) resolve() []exchange.Finding {
	slices.SortStableFunc(d.found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.end-b.start, a.end-a.start), cmp.Compare(a.start, b.start))
	})
	kept := d.found[:0]
	d.cover = append(d.cover[:0], make([]uint64, len(d.n)/64+1)...)
next:
	for _, c := range d.found {
		for i := c.start; i < c.end; i++ {
			if d.cover[i/64]&(1<<(i%64)) != 0 {
				continue next
			}
		}
		for i := c.start; i < c.end; i++ {
			d.cover[i/64] |= 1 << (i % 64)
		}
		kept = append(kept, c)
	}
	slices.SortFunc(kept, func(a, b candidate) int { return cmp.Compare(a.start, b.start) })
	if len(kept) == 0 {
		return nil
	}
	out := make([]exchange.Finding, 0, len(kept))
	all := make([]exchange.Evidence, 0, 2*len(kept))
	for _, c := range kept {
		s := d.t.Span(c.start, c.end)
		from := len(all)
		all = append(all, exchange.Evidence{Rule: c.rule, Detail: c.detail, Record: recordNames()[c.cat]})
		if c.label != "" {
			all = append(all, exchange.Evidence{Rule: "label", Detail: c.label})
		}
		why := all[from:len(all):len(all)]
		out = append(out, exchange.Finding{Category: c.cat, Span: s, Text: d.t.Raw[s.Start:s.End], Score: c.probability(), Why: why})
	}
	return out
}

// recordNames gives the record that each category stands in.
var recordNames = sync.OnceValue(func() map[exchange.Category]string {
	m := map[exchange.Category]string{}
	for _, c := range knowledge.Categories() {
		m[c.ID] = "categories/" + string(c.ID)
	}
	return m
})

// Hints are what the rules find in a text, for the reader.
func Hints(t *text.Text) []reader.Hint { return hintsOf(t, Options{}.rules(t)) }
