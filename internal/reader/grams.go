package reader

import (
	"encoding/binary"
	"math"
	"slices"
	"sort"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Grams is a linear classifier of whole texts: softmax regressions over which letters and
// pairs of letters stand in a text. It sees no order beyond a pair, and from few texts it learns
// more than the networks do of what the whole is about. internal/reader/train/grams makes it.
type Grams struct {
	keys   []uint64  // of a letter or a pair, ascending
	weight []float32 // how much each counts: the fewer texts hold it, the more
	first  []uint32  // where each one's parts begin; one more than keys
	class  []uint8
	part   []int8
	scale  float32
	bias   [classes]float32
}

// What the classifier tells of, one behind the other.
const (
	sides   = 2 // received, draft
	atSides = 0
	atAims  = atSides + sides
	aims    = 21
	atCases = atAims + aims
	atLevel = atCases + scenarios
	classes = atLevel + 3
)

// Heads are the ranges of outputs that are one question each: which way a text goes, its
// inquiry, and of a received one the situation and what people would call it.
var Heads = [...][2]int{{atSides, atAims}, {atAims, atCases}, {atCases, atLevel}, {atLevel, classes}}

const (
	gramsMagic = "MDG1"
	gramsUnit  = 1. / 20
)

// GramsOf lists the different letters and pairs of letters of a text, ascending.
func GramsOf(letters []rune) []uint64 {
	out := make([]uint64, 0, 2*len(letters))
	before := rune(-1)
	for _, r := range letters {
		r = Plain(r)
		out = append(out, uint64(r))
		if before >= 0 {
			out = append(out, uint64(before+1)<<21|uint64(r))
		}
		before = r
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// logits are what the classifier says of a text: of each of Heads up to a constant the
// logarithms of probabilities.
func (g *Grams) logits(letters []rune) [classes]float64 {
	type known struct {
		at     int
		weight float32
	}
	var found []known
	var squares float64
	from := 0
	for _, k := range GramsOf(letters) {
		i := from + sort.Search(len(g.keys)-from, func(i int) bool { return g.keys[from+i] >= k })
		if from = i; i < len(g.keys) && g.keys[i] == k {
			found = append(found, known{i, g.weight[i]})
			squares += float64(g.weight[i]) * float64(g.weight[i])
		}
	}
	var z [classes]float64
	if squares > 0 {
		f := float64(g.scale) / math.Sqrt(squares)
		for _, k := range found {
			w := f * float64(k.weight)
			for j := g.first[k.at]; j < g.first[k.at+1]; j++ {
				z[g.class[j]] += float64(w * float64(g.part[j]))
			}
		}
	}
	for i := range z {
		z[i] += float64(g.bias[i])
	}
	return z
}

// Classify is what the classifier makes of a text: probabilities, one for each answer of each of
// Heads. All are 0 where the model has none.
func (m *Model) Classify(letters []rune) (p [classes]float64) {
	if m.grams == nil {
		return p
	}
	p = m.grams.logits(letters)
	for _, h := range Heads {
		softmax(p[h[0]:h[1]])
	}
	return p
}

// share lets the classifier have half a say in what the networks make of a received message as a
// whole: the two are wrong in different places.
func (m *Model) share(whole []float32, in *Input) {
	if m.grams == nil || in.Outgoing {
		return
	}
	z := m.grams.logits(in.Letters)
	half := func(to []float32, from []float64) {
		for i := range to {
			to[i] = (to[i] + float32(from[i])) / 2
		}
	}
	half(whole[:scenarios], z[atCases:atLevel])
	half(whole[scenarios+1:scenarios+4], z[atLevel:])
}

// Aim is what a text is about by its letters alone: how likely it is a draft, not something
// received, and its likeliest inquiry.
type Aim struct {
	Draft       float64
	Inquiry     exchange.Inquiry
	Probability float64 // of the inquiry
}

// Aim tells what a normalized text is about; nothing, of a model that has no classifier.
func (m *Model) Aim(t *text.Text) (a Aim) {
	letters := []rune(t.Norm)
	p := m.Classify(letters[:min(len(letters), window)])
	a.Draft = p[atSides+1]
	for i, q := range p[atAims:atCases] {
		if q > a.Probability {
			a.Inquiry, a.Probability = exchange.Inquiry(Inquiries[i]), q
		}
	}
	return a
}

// softmax turns logits into probabilities, in place.
func softmax(z []float64) {
	top, sum := slices.Max(z), 0.0
	for i := range z {
		z[i] = exp(max(z[i]-top, -30))
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}

// WriteGrams is a classifier as a file holds it: behind the magic the numbers of letters and pairs
// and of parts; the scale; the biases; then of each letter or pair the difference to the one before and how
// many parts it has, as varints, and its weight, a byte in units of gramsUnit; then the parts' classes, then their weights.
func WriteGrams(keys []uint64, weight []float32, parts [][classes]float32, bias [classes]float32) []byte {
	top := float32(0)
	for i := range parts {
		for _, w := range parts[i] {
			top = max(top, float32(math.Abs(float64(w))))
		}
	}
	scale := top / 127
	var head, class, part []byte
	n, last := 0, uint64(0)
	for i, k := range keys {
		many := 0
		for c, w := range parts[i] {
			if q := int8(math.RoundToEven(float64(w / scale))); q != 0 {
				class, part, many = append(class, uint8(c)), append(part, byte(q)), many+1
			}
		}
		if many == 0 {
			continue
		}
		head = binary.AppendUvarint(head, k-last)
		head = binary.AppendUvarint(head, uint64(many))
		head = append(head, byte(math.RoundToEven(float64(weight[i])/gramsUnit)))
		last, n = k, n+1
	}
	b := []byte(gramsMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(class)))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scale))
	for _, v := range bias {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return append(append(append(b, head...), class...), part...)
}

func (r *source) grams() (*Grams, error) {
	r.take(len(gramsMagic))
	n, parts := int(r.u32()), int(r.u32())
	if r.bad || n > 1<<20 || parts > n*classes {
		return nil, errModel
	}
	g := &Grams{keys: make([]uint64, n), weight: make([]float32, n), first: make([]uint32, n+1), scale: math.Float32frombits(r.u32())}
	copy(g.bias[:], r.floats(classes))
	last, sum := uint64(0), uint64(0)
	for i := range n {
		last += r.varint()
		sum += r.varint()
		g.keys[i], g.first[i+1], g.weight[i] = last, uint32(min(sum, 1<<31)), float32(r.take(1)[0])*gramsUnit
	}
	g.class = r.take(parts)
	g.part = make([]int8, parts)
	for i, b := range r.take(parts) {
		g.part[i] = int8(b)
	}
	if r.bad || sum != uint64(parts) || slices.ContainsFunc(g.class, func(c uint8) bool { return c >= classes }) {
		return nil, errModel
	}
	return g, nil
}

func (r *source) varint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}
