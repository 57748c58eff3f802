package reader

import "golang.org/x/sys/cpu"

//go:noescape
func multiplyAVX2(sums *int32, rows, w *int16, in, out int)

func multiply(sums []int32, rows, w []int16, in, out int) {
	if !cpu.X86.HasAVX2 {
		multiplyPlain(sums, rows, w, in, out)
		return
	}
	_, _, _ = sums[4*out-1], rows[4*in-1], w[in*out-1]
	multiplyAVX2(&sums[0], &rows[0], &w[0], in, out)
}
