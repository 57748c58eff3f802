package reader

import "unsafe"

// The three are internal/reader/kernel.wat, which internal/web/static/worker.js puts beside
// the program: Go's compiler makes no SIMD instructions for WebAssembly.

//go:wasmimport madoguchi multiply
//go:noescape
func multiplySIMD(sums, rows, w unsafe.Pointer, in, out int32)

//go:wasmimport madoguchi norm
//go:noescape
func normSIMD(to, x unsafe.Pointer, n, h int32)

//go:wasmimport madoguchi gate
//go:noescape
func gateSIMD(x, sums, scale, bias, table unsafe.Pointer, n, h int32)

func multiply(sums []int32, rows, w []int16, in, out int) {
	_, _, _ = sums[4*out-1], rows[4*in-1], w[in*out-1]
	multiplySIMD(unsafe.Pointer(&sums[0]), unsafe.Pointer(&rows[0]), unsafe.Pointer(&w[0]), int32(in), int32(out))
}

func norm(to []int16, x []float32, h int) {
	if len(x) == 0 {
		return
	}
	_ = to[len(x)-1]
	normSIMD(unsafe.Pointer(&to[0]), unsafe.Pointer(&x[0]), int32(len(x)/h), int32(h))
}

func (d *dense) gate(x []float32, sums []int32, h int) {
	_, _, _ = sums[2*len(x)-1], d.scale[2*h-1], d.bias[2*h-1]
	gateSIMD(unsafe.Pointer(&x[0]), unsafe.Pointer(&sums[0]), unsafe.Pointer(&d.scale[0]), unsafe.Pointer(&d.bias[0]), unsafe.Pointer(&sigmoids[1]), int32(len(x)/h), int32(h))
}
