package reader

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
)

// Found is what a model has found: a span of the normalized text, in bytes.
type Found struct {
	Start, End  int
	Kind        int     // index of Categories, or of Actions behind them
	Named       bool    // of a received message: named, not asked for
	Probability float64 // of the span's letters, on average
	Idle        float64 // of a draft: probability that the inquiry does not need it
}

// Reading is what a model says of a text.
type Reading struct {
	Found    []Found    // in order, without overlaps
	Scenario []float64  // of a received message: probability of each of corpus.Fraud, then corpus.Genuine
	Fake     float64    // probability that an impostor wrote it, by its words alone
	Level    [3]float64 // probability that people would call it ok, caution, stop; of a draft: that nothing, something idle, a secret is told
}

// Whole is what the model makes of the text as a whole.
func (r *Reading) Whole() exchange.Reading {
	out := exchange.Reading{Fake: r.Fake, Levels: r.Level, Scenarios: make(map[string]float64, len(r.Scenario))}
	for i, p := range r.Scenario {
		out.Scenarios[Scenarios[i]] = p
	}
	return out
}

// window is how many letters are read at once; longer texts are cut at the end of a
// line or sentence.
const window = 4096

// Read reads an encoded text. lean moves the threshold of a kind: above 0 it is found
// more readily.
func (m *Model) Read(in *Input, lean func(kind int, named bool) float32) Reading {
	pieces := m.pieces(in)
	said := make([]Reading, len(pieces))
	if len(pieces) == 1 {
		m.piece(&said[0], in, lean)
		return said[0]
	}
	var all sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for k, at := range pieces {
		turn <- struct{}{}
		all.Go(func() {
			m.piece(&said[k], in.slice(at[0], at[1]), lean)
			<-turn
		})
	}
	all.Wait()
	var out Reading
	for k := range said {
		if k == 0 || said[k].Level[2] > out.Level[2] { // the worst piece speaks for the text
			out.Scenario, out.Fake, out.Level = said[k].Scenario, said[k].Fake, said[k].Level
		}
		out.Found = append(out.Found, said[k].Found...)
	}
	return out
}

// piece reads a part of a text.
func (m *Model) piece(out *Reading, part *Input, lean func(kind int, named bool) float32) {
	w := works.Get().(*work)
	defer works.Put(w)
	n := len(part.Letters)
	labels := m.networks[0].labels(part.Outgoing).out
	w.scores, w.whole = grow(w.scores, n*labels), grow(w.whole, scenarios+4)
	w.sense = grow(w.sense, len(m.networks)*n*senses)
	clear(w.scores)
	clear(w.whole)
	weight := 1 / float32(len(m.networks))
	for i, net := range m.networks {
		net.run(w, part)
		net.score(w, part, weight)
		whole := net.sum(w, n, weight)
		if part.Outgoing {
			net.feel(w, w.sense[i*n*senses:(i+1)*n*senses], n, whole)
		}
	}
	var idle func(kind, from, to int) float64
	if part.Outgoing {
		idle = func(kind, from, to int) float64 { return m.idle(w, n, kind, from, to) }
	}
	found := w.decode(part, labels, lean, idle)
	m.share(w.whole, part)
	*out = judge(w.whole)
	out.Found = found
}

// most is how many pieces of a text the networks read: some 33,000 letters, in a second
// of a slow machine.
const most = 8

// Bound is how many letters are surely read of a text.
const Bound = most * window

