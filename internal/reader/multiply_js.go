package reader

import "unsafe"

// multiplySIMD is internal/reader/multiply.wat, which internal/web/static/worker.js puts beside the
// program: Go's compiler makes no SIMD instructions for WebAssembly.
//
//go:wasmimport madoguchi multiply
//go:noescape
func multiplySIMD(sums, rows, w unsafe.Pointer, in, out int32)

func multiply(sums []int32, rows, w []int16, in, out int) {
	_, _, _ = sums[4*out-1], rows[4*in-1], w[in*out-1]
	multiplySIMD(unsafe.Pointer(&sums[0]), unsafe.Pointer(&rows[0]), unsafe.Pointer(&w[0]), int32(in), int32(out))
}
