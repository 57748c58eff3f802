// Command train makes internal/pii/tagger/model.bin: the lexicon from UniDic and the
// name lists, the weights from annotated sentences. The same input gives the
// same bytes.
//
//	go run ./internal/pii/train -corpora ../shared/corpora -unidic /usr/share/mecab/dic/unidic/lex_3_1.csv
//
// UniDic is Debian's package unidic-mecab. -hold 10 keeps every tenth sentence
// of each source out of training and prints the figures on them; without it
// everything is trained on.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

func main() {
	corpora := flag.String("corpora", "../shared/corpora", "the corpora folder")
	unidic := flag.String("unidic", "/usr/share/mecab/dic/unidic/lex_3_1.csv", "UniDic's lexicon")
	out := flag.String("out", "internal/pii/tagger/model.bin", "where the model goes; - for nowhere")
	hold := flag.Int("hold", 0, "keep every n-th sentence out and test on them")
	epochs := flag.Int("epochs", 10, "passes over the sentences")
	prune := flag.Float64("prune", 0.1, "leave out weights smaller than this")
	flag.Parse()
	if err := run(*corpora, *unidic, *out, *hold, *epochs, *prune); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(corpora, unidic, out string, hold, epochs int, prune float64) error {
	all, err := sentences(corpora)
	if err != nil {
		return err
	}
	var train, test []example
	for i, e := range all {
		if hold > 0 && i%hold == 0 {
			test = append(test, e)
		} else {
			train = append(train, e)
		}
	}
	lex, words, err := lexicon(unidic, corpora, train)
	if err != nil {
		return err
	}
	fmt.Printf("%d words, %d sentences, %d kept out\n", words, len(train), len(test))
	t := newTrainer(lex, train)
	for e := range epochs {
		loss := t.epoch(e)
		fmt.Printf("epoch %d: loss %.4f a character", e+1, loss)
		if hold > 0 {
			fmt.Printf("; kept out: %s", figures(t.model(float32(prune)), test))
		}
		fmt.Println()
	}
	m := t.model(float32(prune))
	b := m.Bytes()
	dev, err := readBIO(filepath.Join(corpora, "ner/gsd-dev.bio"), "gsd")
	if err != nil {
		return err
	}
	fmt.Printf("%d bytes; gsd-dev: %s\n", len(b), figures(m, dev))
	if out == "-" {
		return nil
	}
	return os.WriteFile(out, b, 0o644)
}

// trainer holds the weights: one row of floats a feature, and AdaGrad's sums.
type trainer struct {
	lex    *tagger.Lexicon
	data   []example
	ids    map[tagger.Feature]int32
	keys   []tagger.Feature
	w, g   [][tagger.Labels]float32
	sum    [][tagger.Labels]float32 // of w at several times: their mean generalizes better than the last
	times  float32
	transS [tagger.Labels][tagger.Labels]float32
	trans  [tagger.Labels][tagger.Labels]float32
	transG [tagger.Labels][tagger.Labels]float32
	names  nameLists
	s      tagger.Sentence
}

var (
	dropout   = flag.Float64("dropout", 0.2, "share of words of the lexicon that are overlooked in training")
	rateF     = flag.Float64("rate", 0.05, "learning rate")
	blind     = flag.Float64("blind", 0.1, "share of features that are overlooked in training")
	blindLex  = flag.Float64("blindlex", 0.3, "the same for features of the characters themselves")
	show      = flag.Bool("show", false, "print what is wrong in gsd-dev")
	swapF     = flag.Float64("swap", 0.5, "share of names that another of the same kind takes the place of, in training")
	inquiries = flag.Int("inquiries", 600, "how many sentences of inquiries to generate")
	lean      = flag.Float64("lean", 0.4, "added to the weight of a name's beginning: more are found, and more are wrong")
	late      = flag.Int("late", 3, "average from this epoch on")
	without   = flag.String("without", "", "kinds of features to leave out, as numbers with commas (to measure what they are worth)")
	seen      = flag.Int("seen", 7, "a feature counts when it was seen so often in two passes")
)

func newTrainer(lex *tagger.Lexicon, data []example) *trainer {
	t := &trainer{lex: lex, data: data, names: namesOf(data), ids: map[tagger.Feature]int32{}}
	var omit [64]bool
	for _, k := range strings.Split(*without, ",") {
		if n, err := strconv.Atoi(k); err == nil {
			omit[n] = true
		}
	}
	count := map[tagger.Feature]uint8{}
	rng := rand.New(rand.NewPCG(1, 2))
	for pass := range 2 {
		for i := range data {
			drop := func() bool { return false }
			if pass == 1 {
				drop = func() bool { return rng.Float64() < *dropout }
			}
			t.s.Load(data[i].text, lex, drop)
			for at := range t.s.Len() {
				if t.s.Candidate(at) {
					t.s.Features(at, func(f tagger.Feature) { count[f] = min(count[f], 199) + 1 })
				}
			}
		}
	}
	for k, c := range count {
		if int(c) >= *seen && !omit[k.Kind()] {
			t.keys = append(t.keys, k)
		}
	}
	sort.Slice(t.keys, func(i, j int) bool { return t.keys[i] < t.keys[j] })
	for i, k := range t.keys {
		t.ids[k] = int32(i)
	}
	t.w = make([][tagger.Labels]float32, len(t.keys))
	t.g = make([][tagger.Labels]float32, len(t.keys))
	t.sum = make([][tagger.Labels]float32, len(t.keys))
	fmt.Printf("%d features\n", len(t.keys))
	return t
}

// epoch passes over the sentences in an order of its own and returns the loss
// a character.
func (t *trainer) epoch(e int) float64 {
	rng := rand.New(rand.NewPCG(uint64(e), 7))
	order := rng.Perm(len(t.data))
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	loss, chars := 0.0, 0
	var ids [][]int32
	for done, i := range order {
		if (e > *late || e == *late && done > len(order)/2) && done%1000 == 999 {
			t.times++
			for j := range t.w {
				for l := range t.w[j] {
					t.sum[j][l] += t.w[j][l]
				}
			}
			for p := range t.trans {
				for l := range t.trans[p] {
					t.transS[p][l] += t.trans[p][l]
				}
			}
		}
		ex := t.data[i]
		if *swapF > 0 && e > 0 {
			ex = t.names.swap(ex, rng, *swapF)
		}
		t.s.Load(ex.text, t.lex, func() bool { return rng.Float64() < *dropout })
		gold := t.s.Gold(func(yield func(start, end, begin int)) {
			for _, sp := range ex.spans {
				yield(sp.start, sp.end, sp.kind)
			}
		})
		ids = ids[:0]
		for at := range t.s.Len() {
			var row []int32
			if t.s.Candidate(at) {
				t.s.Features(at, func(f tagger.Feature) {
					p := *blind
					if f.Lexical() {
						p = *blindLex
					}
					if id, ok := t.ids[f]; ok && rng.Float64() >= p {
						row = append(row, id)
					}
				})
			}
			ids = append(ids, row)
		}
		t.s.Runs(func(a, b int) {
			loss += t.step(ids[a:b], gold[a:b])
			chars += b - a
		})
	}
	return loss / float64(max(1, chars))
}

// step does one gradient step on a run and returns its negative log
// likelihood.
func (t *trainer) step(ids [][]int32, gold []int) float64 {
	const L = tagger.Labels
	rate := float32(*rateF)
	n := len(ids)
	emit := make([][L]float64, n)
	for i, row := range ids {
		for _, id := range row {
			w := &t.w[id]
			for l := range L {
				emit[i][l] += float64(w[l])
			}
		}
	}
	alpha, beta := make([][L]float64, n), make([][L]float64, n)
	inf := math.Inf(-1)
	var buf [L]float64
	for l := range L {
		alpha[0][l], beta[n-1][l] = inf, inf
		if tagger.Begins(l) {
			alpha[0][l] = emit[0][l] + float64(t.trans[tagger.O][l])
		}
		if tagger.Ends(l) {
			beta[n-1][l] = 0
		}
	}
	for i := 1; i < n; i++ {
		for l := range L {
			k := 0
			for p := range L {
				if tagger.Follows(p, l) {
					buf[k] = alpha[i-1][p] + float64(t.trans[p][l])
					k++
				}
			}
			alpha[i][l] = logSum(buf[:k]) + emit[i][l]
		}
	}
	for i := n - 2; i >= 0; i-- {
		for l := range L {
			k := 0
			for x := range L {
				if tagger.Follows(l, x) {
					buf[k] = float64(t.trans[l][x]) + emit[i+1][x] + beta[i+1][x]
					k++
				}
			}
			beta[i][l] = logSum(buf[:k])
		}
	}
	k := 0
	for l := range L {
		if tagger.Ends(l) {
			buf[k] = alpha[n-1][l]
			k++
		}
	}
	z := logSum(buf[:k])
	score := emit[0][gold[0]] + float64(t.trans[tagger.O][gold[0]])
	for i := 1; i < n; i++ {
		score += emit[i][gold[i]] + float64(t.trans[gold[i-1]][gold[i]])
	}
	// Gradient: what the model expects less what is there.
	for i := range n {
		var d [L]float32
		move := false
		for l := range L {
			d[l] = float32(math.Exp(alpha[i][l] + beta[i][l] - z))
			if l == gold[i] {
				d[l]--
			}
			move = move || d[l] > 1e-3 || d[l] < -1e-3
		}
		if !move {
			continue
		}
		for _, id := range ids[i] {
			w, g := &t.w[id], &t.g[id]
			for l, x := range d {
				g[l] += x * x
				w[l] -= rate * x / (float32(math.Sqrt(float64(g[l]))) + 0.1)
			}
		}
	}
	for i := range n {
		for p := range L {
			for l := range L {
				var e float64
				if i == 0 {
					if p != tagger.O || !tagger.Begins(l) {
						continue
					}
					e = math.Exp(alpha[0][l] + beta[0][l] - z)
				} else {
					if !tagger.Follows(p, l) {
						continue
					}
					e = math.Exp(alpha[i-1][p] + float64(t.trans[p][l]) + emit[i][l] + beta[i][l] - z)
				}
				was := tagger.O
				if i > 0 {
					was = gold[i-1]
				}
				if p == was && l == gold[i] {
					e--
				}
				if e > 1e-3 || e < -1e-3 {
					x := float32(e)
					t.transG[p][l] += x * x
					t.trans[p][l] -= rate * x / (float32(math.Sqrt(float64(t.transG[p][l]))) + 0.1)
				}
			}
		}
	}
	return z - score
}

// model prunes and quantizes.
func (t *trainer) model(prune float32) *tagger.Model {
	var keys []tagger.Feature
	var rows [][tagger.Labels]float32
	for i, k := range t.keys {
		r := t.w[i]
		if t.times > 0 {
			for l := range r {
				r[l] = t.sum[i][l] / t.times
			}
		}
		any := false
		for l := range r {
			if r[l] < prune && r[l] > -prune {
				r[l] = 0
			}
			any = any || r[l] != 0
		}
		if any {
			keys = append(keys, k)
			rows = append(rows, r)
		}
	}
	trans := t.trans
	if t.times > 0 {
		for p := range trans {
			for l := range trans[p] {
				trans[p][l] = t.transS[p][l] / t.times
			}
		}
	}
	kept, long := map[tagger.Feature]bool{}, map[uint32]bool{}
	for _, k := range keys {
		kept[k.Of()] = true
	}
	for i := range t.data {
		t.s.Load(t.data[i].text, t.lex, nil)
		t.s.LongGrams(func(g tagger.Feature, pair uint32) {
			if kept[g] {
				long[pair] = true
			}
		})
	}
	for p := range trans {
		trans[p][tagger.NameB] += float32(*lean)
		trans[p][tagger.NameU] += float32(*lean)
	}
	return tagger.NewModel(t.lex, long, keys, rows, trans)
}

// figures returns exact-span precision, recall and F1 of names, by source.
func figures(m *tagger.Model, test []example) string {
	type count struct{ tp, fp, fn int }
	c := map[string]*count{}
	tg := tagger.New(m)
	for _, e := range test {
		if c[e.source] == nil {
			c[e.source] = &count{}
		}
		gold := map[[2]int]bool{}
		for _, s := range e.spans {
			if s.kind == tagger.NameB {
				gold[[2]int{s.start, s.end}] = true
			}
		}
		var extra []string
		for _, n := range tg.Names(nil, e.text, nil) {
			if gold[[2]int{n.Start, n.End}] {
				c[e.source].tp++
				delete(gold, [2]int{n.Start, n.End})
			} else {
				c[e.source].fp++
				extra = append(extra, e.text[n.Start:n.End])
			}
		}
		if *show {
			for g := range gold {
				fmt.Printf("missed %s in %.120s\n", e.text[g[0]:g[1]], e.text)
			}
			for _, n := range extra {
				fmt.Printf("false %s in %.120s\n", n, e.text)
			}
		}
		c[e.source].fn += len(gold)
	}
	var names []string
	for s := range c {
		names = append(names, s)
	}
	sort.Strings(names)
	var out []string
	for _, s := range names {
		x := c[s]
		p, r := float64(x.tp)/float64(max(1, x.tp+x.fp)), float64(x.tp)/float64(max(1, x.tp+x.fn))
		out = append(out, fmt.Sprintf("%s P %.3f R %.3f F1 %.3f", s, p, r, 2*p*r/max(1e-9, p+r)))
	}
	return strings.Join(out, ", ")
}

// logSum returns the logarithm of the sum of exponentials.
func logSum(xs []float64) float64 {
	top := math.Inf(-1)
	for _, x := range xs {
		top = max(top, x)
	}
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for _, x := range xs {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum)
}
