// Package eval holds the program against gold files: how much it finds and
// how much of that is right, by category, channel and inquiry, with confidence
// intervals, what it missed and why, and whether it got worse.
//
// The counting is that of the corpora's scorer: exact spans for values,
// overlapping ones for words that tell of a person.
package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// Counts are true positives, false positives and false negatives.
type Counts struct{ TP, FP, FN int }

func (c *Counts) add(d Counts) { c.TP += d.TP; c.FP += d.FP; c.FN += d.FN }

// Precision, Recall and F1 are 0 where nothing was counted.
func (c Counts) Precision() float64 { return ratio(c.TP, c.TP+c.FP) }
func (c Counts) Recall() float64    { return ratio(c.TP, c.TP+c.FN) }
func (c Counts) F1() float64        { return ratio(2*c.TP, 2*c.TP+c.FP+c.FN) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Metric is one figure with the bounds of its 95 % confidence interval.
type Metric struct {
	ID              string
	Value           float64
	Low, High       float64
	Of              int // what it is a share of; 0 for F1
	SmallerIsBetter bool
}

// Row is a line of a table: counts for one category, channel or inquiry.
type Row struct {
	Name string
	Counts
}

// Table is counts by something.
type Table struct {
	Title string
	Rows  []Row
}

// Miss is one thing that the program got wrong.
type Miss struct {
	Item, Kind, Category, Text, Why string
}

// Bin is findings of about one probability, and how many of them are right.
type Bin struct {
	Score float64 // mean
	Right float64
	N     int
}

// Report is the answer to one gold file.
type Report struct {
	Kind, Gold  string
	Items       int
	Metrics     []Metric
	Tables      []Table
	Confusion   map[[2]string]int // gold level, level found
	Calibration []Bin
	Misses      []Miss
}

// loose are words that tell of a person: their edges are a matter of taste.
var loose = map[string]bool{"family": true, "health": true, "finances": true, "employer": true, "location": true, "age": true, "gender": true}

// secret are what no window may be told; the annotation guide's list.
var secret = map[string]bool{"password": true, "pin": true, "card_cvv": true, "otp": true, "secret_answer": true}

// wanted lists the need levels that gold levels of drafts stand for.
var wanted = map[string][]exchange.NeedLevel{
	"needed": {exchange.Required, exchange.Common}, "optional": {exchange.Optional, exchange.Common},
	"unneeded": {exchange.Unneeded}, "never": {exchange.Never},
}

// run judges a gold file's items and counts.
type run struct {
	r      Report
	items  []itemCounts
	tables map[string]map[string]*Counts
	bins   [10]struct {
		sum      float64
		right, n int
	}
	shares map[string]*[2]int // hits, of
}

// itemCounts are the counts of one item, for resampling.
type itemCounts struct{ exact, overlap Counts }

func newRun(kind, gold string) *run {
	return &run{r: Report{Kind: kind, Gold: gold, Confusion: map[[2]string]int{}}, tables: map[string]map[string]*Counts{}, shares: map[string]*[2]int{}}
}

func (x *run) count(table, name string, c Counts) {
	if x.tables[table] == nil {
		x.tables[table] = map[string]*Counts{}
	}
	if x.tables[table][name] == nil {
		x.tables[table][name] = &Counts{}
	}
	x.tables[table][name].add(c)
}

func (x *run) share(id string, hit bool) {
	if x.shares[id] == nil {
		x.shares[id] = &[2]int{}
	}
	x.shares[id][1]++
	if hit {
		x.shares[id][0]++
	}
}

func (x *run) calibrate(score float64, right bool) {
	b := &x.bins[min(9, int(score*10))]
	b.sum += score
	b.n++
	if right {
		b.right++
	}
}

func (x *run) miss(item, kind, category, text, why string) {
	x.r.Misses = append(x.r.Misses, Miss{item, kind, category, text, why})
}

// done turns counts into metrics.
func (x *run) done(exactName string) *Report {
	exact := func(i *itemCounts) Counts { return i.exact }
	overlap := func(i *itemCounts) Counts { return i.overlap }
	x.r.Metrics = append(x.r.Metrics, x.f1(exactName, exact))
	for i := range x.items {
		if x.items[i].overlap != (Counts{}) {
			x.r.Metrics = append(x.r.Metrics, x.f1("overlap_f1", overlap))
			break
		}
	}
	var ids []string
	for id := range x.shares {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		s := x.shares[id]
		low, high := wilson(s[0], s[1])
		x.r.Metrics = append(x.r.Metrics, Metric{ID: id, Value: ratio(s[0], s[1]), Low: low, High: high, Of: s[1], SmallerIsBetter: strings.HasSuffix(id, "_flagged") || id == "stop_on_genuine"})
	}
	var titles []string
	for t := range x.tables {
		titles = append(titles, t)
	}
	sort.Strings(titles)
	for _, t := range titles {
		table := Table{Title: t}
		for name, c := range x.tables[t] {
			table.Rows = append(table.Rows, Row{name, *c})
		}
		sort.Slice(table.Rows, func(i, j int) bool { return table.Rows[i].Name < table.Rows[j].Name })
		x.r.Tables = append(x.r.Tables, table)
	}
	for _, b := range x.bins {
		if b.n > 0 {
			x.r.Calibration = append(x.r.Calibration, Bin{b.sum / float64(b.n), ratio(b.right, b.n), b.n})
		}
	}
	return &x.r
}

// f1 returns the F1 of all items with a bootstrap interval over items. The
// seed is fixed: the same file gives the same interval.
func (x *run) f1(id string, of func(*itemCounts) Counts) Metric {
	var all Counts
	for i := range x.items {
		all.add(of(&x.items[i]))
	}
	m := Metric{ID: id, Value: all.F1()}
	rng := rand.New(rand.NewPCG(1, 1))
	var draws []float64
	for range 400 {
		var c Counts
		for range x.items {
			c.add(of(&x.items[rng.IntN(len(x.items))]))
		}
		draws = append(draws, c.F1())
	}
	sort.Float64s(draws)
	if len(draws) > 0 {
		m.Low, m.High = draws[len(draws)*25/1000], draws[len(draws)*975/1000]
	}
	return m
}

// wilson is the Wilson score interval at 95 %.
func wilson(hits, n int) (low, high float64) {
	if n == 0 {
		return 0, 0
	}
	const z = 1.959964
	p, m := float64(hits)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return max(0, centre-half), min(1, centre+half)
}

// key is a span with its category, in code points.
type key struct {
	start, end int
	category   string
}

func (k key) overlaps(o key) bool {
	return k.category == o.category && k.start < o.end && o.start < k.end
}

// Outgoing judges drafts.
func Outgoing(name string, gold []Draft) *Report {
	x := newRun("outgoing", name)
	for i := range gold {
		x.draft(&gold[i])
	}
	return x.done("structured_f1")
}

func (x *run) draft(g *Draft) {
	x.r.Items++
	ex := g.exchange()
	v := check.Check(&ex)
	at := exchange.CodePoints(g.Text)
	want, got := map[key]GoldSpan{}, map[key]exchange.JudgedFinding{}
	for _, s := range g.Spans {
		want[key{s.Start, s.End, s.Category}] = s
	}
	for _, f := range v.Findings {
		got[key{at(f.Span.Start), at(f.Span.End), string(knowledge.Parent(f.Category))}] = f
	}
	var item itemCounts
	for k, s := range want {
		f, hit := got[k]
		var c Counts
		if hit {
			c.TP = 1
			ok := false
			for _, l := range wanted[s.Level] {
				ok = ok || f.Need.Level == l
			}
			x.share("need_level", ok)
			if !ok {
				x.miss(g.ID, "level", k.category, s.Text, fmt.Sprintf("gold %s, found %s by %s", s.Level, f.Need.Level, f.Need.Record))
			}
		} else {
			c.FN = 1
		}
		x.countDraft(g, k.category, c, &item)
		near := false
		for o := range got {
			near = near || o.overlaps(k)
		}
		if near {
			item.overlap.TP++
		} else {
			item.overlap.FN++
		}
		if !hit && (!loose[k.category] || !near) {
			x.miss(g.ID, "missed", k.category, s.Text, nearest(k, got))
		}
		if s.Level == "never" {
			found := false
			for o, f := range got {
				found = found || o.start < k.end && k.start < o.end && f.Need.Level == exchange.Never
			}
			x.share("never_recall", found)
		}
	}
	for k, f := range got {
		_, hit := want[k]
		near := false
		for o := range want {
			near = near || o.overlaps(k)
		}
		x.calibrate(f.Score, hit || near && loose[k.category])
		if !hit {
			x.countDraft(g, k.category, Counts{FP: 1}, &item)
		}
		if !near {
			item.overlap.FP++
			x.miss(g.ID, "false", k.category, f.Text, rules(f.Why))
		}
	}
	if len(want) == 0 {
		x.share("clean_flagged", len(got) > 0)
	}
	x.verdict(g.ID, g.Verdict, &v)
	x.items = append(x.items, item)
}

func (x *run) countDraft(g *Draft, category string, c Counts, item *itemCounts) {
	if !loose[category] {
		item.exact.add(c)
	}
	x.count("category", category, c)
	x.count("channel", g.Channel, c)
	x.count("inquiry", g.Inquiry, c)
}

func (x *run) verdict(id, gold string, v *exchange.Verdict) {
	x.share("verdict", gold == string(v.Level))
	x.r.Confusion[[2]string{gold, string(v.Level)}]++
	if gold != string(v.Level) {
		why := ""
		for _, r := range v.Reasons {
			why += " " + r.ID
		}
		x.miss(id, "verdict", "", gold+" -> "+string(v.Level), strings.TrimSpace(why))
	}
}

// nearest tells what was found where something was missed.
func nearest(k key, got map[key]exchange.JudgedFinding) string {
	for o, f := range got {
		if o.start < k.end && k.start < o.end {
			return fmt.Sprintf("found %s %q by %s", o.category, f.Text, rules(f.Why))
		}
	}
	return "nothing found there"
}

// rules names the rules and words that a finding rests on.
func rules(why []exchange.Evidence) string {
	var out []string
	for _, e := range why {
		s := e.Rule
		if e.Detail != "" {
			s += " (" + e.Detail + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// Incoming judges received messages.
func Incoming(name string, gold []Received) *Report {
	x := newRun("incoming", name)
	for i := range gold {
		x.received(&gold[i])
	}
	return x.done("asks_f1")
}

func (x *run) received(g *Received) {
	x.r.Items++
	ex := g.exchange()
	v := check.Check(&ex)
	want, got := map[string]string{}, map[string]exchange.JudgedAsk{}
	for _, a := range g.Asks {
		want[a.Category+a.Action] = a.Quote
	}
	for _, a := range v.Asks {
		got[string(knowledge.Parent(a.Category))+string(knowledge.ParentAction(a.Action))] = a
	}
	var item itemCounts
	for k, quote := range want {
		_, hit := got[k]
		c := Counts{TP: 1}
		if !hit {
			c = Counts{FN: 1}
			x.miss(g.ID, "missed", k, quote, "not taken for an ask")
		}
		item.exact.add(c)
		x.count("ask", k, c)
		x.count("channel", g.Channel, c)
		if secret[k] {
			x.share("never_ask_recall", hit)
		}
	}
	for k, a := range got {
		if _, hit := want[k]; !hit {
			item.exact.add(Counts{FP: 1})
			x.count("ask", k, Counts{FP: 1})
			x.count("channel", g.Channel, Counts{FP: 1})
			x.miss(g.ID, "false", k, a.Quote, rules(a.Why))
		}
	}
	switch {
	case g.Genuine && g.Verdict != "stop":
		x.share("stop_on_genuine", v.Level == exchange.Stop)
		if g.Verdict == "ok" {
			x.share("genuine_ok", v.Level == exchange.OK)
		}
	case !g.Genuine:
		x.share("impostors_caught", v.Level != exchange.OK)
	}
	x.verdict(g.ID, g.Verdict, &v)
	x.items = append(x.items, item)
}

// Names judges personal names, exact spans.
func Names(name string, gold []NamedText) *Report {
	x := newRun("names", name)
	x.r.Items = len(gold)
	for i := range gold {
		g := &gold[i]
		v := check.Check(&exchange.Exchange{Direction: exchange.Outgoing, Text: g.Text})
		at := exchange.CodePoints(g.Text)
		want := map[[2]int]bool{}
		for _, s := range g.Spans {
			want[s] = true
		}
		var item itemCounts
		runes := []rune(g.Text)
		for _, f := range v.Findings {
			if knowledge.Parent(f.Category) != "name" {
				continue
			}
			s := [2]int{at(f.Span.Start), at(f.Span.End)}
			x.calibrate(f.Score, want[s])
			if want[s] {
				item.exact.TP++
				delete(want, s)
			} else {
				item.exact.FP++
				x.miss(g.ID, "false", "name", f.Text, rules(f.Why))
			}
		}
		for s := range want {
			item.exact.FN++
			x.miss(g.ID, "missed", "name", string(runes[s[0]:s[1]]), "in: "+clip(g.Text, 40))
		}
		x.count("category", "name", item.exact)
		x.items = append(x.items, item)
	}
	return x.done("names_f1")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// Addresses judges whole addresses within a sentence.
func Addresses(name string, gold []string) *Report {
	x := newRun("address", name)
	x.r.Items = len(gold)
	const before = "送付先の住所は"
	for i, a := range gold {
		text := before + a + "です。"
		v := check.Check(&exchange.Exchange{Direction: exchange.Outgoing, Inquiry: "order_delivery", Text: text})
		hit, found := false, ""
		for _, f := range v.Findings {
			if f.Category == "address" {
				found = f.Text
				hit = hit || f.Span.Start == len(before) && f.Span.End == len(before)+len(a)
			}
		}
		x.share("whole_recall", hit)
		item := itemCounts{exact: Counts{TP: 1}}
		if !hit {
			item.exact = Counts{FN: 1}
			x.miss(fmt.Sprint(i), "missed", "address", a, "found "+found)
		}
		x.items = append(x.items, item)
	}
	return x.done("address_f1")
}

// Negative counts what is found in texts that hold little or nothing.
func Negative(name string, gold []NamedText) *Report {
	x := newRun("negative", name)
	x.r.Items = len(gold)
	for i := range gold {
		g := &gold[i]
		v := check.Check(&exchange.Exchange{Direction: exchange.Outgoing, Text: g.Text})
		person := false
		for _, f := range v.Findings {
			c := string(knowledge.Parent(f.Category))
			person = person || c == "name" || c == "address"
			x.count("category", c, Counts{FP: 1})
			x.miss(g.ID, "found", c, f.Text, rules(f.Why))
		}
		x.share("text_flagged", len(v.Findings) > 0)
		x.share("name_or_address_flagged", person)
		x.items = append(x.items, itemCounts{exact: Counts{FP: len(v.Findings)}})
	}
	return x.done("f1")
}
