// Package tagger finds personal names in running text by a linear-chain
// conditional random field over characters, with a lexicon. It is what is left
// where no label, no copula and no title tells.
//
// Only characters that may be part of a name are decoded, run by run. The
// model and its card are beside this file; `go run ./pii/train` makes both.
package tagger

import (
	_ "embed"
	"encoding/binary"
	"math"
	"sync"
)

// Labels. Names are told apart from places, organizations and other proper
// nouns so that they are not taken for them.
const (
	O = iota
	NameB
	NameI
	NameE
	NameU
	PlaceB
	PlaceI
	OrgB
	OrgI
	OtherB
	OtherI
	Labels
)

// follows[a][b] reports whether label b may follow label a.
var follows = func() (f [Labels][Labels]bool) {
	for a := range Labels {
		for b := range Labels {
			inName := a == NameB || a == NameI
			switch b {
			case NameI, NameE:
				f[a][b] = inName
			case PlaceI:
				f[a][b] = a == PlaceB || a == PlaceI
			case OrgI:
				f[a][b] = a == OrgB || a == OrgI
			case OtherI:
				f[a][b] = a == OtherB || a == OtherI
			default:
				f[a][b] = !inName
			}
		}
	}
	return f
}()

// Begins reports whether a run may begin with label l.
func Begins(l int) bool { return follows[O][l] }

// Ends reports whether a run may end with label l.
func Ends(l int) bool { return l != NameB && l != NameI }

// Follows reports whether label b may follow label a.
func Follows(a, b int) bool { return follows[a][b] }

// Model scores features and transitions.
type Model struct {
	lex   *Table
	index *Table         // feature key to row
	rows  [][Labels]int8 // weights in units of scale
	trans [Labels][Labels]int8
	scale float32
}

//go:embed model.bin
var modelBytes []byte

// Default is the embedded model.
var Default = sync.OnceValue(func() *Model {
	m, err := Parse(modelBytes)
	if err != nil {
		panic(err) // embedded and tested: a broken build
	}
	return m
})

// Append writes the model.
func (m *Model) Append(b []byte) []byte {
	b = append(b, "MDGT1\n"...)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.scale))
	for _, r := range m.trans {
		for _, w := range r {
			b = append(b, byte(w))
		}
	}
	b = m.lex.append(b)
	b = m.index.append(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m.rows)))
	for _, r := range m.rows { // a mask of the labels with a weight, then the weights
		mask := uint16(0)
		for l, w := range r {
			if w != 0 {
				mask |= 1 << l
			}
		}
		b = binary.LittleEndian.AppendUint16(b, mask)
		for _, w := range r {
			if w != 0 {
				b = append(b, byte(w))
			}
		}
	}
	return b
}

// Parse reads a model.
func Parse(b []byte) (*Model, error) {
	const head = "MDGT1\n"
	if len(b) < len(head)+4+Labels*Labels || string(b[:len(head)]) != head {
		return nil, errShort
	}
	b = b[len(head):]
	m := &Model{scale: math.Float32frombits(binary.LittleEndian.Uint32(b))}
	b = b[4:]
	for i := range m.trans {
		for j := range m.trans[i] {
			m.trans[i][j] = int8(b[i*Labels+j])
		}
	}
	b = b[Labels*Labels:]
	var err error
	if m.lex, b, err = readTable(b); err != nil {
		return nil, err
	}
	if m.index, b, err = readTable(b); err != nil {
		return nil, err
	}
	if len(b) < 4 {
		return nil, errShort
	}
	m.rows = make([][Labels]int8, binary.LittleEndian.Uint32(b))
	b = b[4:]
	for i := range m.rows {
		if len(b) < 2 {
			return nil, errShort
		}
		mask := binary.LittleEndian.Uint16(b)
		b = b[2:]
		for l := range Labels {
			if mask&(1<<l) == 0 {
				continue
			}
			if len(b) == 0 {
				return nil, errShort
			}
			m.rows[i][l] = int8(b[0])
			b = b[1:]
		}
	}
	return m, nil
}

// NewModel quantizes weights: features with their rows, and transitions.
func NewModel(lex *Table, keys []uint64, weights [][Labels]float32, trans [Labels][Labels]float32) *Model {
	m := &Model{lex: lex}
	top := float32(0)
	for _, r := range weights {
		for _, w := range r {
			top = max(top, float32(math.Abs(float64(w))))
		}
	}
	for _, r := range trans {
		for _, w := range r {
			top = max(top, float32(math.Abs(float64(w))))
		}
	}
	m.scale = top / 127
	q := func(w float32) int8 { return int8(math.RoundToEven(float64(w / m.scale))) }
	ids := make([]uint32, len(keys))
	// Equal rows are one: most features have one weight.
	seen := map[[Labels]int8]uint32{}
	for i, r := range weights {
		var row [Labels]int8
		for l, w := range r {
			row[l] = q(w)
		}
		id, ok := seen[row]
		if !ok {
			id = uint32(len(m.rows))
			seen[row] = id
			m.rows = append(m.rows, row)
		}
		ids[i] = id
	}
	bits := uint(1)
	for 1<<bits < len(m.rows) {
		bits++
	}
	m.index = NewTable(keys, ids, bits, 4)
	for i := range trans {
		for j := range trans[i] {
			m.trans[i][j] = q(trans[i][j])
		}
	}
	return m
}

// Name is a personal name at [Start, End), byte offsets of the text tagged.
type Name struct {
	Start, End  int
	Probability float64
}

