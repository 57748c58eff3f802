//go:build !amd64 && !js

package reader

func multiply(sums []int32, rows, w []int16, in, out int) { multiplyPlain(sums, rows, w, in, out) }
