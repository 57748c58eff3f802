package reader

import (
	"syscall"

	"golang.org/x/sys/cpu"
)

// multiplyTiles multiplies sixteen rows by a matrix as [tilesOf] lays it out: the same sums
// as the other ways.
//
//go:noescape
func multiplyTiles(sums *int32, rows *int16, tiles *int8, scratch *byte, in, padded, out int)

// tiled reports whether the processor has tiles (AMX), and the system lends them.
var tiled = func() bool {
	x := &cpu.X86
	if !x.HasAMXTile || !x.HasAMXInt8 || !x.HasAVX512F || !x.HasAVX512BW {
		return false
	}
	const request, tileData = 0x1023, 18 // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
	_, _, failed := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, request, tileData, 0)
	return failed == 0
}()