// Tagger holds the buffers of one goroutine.
type Tagger struct {
	m     *Model
	s     Sentence
	emit  [][Labels]int32
	best  [][Labels]int32
	from  [][Labels]uint8
	alpha [][Labels]float64
	beta  [][Labels]float64
}

// New returns a tagger for a model; it must not be shared by goroutines.
func New(m *Model) *Tagger { return &Tagger{m: m} }

// Names appends the names of a normalized text to dst.
func (t *Tagger) Names(dst []Name, text string) []Name {
	t.s.Load(text, t.m.lex, nil)
	n := len(t.s.chars)
	for i := 0; i < n; {
		if !t.s.cand[i] {
			i++
			continue
		}
		j := i
		for j < n && t.s.cand[j] {
			j++
		}
		if !t.s.dull(i, j) {
			dst = t.run(dst, i, j)
		}
		i = j
	}
	return dst
}

// run decodes the candidate characters [a, e).
func (t *Tagger) run(dst []Name, a, e int) []Name {
	n := e - a
	if cap(t.emit) < n {
		t.emit = make([][Labels]int32, n*2)
		t.best = make([][Labels]int32, n*2)
		t.from = make([][Labels]uint8, n*2)
	}
	emit, best, from := t.emit[:n], t.best[:n], t.from[:n]
	for i := range n {
		var sum [Labels]int32
		t.s.keyBuf = t.s.keyBuf[:0]
		t.s.position(a + i)
		for _, k := range t.s.keyBuf {
			if id, ok := t.m.index.Lookup(k); ok && int(id) < len(t.m.rows) {
				row := &t.m.rows[id]
				for l := range sum {
					sum[l] += int32(row[l])
				}
			}
		}
		emit[i] = sum
	}
	const never = math.MinInt32 / 2
	for l := range Labels {
		best[0][l] = never
		if Begins(l) {
			best[0][l] = emit[0][l] + int32(t.m.trans[O][l])
		}
	}
	for i := 1; i < n; i++ {
		for l := range Labels {
			top, arg := int32(never), 0
			for p := range Labels {
				if follows[p][l] {
					if v := best[i-1][p] + int32(t.m.trans[p][l]); v > top {
						top, arg = v, p
					}
				}
			}
			best[i][l], from[i][l] = top+emit[i][l], uint8(arg)
		}
	}
	top, last := int32(never), O
	for l := range Labels {
		if Ends(l) && best[n-1][l] > top {
			top, last = best[n-1][l], l
		}
	}
	found := false
	end := n
	for i := n - 1; i >= 0; i-- {
		switch last {
		case NameE:
			end = i + 1
		case NameU:
			dst = append(dst, Name{t.s.offset[a+i], t.s.offset[a+i+1], 0})
			found = true
		case NameB:
			dst = append(dst, Name{t.s.offset[a+i], t.s.offset[a+end], 0})
			found = true
		}
		if i > 0 {
			last = int(from[i][last])
		}
	}
	if found {
		t.probabilities(dst, a, n)
	}
	return dst
}

// probabilities fills in, for the names of the run just decoded, how likely
// each is as a whole: the share of all labellings that have it.
func (t *Tagger) probabilities(dst []Name, a, n int) {
	if cap(t.alpha) < n {
		t.alpha = make([][Labels]float64, n*2)
		t.beta = make([][Labels]float64, n*2)
	}
	alpha, beta := t.alpha[:n], t.beta[:n]
	w := float64(t.m.scale)
	score := func(i, l int) float64 { return float64(t.emit[i][l]) * w }
	tr := func(p, l int) float64 { return float64(t.m.trans[p][l]) * w }
	var buf [Labels]float64
	for l := range Labels {
		alpha[0][l] = math.Inf(-1)
		if Begins(l) {
			alpha[0][l] = score(0, l) + tr(O, l)
		}
		beta[n-1][l] = math.Inf(-1)
		if Ends(l) {
			beta[n-1][l] = 0
		}
	}
	for i := 1; i < n; i++ {
		for l := range Labels {
			k := 0
			for p := range Labels {
				if follows[p][l] {
					buf[k] = alpha[i-1][p] + tr(p, l)
					k++
				}
			}
			alpha[i][l] = LogSum(buf[:k]) + score(i, l)
		}
	}
	for i := n - 2; i >= 0; i-- {
		for l := range Labels {
			k := 0
			for x := range Labels {
				if follows[l][x] {
					buf[k] = tr(l, x) + score(i+1, x) + beta[i+1][x]
					k++
				}
			}
			beta[i][l] = LogSum(buf[:k])
		}
	}
	k := 0
	for l := range Labels {
		if Ends(l) {
			buf[k] = alpha[n-1][l]
			k++
		}
	}
	z := LogSum(buf[:k])
	index := func(off int) int {
		for i := range n {
			if t.s.offset[a+i] == off {
				return i
			}
		}
		return n
	}
	for x := range dst {
		d := &dst[x]
		if d.Probability != 0 || d.Start < t.s.offset[a] || d.End > t.s.offset[a+n] {
			continue
		}
		i, j := index(d.Start), index(d.End)
		if j-i == 1 {
			d.Probability = math.Exp(alpha[i][NameU] + beta[i][NameU] - z)
			continue
		}
		v := alpha[i][NameB]
		for q := i + 1; q < j; q++ {
			p, l := NameI, NameI
			if q == i+1 {
				p = NameB
			}
			if q == j-1 {
				l = NameE
			}
			v += tr(p, l) + score(q, l)
		}
		d.Probability = math.Exp(v + beta[j-1][NameE] - z)
	}
}

// LogSum returns the logarithm of the sum of exponentials.
func LogSum(xs []float64) float64 {
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
