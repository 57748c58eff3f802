package reader

import "golang.org/x/sys/cpu"

//go:noescape
func squaresAVX2(x *float32, h int) float32

//go:noescape
func roundAVX2(out *int16, x *float32, f float32, h int)

//go:noescape
func gateAVX2(x *float32, sums *int32, scale, bias, table *float32, h int)

func squares(x []float32) float32 {
	if !cpu.X86.HasAVX2 {
		return squaresPlain(x)
	}
	return squaresAVX2(&x[0], len(x))
}

func round(out []int16, x []float32, f float32) {
	if !cpu.X86.HasAVX2 {
		roundPlain(out, x, f)
		return
	}
	_ = out[len(x)-1]
	roundAVX2(&out[0], &x[0], f, len(x))
}

func (d *dense) gate(x []float32, sums []int32) {
	if !cpu.X86.HasAVX2 {
		d.gatePlain(x, sums)
		return
	}
	_, _, _ = sums[2*len(x)-1], d.scale[2*len(x)-1], d.bias[2*len(x)-1]
	gateAVX2(&x[0], &sums[0], &d.scale[0], &d.bias[0], &sigmoids[1], len(x))
}
