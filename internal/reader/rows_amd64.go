package reader

import "golang.org/x/sys/cpu"

//go:noescape
func squaresAVX2(x *float32, h int) float32

//go:noescape
func roundAVX2(out *int16, x *float32, f float32, h int)

//go:noescape
func gateAVX2(x *float32, sums *int32, scale, bias, table *float32, h int)

func norm(to []int16, x []float32, h int) {
	if !cpu.X86.HasAVX2 {
		normPlain(to, x, h)
		return
	}
	_ = to[:len(x)]
	for i := 0; i < len(x); i += h {
		roundAVX2(&to[i], &x[i], lengthen(squaresAVX2(&x[i], h), h), h)
	}
}

func (d *dense) gate(x []float32, sums []int32, h int) {
	if !cpu.X86.HasAVX2 {
		d.gatePlain(x, sums, h)
		return
	}
	_, _, _ = sums[2*len(x)-1], d.scale[2*h-1], d.bias[2*h-1]
	for i := 0; i < len(x); i += h {
		gateAVX2(&x[i], &sums[2*i], &d.scale[0], &d.bias[0], &sigmoids[1], h)
	}
}
