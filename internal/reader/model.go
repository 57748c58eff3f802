package reader

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"sync/atomic"
)

//go:embed model.bin
var embedded []byte

// Model is networks that were trained alike from different beginnings: what each says
// of a letter and of the whole is averaged. It is safe for concurrent use.
type Model struct {
	networks []*network
	grams    *Grams // what it makes of the whole beside them; nil for none
}

// Only is the model of one of the networks: what holds for each holds for all, in a
// fraction of the time.
func (m *Model) Only(i int) *Model { return &Model{networks: m.networks[i : i+1]} }

// network is weights that were trained.
type network struct {
	width   int
	letters map[rune]int32
	table   []float32 // of letters, width each
	shape   []float32
	rule    []float32
	word    []float32
	channel []float32 // of received messages, then of drafts
	begun   []float32 // who started
	inquiry []float32
	layers  [len(spread)]dense
	context dense
	out, in dense
	pool    dense
	top     []float32 // twice width rows
	topBias []float32

	// Whether the inquiry of a draft does not need what its letters tell.
	sense    dense     // of each letter
	about    []float32 // the same of the whole text, twice width rows
	need     []float32 // senses rows, a column for each category
	needBias []float32
}

// senses is how many numbers tell of a letter whether it is needed.
const senses = 64

// spread is how far each layer looks, in letters, to both sides.
var spread = [...]int{1, 2, 4, 8, 16, 1}

const (
	contextBehind = 3 // the layer behind which each letter is told what the whole text is like
	unknown       = 1 // letters that are not known: by shape from here on
	known         = 10
)

// Scenarios are the situations in the order of a model's outputs: fraud first.
const (
	fraud     = 31
	scenarios = 44
)

// dense is a matrix of small integers: outputs are sums of 16-bit inputs times
// weights, exact on every machine, times a scale for each output, plus a bias.
type dense struct {
	in, out int       // out is the true number; blocks are padded
	w       []int16   // blocks of 16 outputs; within a block pairs of inputs; within a pair the outputs
	tiles   []int8    // in the place of w, for processors with tiles
	scale   []float32 // padded
	bias    []float32 // padded
}

// inUse is another model than the default one, nil for none.
var inUse atomic.Pointer[Model]

// Use makes all readings go by m, for an evaluation; by the program's own model again
// where m is nil.
func Use(m *Model) { inUse.Store(m) }

// Current is the model that readings go by.
func Current() *Model {
	if m := inUse.Load(); m != nil {
		return m
	}
	return Default()
}

var errModel = errors.New("reader: not a model of this version")

// Default is the model that comes with the program.
var Default = sync.OnceValue(func() *Model {
	m, err := Load(embedded)
	if err != nil {
		panic(err) // the file is embedded, and a test loads it
	}
	return m
})

// Prepare begins to load the default model, if nobody has, while the caller goes on.
var Prepare = sync.OnceFunc(func() { go Default() })