// pieces are where a text is cut, those that are read: of a longer one the first, the last,
// and those in between that most likely want or tell something.
func (m *Model) pieces(in *Input) (all [][2]int) {
	for from := 0; from < len(in.Letters) || from == 0; {
		to := in.cut(from)
		all = append(all, [2]int{from, to})
		if from = to; to == len(in.Letters) {
			break
		}
	}
	if len(in.Letters) <= Bound {
		return all
	}
	worth := make(map[[2]int]float64, len(all))
	for k, at := range all {
		if worth[at] = m.worth(in.slice(at[0], at[1])); k == 0 || k == len(all)-1 {
			worth[at] = math.Inf(1)
		}
	}
	slices.SortStableFunc(all, func(a, b [2]int) int { return cmp.Compare(worth[b], worth[a]) })
	all = all[:min(most, len(all))]
	slices.SortFunc(all, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	return all
}

// worth is how much a piece is worth reading: by what rules have found in it, and by how its
// letters look.
func (m *Model) worth(in *Input) float64 {
	found := 0
	for i, r := range in.Rule {
		if r > 0 && (i == 0 || in.Rule[i-1] == 0) {
			found++
		}
	}
	return float64(min(found, 20)) + 20*m.Classify(in.Letters)[classes-1]
}

// cut returns where the piece that begins at from ends.
func (in *Input) cut(from int) int {
	if len(in.Letters)-from <= window {
		return len(in.Letters)
	}
	for _, end := range []string{"\n", "。"} {
		for i := from + window - 1; i > from+window/2; i-- {
			if string(in.Letters[i]) == end {
				return i + 1
			}
		}
	}
	return from + window
}

func (in *Input) slice(from, to int) *Input {
	if from == 0 && to == len(in.Letters) {
		return in
	}
	p := *in
	p.Letters, p.Shape, p.Rule, p.Word, p.At = in.Letters[from:to], in.Shape[from:to], in.Rule[from:to], in.Word[from:to], in.At[from:to+1]
	return &p
}

// labels is the layer that labels each letter.
func (m *network) labels(outgoing bool) *dense {
	if outgoing {
		return &m.out
	}
	return &m.in
}

// score adds what a network makes of each letter.
func (m *network) score(w *work, in *Input, weight float32) {
	n, d := len(in.Letters), m.labels(in.Outgoing)
	d.apply(w, n, m.width, func(i int, sums []int32) {
		z := w.scores[i*d.out : (i+1)*d.out]
		for j := range z {
			z[j] += float32(weight * (float32(float32(sums[j])*d.scale[j]) + d.bias[j]))
		}
	})
}

// feel writes for each letter of a draft what its place and the whole text tell of whether the
// inquiry needs what stands there.
func (m *network) feel(w *work, to []float32, n int, whole []float32) {
	about := times(make([]float32, senses), whole, m.about)
	d := &m.sense
	d.apply(w, n, m.width, func(i int, sums []int32) {
		z := to[i*senses : (i+1)*senses]
		for j := range z {
			z[j] = max(0, float32(float32(sums[j])*d.scale[j])+d.bias[j]+about[j])
		}
	})
}

// idle is how likely the inquiry does not need what letters tell that bear a kind.
func (m *Model) idle(w *work, n, kind, from, to int) float64 {
	var q float64
	for k, net := range m.networks {
		for i := from; i < to; i++ {
			z := net.needBias[kind]
			for j, v := range w.sense[(k*n+i)*senses : (k*n+i+1)*senses] {
				z += float32(v * net.need[j*len(Categories)+kind])
			}
			q += float64(z)
		}
	}
	q /= float64((to - from) * len(m.networks))
	return 1 / (1 + exp(-math.Max(-30, math.Min(30, q))))
}

// times adds a row times a matrix to a sum.
func times(sum, row, matrix []float32) []float32 {
	outs := len(sum)
	for k, v := range row {
		if v == 0 {
			continue
		}
		for j := range sum {
			sum[j] += float32(v * matrix[k*outs+j])
		}
	}
	return sum
}

// decode finds the best sequence of labels: outside, or the beginning or the inside of
// a kind, inside only behind a beginning of the same kind.
func (w *work) decode(in *Input, labels int, lean func(int, bool) float32, idle func(kind, from, to int) float64) []Found {
	n := len(in.Letters)
	if n == 0 {
		return nil
	}
	shift := make([]float32, labels) // what lean adds; probabilities are those without it
	if lean != nil {
		for k := 1; k+1 < labels; k += 2 {
			kind := (k - 1) / 2
			shift[k] = lean(kind%Kinds, kind >= Kinds)
			if !in.Outgoing { // each letter's label stands for itself
				shift[k+1] = shift[k]
			}
		}
	}
	w.back = grow(w.back, n*labels)
	best := make([]float32, labels)
	next := make([]float32, labels)
	for j := range best {
		best[j] = w.scores[j] + shift[j]
	}
	const impossible = -1e9
	for j := 2; j < labels; j += 2 {
		best[j] = impossible
	}
	for i := 1; i < n; i++ {
		z, back := w.scores[i*labels:(i+1)*labels], w.back[i*labels:(i+1)*labels]
		b := 0
		for j, v := range best {
			if v > best[b] {
				b = j
			}
		}
		top := best[b]
		next[0], back[0] = top+z[0], uint8(b)
		for j := 1; j+1 < labels; j += 2 {
			next[j], back[j] = top+z[j]+shift[j], uint8(b)
			from := j
			if best[j+1] > best[j] {
				from = j + 1
			}
			next[j+1], back[j+1] = best[from]+z[j+1]+shift[j+1], uint8(from)
		}
		best, next = next, best
	}
	path := make([]uint8, n)
	b := 0
	for j, v := range best {
		if v > best[b] {
			b = j
		}
	}
	path[n-1] = uint8(b)
	for i := n - 1; i > 0; i-- {
		path[i-1] = w.back[i*labels+int(path[i])]
	}
	chance := w.perLetter
	if in.Outgoing {
		chance = w.asAWhole(n, labels)
	}
	var out []Found
	for i := 0; i < n; {
		if path[i]%2 == 0 {
			i++
			continue
		}
		kind, from := (int(path[i])-1)/2, i
		for i++; i < n && int(path[i]) == 2+2*kind; i++ {
		}
		var q float64
		if idle != nil {
			q = idle(kind, from, i)
		}
		out = append(out, Found{Idle: q, Start: in.At[from], End: in.At[i], Kind: kind % Kinds, Named: kind >= Kinds, Probability: chance(labels, 1+2*kind, from, i)})
	}
	return out
}

// perLetter is how likely the letters from one to before another bear the label begin
// and those behind it, on average: received messages are learned letter by letter.
func (w *work) perLetter(labels, begin, from, to int) float64 {
	var p float64
	for i := from; i < to; i++ {
		p += share(w.scores[i*labels:(i+1)*labels], begin+min(1, i-from))
	}
	return p / float64(to-from)
}

// asAWhole returns the function that tells how likely a span is, with both its edges,
// among all sequences of labels that a text can bear: drafts are learned so. It turns
// the scores into weights.
func (w *work) asAWhole(n, labels int) func(labels, begin, from, to int) float64 {
	kinds := (labels - 1) / 2
	sums, rest := grow(w.chain, 2*n+1+kinds), []float64(nil) // of each letter's weights; of what may follow
	w.chain = sums
	sums, rest, open := sums[:n], sums[n:2*n+1], sums[2*n+1:]
	clear(open)
	for i := range n {
		e := w.scores[i*labels : (i+1)*labels]
		top := slices.Max(e)
		for j, v := range e {
			e[j] = float32(exp2(float64(v - top)))
		}
		sum := float64(e[0])
		for k := range kinds {
			sum += float64(e[1+2*k]) + open[k]*float64(e[2+2*k])
		}
		for k := range kinds {
			open[k] = (float64(e[1+2*k]) + open[k]*float64(e[2+2*k])) / sum
		}
		sums[i] = sum
	}
	rest[n] = 1
	for k := range open {
		open[k] = 1
	}
	for i := n - 1; i >= 0; i-- {
		e := w.scores[i*labels : (i+1)*labels]
		sum := float64(e[0]) * rest[i+1]
		for k := range kinds {
			sum += float64(e[1+2*k]) * open[k]
		}
		rest[i] = sum / sums[i]
		for k := range kinds {
			open[k] = rest[i] + float64(e[2+2*k])*open[k]/sums[i]
		}
	}
	return func(labels, begin, from, to int) float64 {
		p := rest[to]
		for i := from; i < to; i++ {
			p *= float64(w.scores[i*labels+begin+min(1, i-from)]) / sums[i]
		}
		return p
	}
}

// share is the probability of one of the scores.
func share(z []float32, j int) float64 {
	top := slices.Max(z)
	var sum float64
	for _, v := range z {
		sum += exp2(float64(v - top))
	}
	return exp2(float64(z[j]-top)) / sum
}

// exp2 is exp for what is not above 0, to nine digits; what is too small to count is 0.
func exp2(x float64) float64 {
	if x < -30 {
		return 0
	}
	i := int(-x * parts)
	r := x + float64(float64(i)/parts) // at most one part below 0
	return float64(powers[i] * (1 + float64(r*(1+float64(r*(0.5+float64(r*(1./6))))))))
}

const parts = 64

// powers are exp at each 64th from 0 down to -30.
var powers = func() (t [30*parts + 1]float64) {
	for i := range t {
		t[i] = exp(-float64(i) / parts)
	}
	return t
}()

// sum adds what a network makes of the whole text, and returns by what.
func (m *network) sum(w *work, n int, weight float32) []float32 {
	p := &m.pool
	top, sum := make([]float32, p.out), make([]float32, p.out)
	p.apply(w, n, m.width, func(_ int, sums []int32) {
		for j := range top {
			v := max(0, float32(float32(sums[j])*p.scale[j])+p.bias[j])
			top[j] = max(top[j], v)
			sum[j] += v
		}
	})
	for k := range top {
		top[k] += sum[k] / float32(max(n, 1))
	}
	for j, z := range times(slices.Clone(m.topBias), top, m.top) {
		w.whole[j] += float32(weight * z)
	}
	return top
}

// judge says of the whole text what kind of situation it is.
func judge(z []float32) (out Reading) {
	out.Scenario = make([]float64, scenarios)
	for j := range out.Scenario {
		out.Scenario[j] = share(z[:scenarios], j)
	}
	out.Fake = 1 / (1 + exp(-math.Max(-30, math.Min(30, float64(z[scenarios])))))
	for j := range out.Level {
		out.Level[j] = share(z[scenarios+1:], j)
	}
	return out
}
