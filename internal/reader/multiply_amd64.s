#include "textflag.h"

// func multiplyAVX2(sums *int32, rows, w *int16, in, out int)
//
// Four rows of in 16-bit numbers times blocks of 16 outputs; in is even, out a
// multiple of 16. Each step takes two inputs of a row and adds their products.
TEXT ·multiplyAVX2(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ w+16(FP), DX
	MOVQ in+24(FP), R8
	MOVQ out+32(FP), R9
	LEAQ (R8)(R8*1), R10 // bytes of a row
	MOVQ SI, R11
	ADDQ R10, R11        // second row
	MOVQ R11, R12
	ADDQ R10, R12        // third
	MOVQ R12, R13
	ADDQ R10, R13        // fourth
	SHLQ $2, R9          // bytes of a row of sums
	XORQ BX, BX          // output, in bytes

blocks:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	XORQ CX, CX

pairs:
	VMOVDQU (DX), Y8
	VMOVDQU 32(DX), Y9
	VPBROADCASTD (SI)(CX*1), Y10
	VPMADDWD Y8, Y10, Y12
	VPMADDWD Y9, Y10, Y13
	VPADDD Y12, Y0, Y0
	VPADDD Y13, Y1, Y1
	VPBROADCASTD (R11)(CX*1), Y11
	VPMADDWD Y8, Y11, Y12
	VPMADDWD Y9, Y11, Y13
	VPADDD Y12, Y2, Y2
	VPADDD Y13, Y3, Y3
	VPBROADCASTD (R12)(CX*1), Y10
	VPMADDWD Y8, Y10, Y12
	VPMADDWD Y9, Y10, Y13
	VPADDD Y12, Y4, Y4
	VPADDD Y13, Y5, Y5
	VPBROADCASTD (R13)(CX*1), Y11
	VPMADDWD Y8, Y11, Y12
	VPMADDWD Y9, Y11, Y13
	VPADDD Y12, Y6, Y6
	VPADDD Y13, Y7, Y7
	ADDQ $64, DX
	ADDQ $4, CX
	CMPQ CX, R10
	JLT pairs

	LEAQ (DI)(BX*1), AX
	VMOVDQU Y0, (AX)
	VMOVDQU Y1, 32(AX)
	ADDQ R9, AX
	VMOVDQU Y2, (AX)
	VMOVDQU Y3, 32(AX)
	ADDQ R9, AX
	VMOVDQU Y4, (AX)
	VMOVDQU Y5, 32(AX)
	ADDQ R9, AX
	VMOVDQU Y6, (AX)
	VMOVDQU Y7, 32(AX)
	ADDQ $64, BX
	CMPQ BX, R9
	JLT blocks
	VZEROUPPER
	RET

// func multiplyVNNI(sums *int32, rows, w *int16, in, out int)
//
// The same with AVX-512: a block of 16 outputs is one register, and one instruction
// multiplies and adds. Two blocks at a time, the last one alone where their number is odd.
TEXT ·multiplyVNNI(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ w+16(FP), DX
	MOVQ in+24(FP), R8
	MOVQ out+32(FP), R9
	LEAQ (R8)(R8*1), R10 // bytes of a row
	LEAQ (SI)(R10*1), R11
	LEAQ (R11)(R10*1), R12
	LEAQ (R12)(R10*1), R13
	MOVQ R10, R8
	SHLQ $4, R8          // bytes of a block of weights
	SHLQ $2, R9          // bytes of a row of sums

two:
	CMPQ R9, $128
	JLT  one
	LEAQ (DX)(R8*1), AX
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	XORQ CX, CX

pairs2:
	VMOVDQU32 (DX), Z8
	VMOVDQU32 (AX), Z9
	VPBROADCASTD (SI)(CX*1), Z10
	VPBROADCASTD (R11)(CX*1), Z11
	VPBROADCASTD (R12)(CX*1), Z12
	VPBROADCASTD (R13)(CX*1), Z13
	VPDPWSSD Z8, Z10, Z0
	VPDPWSSD Z9, Z10, Z1
	VPDPWSSD Z8, Z11, Z2
	VPDPWSSD Z9, Z11, Z3
	VPDPWSSD Z8, Z12, Z4
	VPDPWSSD Z9, Z12, Z5
	VPDPWSSD Z8, Z13, Z6
	VPDPWSSD Z9, Z13, Z7
	ADDQ $64, DX
	ADDQ $64, AX
	ADDQ $4, CX
	CMPQ CX, R10
	JLT  pairs2

	MOVQ AX, DX
	MOVQ out+32(FP), BX
	SHLQ $2, BX
	MOVQ DI, AX
	VMOVDQU32 Z0, (AX)
	VMOVDQU32 Z1, 64(AX)
	ADDQ BX, AX
	VMOVDQU32 Z2, (AX)
	VMOVDQU32 Z3, 64(AX)
	ADDQ BX, AX
	VMOVDQU32 Z4, (AX)
	VMOVDQU32 Z5, 64(AX)
	ADDQ BX, AX
	VMOVDQU32 Z6, (AX)
	VMOVDQU32 Z7, 64(AX)
	ADDQ $128, DI
	SUBQ $128, R9
	JMP  two

one:
	CMPQ R9, $64
	JLT  done
	VPXORQ Z0, Z0, Z0
	VPXORQ Z2, Z2, Z2
	VPXORQ Z4, Z4, Z4
	VPXORQ Z6, Z6, Z6
	XORQ CX, CX

pairs1:
	VMOVDQU32 (DX), Z8
	VPBROADCASTD (SI)(CX*1), Z10
	VPBROADCASTD (R11)(CX*1), Z11
	VPBROADCASTD (R12)(CX*1), Z12
	VPBROADCASTD (R13)(CX*1), Z13
	VPDPWSSD Z8, Z10, Z0
	VPDPWSSD Z8, Z11, Z2
	VPDPWSSD Z8, Z12, Z4
	VPDPWSSD Z8, Z13, Z6
	ADDQ $64, DX
	ADDQ $4, CX
	CMPQ CX, R10
	JLT  pairs1

	MOVQ out+32(FP), BX
	SHLQ $2, BX
	VMOVDQU32 Z0, (DI)
	ADDQ BX, DI
	VMOVDQU32 Z2, (DI)
	ADDQ BX, DI
	VMOVDQU32 Z4, (DI)
	ADDQ BX, DI
	VMOVDQU32 Z6, (DI)

done:
	VZEROUPPER
	RET
