// Package need answers how much: does an inquiry need a category of personal
// data, for which purpose, and who says so.
//
// The answer depends on inquiry, category, who started the contact and who
// listens: a carrier's network PIN is asked on a call that the person placed,
// and by impostors on a call that came in. The cells are data/inquiries; where
// an inquiry says nothing, the category's own default holds.
package need

import (
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Circumstances are what a need depends on beside inquiry and category. Zero
// fields are unknown and match no exception that names them.
type Circumstances struct {
	Initiator exchange.Initiator
	Listener  exchange.Listener
	Channel   exchange.Channel
}

// Of returns how much an inquiry needs a category. An unknown inquiry is
// "other", an unknown category is unneeded.
func Of(inquiry exchange.Inquiry, category exchange.Category, c Circumstances) exchange.Need {
	q := knowledge.InquiryByID(inquiry)
	if q == nil {
		q = knowledge.InquiryByID("other")
	}
	for hop := q; hop != nil; hop = parentOf(hop) {
		if n, ok := cellOf(hop, category, c); ok {
			n.Inquiry = inquiry
			return n
		}
	}
	n := exchange.Need{Inquiry: inquiry, Category: category, Level: exchange.Unneeded, Purpose: exchange.PurposeNone, Basis: exchange.BasisDerived}
	if k := knowledge.CategoryByID(category); k != nil {
		d := k.DefaultNeed
		n.Level, n.Purpose, n.Basis, n.Note, n.Instead = d.Level, d.Purpose, d.Basis, d.Note, d.Instead
		n.Source = k.Source(d.SourceID)
		n.Record = "categories/" + string(category)
	}
	return n
}

func parentOf(q *knowledge.Inquiry) *knowledge.Inquiry {
	if q.Parent == "" || q.Parent == q.ID {
		return nil
	}
	return knowledge.InquiryByID(q.Parent)
}

// cellOf returns the inquiry's cell for a category, or for the category that
// it is a finer kind of. A secret does not inherit: that a PIN may be needed
// says nothing of a bank card's.
func cellOf(q *knowledge.Inquiry, category exchange.Category, c Circumstances) (exchange.Need, bool) {
	want := []exchange.Category{category}
	if k := knowledge.CategoryByID(category); k != nil && k.Parent != "" && !k.Secret() {
		want = append(want, k.Parent)
	}
	for _, w := range want {
		for i := range q.Needs {
			if q.Needs[i].Category == w {
				return judge(q, &q.Needs[i], category, c), true
			}
		}
	}
	return exchange.Need{}, false
}

// judge applies the exception that names most of the circumstances; of equal
// ones the first.
func judge(q *knowledge.Inquiry, cell *knowledge.NeedCell, category exchange.Category, c Circumstances) exchange.Need {
	n := exchange.Need{
		Category: category, Level: cell.Level, Purpose: cell.Purpose, Basis: cell.Basis, Note: cell.Note, Instead: cell.Instead,
		Source: q.Source(cell.SourceID), Record: "inquiries/" + string(q.ID),
	}
	best := 0
	for _, e := range cell.Exceptions {
		named := 0
		if e.Initiator != "" {
			if e.Initiator != c.Initiator {
				continue
			}
			named++
		}
		if e.Listener != "" {
			if e.Listener != c.Listener {
				continue
			}
			named++
		}
		if e.Channel != "" {
			if e.Channel != c.Channel {
				continue
			}
			named++
		}
		if named > best {
			best = named
			n.Level, n.Basis, n.Note, n.Source = e.Level, e.Basis, e.Note, q.Source(e.SourceID)
		}
	}
	return n
}

// Table returns the needs of an inquiry for every category that can be told,
// in the order of the categories' ids.
func Table(inquiry exchange.Inquiry, c Circumstances) []exchange.Need {
	var out []exchange.Need
	for _, k := range knowledge.Categories() {
		out = append(out, Of(inquiry, k.ID, c))
	}
	return out
}

type cueWords struct {
	m       *text.Matcher
	inquiry []exchange.Inquiry
}

var cues = sync.OnceValue(func() cueWords {
	var c cueWords
	var words []string
	for _, q := range knowledge.Inquiries() {
		for _, w := range q.Cues {
			words = append(words, w)
			c.inquiry = append(c.inquiry, q.ID)
		}
	}
	c.m = text.NewMatcher(words)
	return c
})

// Guess returns the inquiry that a text's words point to, "other" where they
// point nowhere. Longer cues count more.
func Guess(t *text.Text) exchange.Inquiry {
	c := cues()
	score := map[exchange.Inquiry]int{}
	best := exchange.Inquiry("other")
	for _, m := range c.m.Append(nil, t.Norm) {
		q := c.inquiry[m.Pattern]
		score[q] += m.End - m.Start
		if score[q] > score[best] || score[q] == score[best] && strings.Compare(string(q), string(best)) < 0 {
			best = q
		}
	}
	return best
}
