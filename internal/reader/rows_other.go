//go:build !amd64

package reader

func squares(x []float32) float32 { return squaresPlain(x) }

func round(out []int16, x []float32, f float32) { roundPlain(out, x, f) }

func (d *dense) gate(x []float32, sums []int32) { d.gatePlain(x, sums) }
