package reader

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestWays: each way of multiplying that this processor has gives the plain sums.
func TestWays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		in, out := 2*(1+r.IntN(200)), block*(1+r.IntN(12))
		rows, w := make([]int16, 4*in), make([]int16, in*out)
		for i := range rows {
			rows[i] = int16(r.IntN(65535) - 32767)
		}
		for i := range w {
			w[i] = int16(r.IntN(255) - 127)
		}
		want := make([]int32, 4*out)
		multiplyPlain(want, rows, w, in, out)
		for i, way := range ways {
			got := make([]int32, 4*out)
			way(&got[0], &rows[0], &w[0], in, out)
			if !slices.Equal(got, want) {
				t.Fatalf("way %d: %d × %d differs", i, in, out)
			}
		}
	}
}