// Load reads a model: a network as reader/train/train.py writes it, or several one behind
// the other.
func Load(b []byte) (*Model, error) {
	m := &Model{}
	for r := (&source{b: b}); len(b) == 0 || len(r.b) > 0; {
		var err error
		if bytes.HasPrefix(r.b, []byte(gramsMagic)) {
			m.grams, err = r.grams()
		} else {
			var n *network
			n, err = load(r)
			m.networks = append(m.networks, n)
		}
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Networks is the part of a model's file that holds its networks.
func Networks(b []byte) ([]byte, error) {
	r := &source{b: b}
	for len(r.b) > 0 && !bytes.HasPrefix(r.b, []byte(gramsMagic)) {
		if _, err := load(r); err != nil {
			return nil, err
		}
	}
	return b[: len(b)-len(r.b) : len(b)-len(r.b)], nil
}

func load(r *source) (*network, error) {
	if string(r.take(4)) != "MDR3" {
		return nil, errModel
	}
	h := int(r.u32())
	n := int(r.u32())
	if r.bad || h%16 != 0 || h == 0 || h > 1024 || n > 1<<20 {
		return nil, errModel
	}
	m := &network{width: h, letters: make(map[rune]int32, n)}
	for i := range n {
		m.letters[rune(r.u32())] = int32(known + i)
	}
	kinds := 47
	m.table = r.rows(known+n, h)
	m.shape = r.halves(Shapes * h)
	m.rule = r.halves((1 + 2*kinds) * h)
	m.word = r.halves((kinds + LexiconParts) * h)
	m.channel = r.halves(2 * 8 * h)
	m.begun = r.halves(3 * h)
	m.inquiry = r.halves((1 + len(Inquiries)) * h)
	for i := range m.layers {
		m.layers[i] = r.dense(3*h, 2*h)
	}
	m.context = r.dense(h, h)
	m.out = r.dense(h, 1+2*len(Categories))
	m.in = r.dense(h, 1+4*kinds)
	m.pool = r.dense(h, 2*h)
	m.top, m.topBias = r.plain(2*h, scenarios+4), r.floats(scenarios+4)
	m.sense = r.dense(h, senses)
	m.about = r.plain(2*h, senses)
	m.need, m.needBias = r.plain(senses, len(Categories)), r.floats(len(Categories))
	if r.bad {
		return nil, errModel
	}
	return m, nil
}

// source reads a model's parts; reading beyond the end makes it bad.
type source struct {
	b   []byte
	bad bool
}

func (r *source) take(n int) []byte {
	if n > len(r.b) {
		r.bad = true
		r.b = nil
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *source) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

func (r *source) floats(n int) []float32 {
	b := r.take(4 * n)
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func (r *source) halves(n int) []float32 {
	b := r.take(2 * n)
	out := make([]float32, n)
	for i := range out {
		out[i] = half(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}

// half turns a 16-bit floating point number into a 32-bit one.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0:
		return math.Float32frombits(sign|0x3f800000) * float32(frac) / (1 << 24)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// rows reads an embedding: small integers, a scale for each row.
func (r *source) rows(n, h int) []float32 {
	scale := r.floats(n)
	b := r.take(n * h)
	out := make([]float32, n*h)
	for i, s := range scale {
		row := out[i*h : (i+1)*h]
		for j, v := range b[i*h : (i+1)*h] {
			row[j] = float32(int8(v)) * s
		}
	}
	return out
}

const block = 16

func (r *source) dense(in, out int) dense {
	padded := (out + block - 1) / block * block
	d := dense{in: in, out: out, scale: make([]float32, padded), bias: make([]float32, padded)}
	copy(d.scale, r.floats(out))
	w := r.take(in * out)
	if tiled && in%32 == 0 {
		d.tiles = tilesOf(in, out, func(k, j int) int8 { return int8(w[k*out+j]) })
	} else {
		d.w = wordsOf(w, in, out, padded)
	}
	copy(d.bias, r.floats(out))
	for j := range d.scale {
		d.scale[j] /= fixed
	}
	return d
}

// wordsOf lays a matrix out as [dense] says.
func wordsOf(w []byte, in, out, padded int) []int16 {
	words := make([]int16, in*padded)
	for k := range in {
		row := w[k*out : (k+1)*out]
		for b := 0; b < out; b += block {
			to := words[b*in+(k/2)*2*block+k%2:]
			for j, v := range row[b:min(b+block, out)] {
				to[2*j] = int16(int8(v))
			}
		}
	}
	return words
}

// plain reads a matrix as floating point numbers.
func (r *source) plain(in, out int) []float32 {
	scale := r.floats(out)
	b := r.take(in * out)
	w := make([]float32, in*out)
	for k := range in {
		for j := range out {
			w[k*out+j] = float32(int8(b[k*out+j])) * scale[j]
		}
	}
	return w
}
