//go:build !amd64 && !js

package reader

func norm(to []int16, x []float32, h int) { normPlain(to, x, h) }

func (d *dense) gate(x []float32, sums []int32, h int) { d.gatePlain(x, sums, h) }
