// Package tagger finds personal names in running text by a linear-chain
// conditional random field over characters, with a lexicon. It is what is left
// where no label, no copula and no title tells.
//
// Only characters that may be part of a name are decoded, run by run. The
// model and its card are beside this file; `go run ./internal/pii/train` makes both.
package tagger

import (
	_ "embed"
	"encoding/binary"
	"math"
	"sort"
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

// before lists the labels that may stand before each label.
var before = func() (b [Labels][]uint8) {
	for l := range Labels {
		for p := range Labels {
			if follows[p][l] {
				b[l] = append(b[l], uint8(p))
			}
		}
	}
	return b
}()

// Model scores features and transitions. Its parts point into the bytes that
// it was read from.
type Model struct {
	bytes []byte
	lex   Lexicon
	index index
	long  []byte // a bit for each hash of two characters that begin a longer n-gram
	dense []byte // row of each value of the dense kinds, 2 bytes each
	rows  []byte // rowBytes each: weights in units of scale, biased by bias, and a one that counts
	trans [Labels][Labels]int32
	odds  [Labels][Labels]float64 // exp of trans
	scale float64
}

const (
	rowBytes = Labels + 1
	bias     = 128
	magic    = "MDGT3\n"
)

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

// Lexicon is the model's.
func (m *Model) Lexicon() *Lexicon { return &m.lex }

// Bytes is the model as a file holds it.
func (m *Model) Bytes() []byte { return m.bytes }

// Parse reads a model and keeps b.
func Parse(b []byte) (*Model, error) {
	m := &Model{bytes: b}
	take := func(n uint64) []byte {
		if n > uint64(len(b)) {
			b = nil
			return nil
		}
		head := b[:n:n]
		b = b[n:]
		return head
	}
	if h := take(uint64(len(magic))); string(h) != magic {
		return nil, errShort
	}
	head := take(4 * 5)
	trans := take(Labels * Labels)
	if head == nil || trans == nil {
		return nil, errShort
	}
	word := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(head[4*i:])) }
	m.scale = float64(math.Float32frombits(uint32(word(0))))
	m.lex.n, m.index.n = word(1), word(2)
	rows := word(3)
	for i := range m.trans {
		for j := range m.trans[i] {
			m.trans[i][j] = int32(int8(trans[i*Labels+j]))
			m.odds[i][j] = math.Exp(float64(m.trans[i][j]) * m.scale)
		}
	}
	m.lex.slots = take(3*m.lex.n + 1)
	m.lex.pairs = take(1 << pairBits)
	m.index.slots = take(slotBytes*m.index.n + 3)
	m.long = take(1 << pairBits / 8)
	m.dense = take(2 * uint64(denseAt[dense]))
	m.rows = take(rows * rowBytes)
	if m.lex.n == 0 || m.index.n == 0 || m.rows == nil || len(b) != 0 || rows > maxRows {
		return nil, errShort
	}
	for i := 0; i < len(m.dense); i += 2 {
		if uint64(binary.LittleEndian.Uint16(m.dense[i:])) >= rows {
			return nil, errShort
		}
	}
	for at := range m.index.n {
		if m.index.slot(at)&(maxRows-1) >= rows {
			return nil, errShort
		}
	}
	return m, nil
}

// NewModel quantizes weights of features, given in an order of their own, and
// transitions. long are the hashes of two characters with which an n-gram of
// fs begins that is longer.
func NewModel(lex *Lexicon, long map[uint32]bool, fs []Feature, weights [][Labels]float32, trans [Labels][Labels]float32) *Model {
	top := float32(0)
	for _, r := range append(append([][Labels]float32{}, weights...), trans[:]...) {
		for _, w := range r {
			top = max(top, float32(math.Abs(float64(w))))
		}
	}
	scale := top / 126
	q := func(w float32) int8 { return int8(math.RoundToEven(float64(w / scale))) }
	// Equal rows are one: most features have one weight. Row 0 has none.
	empty := [rowBytes]byte{}
	rows := [][rowBytes]byte{empty}
	seen := map[[rowBytes]byte]uint32{}
	id := make([]uint32, len(fs))
	for i, r := range weights {
		var row [rowBytes]byte
		for l, w := range r {
			row[l] = byte(int(q(w)) + bias)
		}
		row[Labels] = 1
		n, ok := seen[row]
		if !ok {
			n = uint32(len(rows))
			seen[row] = n
			rows = append(rows, row)
		}
		id[i] = n
	}
	if len(rows) > maxRows {
		panic("tagger: more rows than a slot can name")
	}
	tabled := make([]byte, 2*denseAt[dense])
	var hashed []Feature
	var hashedRows []uint32
	order := make([]int, len(fs))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return fs[order[a]] < fs[order[b]] })
	for _, i := range order {
		if k := fs[i].Kind(); k < dense {
			binary.LittleEndian.PutUint16(tabled[2*(denseAt[k]+uint32(fs[i]>>12)):], uint16(id[i]))
			continue
		}
		hashed, hashedRows = append(hashed, fs[i]), append(hashedRows, id[i])
	}
	x := newIndex(hashed, hashedRows)
	b := []byte(magic)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scale))
	for _, n := range []uint64{lex.n, x.n, uint64(len(rows)), 0} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	for _, r := range trans {
		for _, w := range r {
			b = append(b, byte(q(w)))
		}
	}
	b = append(b, lex.slots...)
	b = append(b, lex.pairs...)
	b = append(b, x.slots...)
	pairs := make([]byte, 1<<pairBits/8)
	for p := range long {
		pairs[p>>3] |= 1 << (p & 7)
	}
	b = append(b, pairs...)
	b = append(b, tabled...)
	for _, r := range rows {
		b = append(b, r[:]...)
	}
	m, err := Parse(b)
	if err != nil {
		panic(err)
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
	b     buffer
	sum   []sum
	emit  [][Labels]int32
	best  [][Labels]int32
	from  [][Labels]uint8
	score [][Labels]float64
	alpha [][Labels]float64
	beta  [][Labels]float64
}

