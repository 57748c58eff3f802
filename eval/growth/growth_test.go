package growth_test

import (
	"runtime"
	"testing"

	"github.com/madoguchi/madoguchi/eval/growth"
)

// TestGrowth: of no input does the work grow faster than the input. What is counted
// is the memory that is asked for, as that is the same on each machine; `go run
// ./eval/growth/measure` prints the times.
func TestGrowth(t *testing.T) {
	const n, times, slack = 8 << 10, 4, 1.5 // bytes; how much larger; for what grows in steps
	cases := growth.Cases()
	if len(cases) < 100 {
		t.Fatalf("%d inputs", len(cases))
	}
	for _, c := range cases {
		c.Run(times * n) // what is made once, and kept for the next, is made
		small, large := asked(c, n), asked(c, times*n)
		const floor = 256 << 10 // bytes that a call may ask for, whatever it is given
		if float64(large) > slack*times*float64(small)+floor {
			t.Errorf("%s: %d bytes for %d, %d for %d", c.Name, small, n, large, times*n)
		}
	}
}

// asked is how many bytes of memory a run asks for.
func asked(c growth.Case, n int) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.Run(n)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
