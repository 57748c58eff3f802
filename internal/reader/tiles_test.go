package reader

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTiles: where the processor has tiles, they give the plain sums.
func TestTiles(t *testing.T) {
	if !tiled {
		t.Log("this processor has none")
		return
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		in, out := 32*(1+r.IntN(13)), 1+r.IntN(260)
		padded := (out + block - 1) / block * block
		weights := make([]byte, in*out)
		for i := range weights {
			weights[i] = byte(r.IntN(255) - 127)
		}
		at := func(k, j int) int8 { return int8(weights[k*out+j]) }
		d := dense{in: in, out: out, w: wordsOf(weights, in, out, padded), scale: make([]float32, padded), tiles: tilesOf(in, out, at)}
		w := work{gather: make([]int16, atOnce*in), sums: make([]int32, atOnce*padded)}
		for i := range w.gather {
			w.gather[i] = int16(r.IntN(65535) - 32767)
		}
		want := make([]int32, atOnce*padded)
		for i := 0; i < atOnce; i += 4 {
			multiplyPlain(want[i*padded:(i+4)*padded], w.gather[i*in:(i+4)*in], d.w, in, padded)
		}
		if d.byTiles(&w); !slices.Equal(w.sums, want) {
			t.Fatalf("%d × %d differs", in, out)
		}
	}
}
