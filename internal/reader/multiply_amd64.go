package reader

import "golang.org/x/sys/cpu"

//go:noescape
func multiplyAVX2(sums *int32, rows, w *int16, in, out int)

//go:noescape
func multiplyVNNI(sums *int32, rows, w *int16, in, out int)

// ways are the ways of multiplying that the processor has, the fastest first. All give
// the same sums.
var ways = func() (out []func(sums *int32, rows, w *int16, in, out int)) {
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VNNI {
		out = append(out, multiplyVNNI)
	}
	if cpu.X86.HasAVX2 {
		out = append(out, multiplyAVX2)
	}
	return out
}()

func multiply(sums []int32, rows, w []int16, in, out int) {
	if len(ways) == 0 {
		multiplyPlain(sums, rows, w, in, out)
		return
	}
	_, _, _ = sums[4*out-1], rows[4*in-1], w[in*out-1]
	ways[0](&sums[0], &rows[0], &w[0], in, out)
}
