package reader

import (
	"slices"
	"testing"
)

// TestWays: each way of multiplying that this processor has gives the plain sums.
func TestWays(t *testing.T) {
	products(func(rows, w []int16, in, out int, want []int32) {
		for i, way := range ways {
			got := make([]int32, 4*out)
			if way(&got[0], &rows[0], &w[0], in, out); !slices.Equal(got, want) {
				t.Fatalf("way %d: %d × %d differs", i, in, out)
			}
		}
	})
}