// New returns a tagger for a model; it must not be shared by goroutines.
func New(m *Model) *Tagger { return &Tagger{m: m} }

// Names appends the names of a normalized text to dst. Stretches for which skip,
// which may be nil, returns true are passed over.
func (t *Tagger) Names(dst []Name, text string, skip func(start, end int) bool) []Name {
	t.s.Load(text, &t.m.lex, nil)
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
		if !t.s.dull(i, j) && (skip == nil || !skip(int(t.s.offset[i]), int(t.s.offset[j]))) {
			dst = t.run(dst, i, j)
		}
		i = j
	}
	return dst
}

// sum adds rows up, twelve lanes of 16 bits: bytes 0 2 4 6, 1 3 5 7 and
// 8 10 9 11 of the rows. Weights are biased, so that no lane borrows from
// the next; the last lane counts the rows.
type sum [3]uint64

const lanes = 0x00ff00ff00ff00ff

func (m *Model) add(s *sum, row uint32) {
	b := (*[rowBytes]byte)(m.rows[row*rowBytes:])
	x, y := binary.LittleEndian.Uint64(b[:]), uint64(binary.LittleEndian.Uint32(b[8:]))
	s[0] += x & lanes
	s[1] += x >> 8 & lanes
	s[2] += y&0x00ff00ff | y>>8&0x00ff00ff<<32
}

func (s *sum) weights(e *[Labels]int32) {
	off := int32(s[2]>>48) * bias
	for k := range 4 {
		e[2*k] = int32(s[0]>>(16*k)&0xffff) - off
		e[2*k+1] = int32(s[1]>>(16*k)&0xffff) - off
	}
	e[8] = int32(s[2]&0xffff) - off
	e[10] = int32(s[2]>>16&0xffff) - off
	e[9] = int32(s[2]>>32&0xffff) - off
}

// addHashed adds the rows of a feature that has one for itself alone.
func (m *Model) addHashed(s *sum, f Feature) {
	at, fp := m.index.home(f)
	for {
		v := m.index.slot(at)
		if v == 0 {
			return
		}
		if v>>rowBits == fp<<nearBits {
			m.add(s, uint32(v&(maxRows-1)))
			return
		}
		if at++; at == m.index.n {
			at = 0
		}
	}
}

// scatter adds the rows of the n-gram of n+1 characters at p to the sums of
// the characters that it is near to; sums begin at character a.
func (t *Tagger) scatter(sums []sum, a, p, n int) {
	m := t.m
	at, fp := m.index.home(feature(uint64(kGram+n), t.s.gram(p, n+1)))
	for {
		v := m.index.slot(at)
		if v == 0 {
			return
		}
		if v>>(rowBits+nearBits) == fp {
			near := int(v >> rowBits & (1<<nearBits - 1))
			if i := p - reach[n][0] - near*gramStep[n] - a; uint(i) < uint(len(sums)) {
				m.add(&sums[i], uint32(v&(maxRows-1)))
			}
		}
		if at++; at == m.index.n {
			at = 0
		}
	}
}

// emissions computes the weights of every label at the candidates [a, e).
func (t *Tagger) emissions(a, e int) [][Labels]int32 {
	n := e - a
	if cap(t.emit) < n {
		t.emit, t.sum = make([][Labels]int32, n*2), make([]sum, n*2)
	}
	emit, sums := t.emit[:n], t.sum[:n]
	clear(sums)
	// Longer n-grams are looked up only where one may begin.
	for p := a + reach[3][0]; p < e+reach[0][1]; p++ {
		if p >= a+reach[0][0] {
			t.scatter(sums, a, p, 0)
		}
		if p < e+reach[1][1] && p >= a+reach[1][0] {
			t.scatter(sums, a, p, 1)
		}
		if p >= e {
			continue
		}
		if x := pairOf(rune(t.s.char(p)), rune(t.s.char(p+1))); t.m.long[x>>3]&(1<<(x&7)) != 0 {
			t.scatter(sums, a, p, 2)
			t.scatter(sums, a, p, 3)
		}
	}
	var shared sum
	until := a
	for i := range n {
		if a+i >= until { // the next run of one type
			shared = sum{}
			t.s.ofRun(a+i, &t.b)
			for _, f := range t.b.hashed[:t.b.h] {
				t.m.addHashed(&shared, f)
			}
			until = int(t.s.runE[a+i])
		}
		s := &sums[i]
		for k := range s {
			s[k] += shared[k]
		}
		t.s.ofChar(a+i, &t.b)
		for _, x := range t.b.dense[:t.b.d] {
			t.m.add(s, uint32(binary.LittleEndian.Uint16(t.m.dense[2*x:])))
		}
		for _, f := range t.b.hashed[:t.b.h] {
			t.m.addHashed(s, f)
		}
		s.weights(&emit[i])
	}
	return emit
}

