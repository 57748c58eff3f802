package growth_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/madoguchi/madoguchi/internal/eval/growth"
	"github.com/madoguchi/madoguchi/internal/reader"
)

// TestGrowth: of no input does the work grow faster than the input. What is counted
// is the memory that is asked for, as that is the same on each machine; `go run
// ./internal/eval/growth/measure` prints the times.
func TestGrowth(t *testing.T) {
	reader.Use(reader.Default().Only(0)) // each network asks for the same
	t.Cleanup(func() { reader.Use(nil) })
	cases := growth.Cases()
	if len(cases) < 100 {
		t.Fatalf("%d inputs", len(cases))
	}
	for _, c := range cases {
		// What grows in steps grows once: two steps in a row are growth.
		if grows(c, n) && grows(c, times*n) {
			t.Errorf("%s grows faster than its input", c.Name)
		}
	}
}

const (
	n     = 8 << 10
	times = 4
)

// grows reports whether no run with times as much asks for at most that: what is made
// once, and kept for the next, is made in the first one.
func grows(c growth.Case, n int) bool {
	const slack, floor = 1.5, 256 << 10 // bytes that a call may ask for, whatever it is given
	least := uint64(math.MaxUint64)
	for range runs {
		least = min(least, asked(c, n))
	}
	for range runs {
		if float64(asked(c, times*n)) <= slack*times*float64(least)+floor {
			return false
		}
	}
	return true
}

// runs are how often a run is repeated, as what is kept between them is now and then
// collected.
const runs = 5

// asked is how many bytes of memory a run asks for.
func asked(c growth.Case, n int) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.Run(n)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
