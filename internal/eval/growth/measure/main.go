// Command measure prints how the time of each growing input grows with it: the
// exponent over doublings, the worst first. 1 is linear.
//
//	go run ./internal/eval/growth/measure [-n BYTES]
package main

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/madoguchi/madoguchi/internal/eval/growth"
)

func main() {
	n := flag.Int("n", 64<<10, "bytes of the smaller input; the larger one has four times as many")
	flag.Parse()
	type row struct {
		name     string
		exponent float64
		took     time.Duration
	}
	var rows []row
	for _, c := range growth.Cases() {
		small, large := best(c, *n), best(c, 4**n)
		rows = append(rows, row{c.Name, math.Log2(float64(large)/float64(small)) / 2, large})
	}
	slices.SortFunc(rows, func(a, b row) int { return int(math.Copysign(1, b.exponent-a.exponent)) })
	fmt.Printf("%d inputs, from %d to %d bytes\n", len(rows), *n, 4**n)
	for _, r := range rows[:min(25, len(rows))] {
		fmt.Printf("%5.2f  %10s  %s\n", r.exponent, r.took.Round(10*time.Microsecond), r.name)
	}
	slices.SortFunc(rows, func(a, b row) int { return int(b.took - a.took) })
	fmt.Println("the slowest:")
	for _, r := range rows[:min(10, len(rows))] {
		fmt.Printf("%5.2f  %10s  %s\n", r.exponent, r.took.Round(10*time.Microsecond), r.name)
	}
}

// best is the shortest of some runs: what the machine does beside makes others
// longer.
func best(c growth.Case, n int) time.Duration {
	const runs = 3
	least := time.Duration(math.MaxInt64)
	for range runs {
		began := time.Now()
		c.Run(n)
		least = min(least, time.Since(began))
	}
	return max(least, time.Microsecond)
}
