package reader

import (
	"math"
	"sync"
)

// fixed is how a number of a normed row becomes an integer: rows have mean square 1, so
// that hardly any is above 8, where it is cut off.
const fixed = 4095

// work are the buffers of one reading.
type work struct {
	x      []float32 // letters × width
	rows   []int16   // the same, normed; with a margin of zeros on both sides
	gather []int16   // some letters with their neighbours
	sums   []int32   // their outputs
	split  []byte    // their bytes, where they are multiplied so
	scores []float32 // letters × labels, of all networks together
	sense  []float32 // of a draft: networks × letters × senses
	whole  []float32 // scenarios, fake, levels
	back   []uint8
	chain  []float64
}

var works = sync.Pool{New: func() any { return new(work) }}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// margin is how far the widest layer looks.
const margin = 16

// run carries the letters through the layers; w.rows holds the last layer's normed
// output afterwards.
func (m *network) run(w *work, in *Input) {
	n, h := len(in.Letters), m.width
	w.x = grow(w.x, n*h)
	direction := 0
	if in.Outgoing {
		direction = 1
	}
	given := make([]float32, h)
	for j := range given {
		given[j] = m.channel[(direction*8+in.Channel)*h+j] + m.begun[in.Initiator*h+j] + m.inquiry[in.Inquiry*h+j]
	}
	for i := range n {
		id, ok := m.letters[Plain(in.Letters[i])]
		if !ok {
			s := in.Shape[i]
			if s == 2 {
				s = 1
			}
			id = unknown + int32(s)
		}
		x := w.x[i*h : (i+1)*h]
		a, b, c, d := m.table[int(id)*h:], m.shape[int(in.Shape[i])*h:], m.rule[int(in.Rule[i])*h:], m.word[int(in.Word[i])*h:]
		for j := range x {
			x[j] = a[j] + b[j] + c[j] + d[j] + given[j]
		}
	}
	w.rows = grow(w.rows, (n+2*margin)*h)
	clear(w.rows[:margin*h])
	clear(w.rows[(n+margin)*h:])
	for l, d := range spread {
		m.norm(w, n)
		m.layers[l].products(w, n, h, d, func(i, many int) {
			m.layers[l].gate(w.x[i*h:(i+many)*h], w.sums, h)
		})
		if l == contextBehind {
			m.whole(w, n)
		}
	}
	m.norm(w, n)
}

// norm writes each letter's row with mean square 1, as integers.
func (m *network) norm(w *work, n int) {
	h := m.width
	norm(w.rows[margin*h:(margin+n)*h], w.x[:n*h], h)
}

func normPlain(to []int16, x []float32, h int) {
	for i := 0; i < len(x); i += h {
		roundPlain(to[i:i+h], x[i:i+h], lengthen(squaresPlain(x[i:i+h]), h))
	}
}

// lengthen is what a row is multiplied by, of which the squares make a sum.
func lengthen(squares float32, h int) float32 {
	return fixed / float32(math.Sqrt(float64(squares/float32(h)+1e-6)))
}

// squaresPlain adds the squares of a row, in the order in which eight numbers at once
// are added.
func squaresPlain(x []float32) float32 {
	var a [8]float32
	for ; len(x) >= 8; x = x[8:] {
		for j, v := range x[:8] {
			a[j] += float32(v * v)
		}
	}
	return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))
}

// roundPlain writes f times a row, rounded.
func roundPlain(out []int16, x []float32, f float32) {
	out = out[:len(x)]
	for j, v := range x {
		const half = 1 << 15
		q := int32(float32(v*f)+(half+0.5)) - half // the sum is never negative
		out[j] = int16(max(-32767, min(32767, q)))
	}
}

// gatePlain adds to each of some rows the first half of a layer's outputs, each let
// through as far as its partner of the second half says.
func (d *dense) gatePlain(rows []float32, sums []int32, h int) {
	as, gs, ab, gb := d.scale[:h], d.scale[h:2*h], d.bias[:h], d.bias[h:2*h]
	for i := 0; i < len(rows); i += h {
		x, a, g := rows[i:i+h], sums[2*i:2*i+h], sums[2*i+h:2*i+2*h]
		for j := range x {
			x[j] += float32((float32(float32(a[j])*as[j]) + ab[j]) * sigmoid(float32(float32(g[j])*gs[j])+gb[j]))
		}
	}
}

