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
		small := make([]int8, in*out)
		for i := range small {
			small[i] = int8(r.IntN(255) - 127)
		}
		at := func(k, j int) int8 { return small[k*out+j] }
		d := dense{in: in, out: out, w: make([]int16, in*padded), scale: make([]float32, padded), tiles: tilesOf(in, out, at)}
		for k := range in {
			for j := range out {
				d.w[j/block*block*in+(k/2)*2*block+k%2+2*(j%block)] = int16(at(k, j))
			}
		}
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