// run decodes the candidate characters [a, e).
func (t *Tagger) run(dst []Name, a, e int) []Name {
	n := e - a
	emit := t.emissions(a, e)
	if cap(t.best) < n {
		t.best, t.from = make([][Labels]int32, n*2), make([][Labels]uint8, n*2)
	}
	best, from := t.best[:n], t.from[:n]
	const never = math.MinInt32 / 2
	for l := range Labels {
		best[0][l] = never
		if Begins(l) {
			best[0][l] = emit[0][l] + t.m.trans[O][l]
		}
	}
	for i := 1; i < n; i++ {
		last := &best[i-1]
		for l := range Labels {
			top, arg := int32(never), uint8(0)
			for _, p := range before[l] {
				if v := last[p] + t.m.trans[p][l]; v > top {
					top, arg = v, p
				}
			}
			best[i][l], from[i][l] = top+emit[i][l], arg
		}
	}
	top, last := int32(never), O
	for l := range Labels {
		if Ends(l) && best[n-1][l] > top {
			top, last = best[n-1][l], l
		}
	}
	first := len(dst)
	end := n
	at := t.s.offset[a:]
	for i := n - 1; i >= 0; i-- {
		switch last {
		case NameE:
			end = i + 1
		case NameU:
			dst = append(dst, Name{i, i + 1, 0})
		case NameB:
			dst = append(dst, Name{i, end, 0})
		}
		if i > 0 {
			last = int(from[i][last])
		}
	}
	if len(dst) > first {
		t.probabilities(dst[first:], emit)
		for x := first; x < len(dst); x++ {
			dst[x].Start, dst[x].End = int(at[dst[x].Start]), int(at[dst[x].End])
		}
	}
	return dst
}

// probabilities fills in, for names of the run just decoded, given by its
// characters, how likely each is as a whole: the share of all labellings that
// have it. Sums are scaled at every character so that none overflows.
func (t *Tagger) probabilities(names []Name, emit [][Labels]int32) {
	n := len(emit)
	if cap(t.alpha) < n {
		t.alpha, t.beta, t.score = make([][Labels]float64, n*2), make([][Labels]float64, n*2), make([][Labels]float64, n*2)
	}
	alpha, beta, score := t.alpha[:n], t.beta[:n], t.score[:n]
	for i := range n {
		top := emit[i][0]
		for _, w := range emit[i] {
			top = max(top, w)
		}
		for l, w := range emit[i] {
			score[i][l] = math.Exp(float64(w-top) * t.m.scale)
		}
	}
	norm := func(v *[Labels]float64) {
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		for l := range v {
			v[l] /= sum
		}
	}
	for l := range Labels {
		alpha[0][l], beta[n-1][l] = 0, 0
		if Begins(l) {
			alpha[0][l] = score[0][l] * t.m.odds[O][l]
		}
		if Ends(l) {
			beta[n-1][l] = 1
		}
	}
	norm(&alpha[0])
	for i := 1; i < n; i++ {
		for l := range Labels {
			sum := 0.0
			for _, p := range before[l] {
				sum += alpha[i-1][p] * t.m.odds[p][l]
			}
			alpha[i][l] = sum * score[i][l]
		}
		norm(&alpha[i])
	}
	for i := n - 2; i >= 0; i-- {
		beta[i] = [Labels]float64{}
		for x := range Labels {
			v := score[i+1][x] * beta[i+1][x]
			for _, l := range before[x] {
				beta[i][l] += t.m.odds[l][x] * v
			}
		}
		norm(&beta[i])
	}
	// Of the labellings that agree outside a name and at its beginning, those
	// that go on as the name does.
	for x := range names {
		i, j := names[x].Start, names[x].End
		all := 0.0
		for l := range Labels {
			all += alpha[i][l] * beta[i][l]
		}
		if j-i == 1 {
			names[x].Probability = alpha[i][NameU] * beta[i][NameU] / all
			continue
		}
		share := alpha[i][NameB] * beta[i][NameB] / all
		for q := i + 1; q < j && share > 0; q++ {
			p, l := NameI, NameI
			if q == i+1 {
				p = NameB
			}
			if q == j-1 {
				l = NameE
			}
			after := func(x int) float64 { return t.m.odds[p][x] * score[q][x] * beta[q][x] }
			next := after(l)
			share *= next / (after(NameI) + after(NameE))
		}
		names[x].Probability = share
	}
}