// whole adds to each row what the mean of all rows says.
func (m *network) whole(w *work, n int) {
	h := m.width
	m.norm(w, n)
	mean := make([]int64, h)
	for i := range n {
		for j, v := range w.rows[(i+margin)*h : (i+margin+1)*h] {
			mean[j] += int64(v)
		}
	}
	row := make([]int16, h)
	for j := range row {
		row[j] = int16(mean[j] / int64(max(n, 1)))
	}
	m.context.room(w)
	copy(w.gather, row)
	clear(w.gather[h:])
	m.context.multiply(w)
	add := make([]float32, h)
	for j := range add {
		add[j] = 2*sigmoid(2*(float32(float32(w.sums[j])*m.context.scale[j])+m.context.bias[j])) - 1 // tanh
	}
	for i := range n {
		x := w.x[i*h : (i+1)*h]
		for j := range x {
			x[j] += add[j]
		}
	}
}

// apply multiplies the row of each letter, and hands the sums to f.
func (d *dense) apply(w *work, n, h int, f func(i int, sums []int32)) {
	d.products(w, n, h, 0, func(i, many int) {
		for k := range many {
			f(i+k, w.sums[k*len(d.scale):(k+1)*len(d.scale)])
		}
	})
}

// products multiplies the rows of each letter, and of those far before and behind it
// where far is not 0, and calls f for some letters at once, whose sums stand in w.sums.
func (d *dense) products(w *work, n, h, far int, f func(i, many int)) {
	most := d.room(w)
	for i := 0; i < n; i += most {
		many := min(most, n-i)
		for k := range many {
			g, at := w.gather[k*d.in:], (i+k+margin)*h
			if far == 0 {
				copy(g[:h], w.rows[at:at+h])
				continue
			}
			copy(g[:h], w.rows[at-far*h:at-far*h+h])
			copy(g[h:2*h], w.rows[at:at+h])
			copy(g[2*h:3*h], w.rows[at+far*h:at+far*h+h])
		}
		if many < most {
			clear(w.gather[many*d.in : most*d.in])
		}
		d.multiply(w)
		f(i, many)
	}
}

// room makes room for as many rows as are multiplied at once, and returns how many.
func (d *dense) room(w *work) int {
	most := 4
	if d.tiles != nil {
		most = atOnce
	}
	w.gather, w.sums = grow(w.gather, most*d.in), grow(w.sums, most*len(d.scale))
	return most
}

// multiply multiplies the rows in w.gather.
func (d *dense) multiply(w *work) {
	if d.tiles != nil {
		d.byTiles(w)
		return
	}
	multiply(w.sums, w.gather, d.w, d.in, len(d.scale))
}

// multiplyPlain multiplies four rows by a matrix as [dense] lays it out.
func multiplyPlain(sums []int32, rows, w []int16, in, out int) {
	for b := 0; b < out; b += block {
		wb := w[b*in : (b+block)*in]
		for r := range 4 {
			var acc [block]int32
			x := rows[r*in : (r+1)*in]
			for k := 0; k+1 < len(x); k += 2 {
				x0, x1 := int32(x[k]), int32(x[k+1])
				if x0|x1 == 0 {
					continue
				}
				p := (*[2 * block]int16)(wb[k*block:])
				for j := range acc {
					acc[j] += x0*int32(p[2*j]) + x1*int32(p[2*j+1])
				}
			}
			copy(sums[r*out+b:], acc[:])
		}
	}
}

// sigmoid is 1/(1+exp(-x)), by a table, so that it is the same on every machine.
func sigmoid(x float32) float32 {
	return sigmoids[1+int32(min(max(float32(x*steps)+(top*steps+0.5), -1), 2*top*steps+1))]
}

const (
	steps = 256 // of the table, a unit
	top   = 12  // beyond it the function is 0 or 1
)

// sigmoids is the table, with what is before and behind it at its ends.
var sigmoids = func() (t [2*top*steps + 3]float32) {
	for i := range t {
		t[i] = float32(1 / (1 + exp(top-float64(i-1)/steps)))
	}
	t[0], t[len(t)-1] = 0, 1
	return t
}()

// exp is the exponential function by halving and its series, without what processors
// do differently.
func exp(x float64) float64 {
	const halvings = 10
	x /= 1 << halvings
	sum, term := 1.0, 1.0
	for k := 1.0; k < 12; k++ {
		term = float64(term * x / k)
		sum += term
	}
	for range halvings {
		sum = float64(sum * sum)
	}
	return sum
}
