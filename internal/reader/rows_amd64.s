#include "textflag.h"

DATA steps<>+0(SB)/4, $256.0
DATA steps<>+4(SB)/4, $3072.5   // half of the table and rounding
DATA steps<>+8(SB)/4, $-1.0     // before the table
DATA steps<>+12(SB)/4, $6145.0  // behind it
DATA steps<>+16(SB)/4, $32768.5 // keeps what is rounded above 0
DATA steps<>+20(SB)/4, $32768
DATA steps<>+24(SB)/4, $0x80018001 // -32767, twice
GLOBL steps<>(SB), RODATA|NOPTR, $28

// func squaresAVX2(x *float32, h int) float32
//
// h is a multiple of 8; the order of the additions is that of squaresPlain.
TEXT ·squaresAVX2(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ h+8(FP), CX
	VXORPS Y0, Y0, Y0

eight:
	VMOVUPS (SI), Y1
	VMULPS Y1, Y1, Y1
	VADDPS Y1, Y0, Y0
	ADDQ $32, SI
	SUBQ $8, CX
	JG eight

	VEXTRACTF128 $1, Y0, X1
	VADDPS X1, X0, X0
	VPSHUFD $0x0e, X0, X1
	VADDPS X1, X0, X0
	VPSHUFD $0x01, X0, X1
	VADDSS X1, X0, X0
	VMOVSS X0, ret+16(FP)
	VZEROUPPER
	RET

// func roundAVX2(out *int16, x *float32, f float32, h int)
//
// h is a multiple of 16.
TEXT ·roundAVX2(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ x+8(FP), SI
	VBROADCASTSS f+16(FP), Y4
	MOVQ h+24(FP), CX
	VBROADCASTSS steps<>+16(SB), Y5
	VPBROADCASTD steps<>+20(SB), Y6
	VPBROADCASTD steps<>+24(SB), Y7

sixteen:
	VMULPS (SI), Y4, Y0
	VMULPS 32(SI), Y4, Y1
	VADDPS Y5, Y0, Y0
	VADDPS Y5, Y1, Y1
	VCVTTPS2DQ Y0, Y0
	VCVTTPS2DQ Y1, Y1
	VPSUBD Y6, Y0, Y0
	VPSUBD Y6, Y1, Y1
	VPACKSSDW Y1, Y0, Y0
	VPERMQ $0xd8, Y0, Y0
	VPMAXSW Y7, Y0, Y0
	VMOVDQU Y0, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $16, CX
	JG sixteen
	VZEROUPPER
	RET

// func gateAVX2(x *float32, sums *int32, scale, bias, table *float32, h int)
//
// h is a multiple of 8; table points behind its first number.
TEXT ·gateAVX2(SB), NOSPLIT, $0-48
	MOVQ x+0(FP), DI
	MOVQ sums+8(FP), SI
	MOVQ scale+16(FP), R8
	MOVQ bias+24(FP), R9
	MOVQ table+32(FP), R10
	MOVQ h+40(FP), CX
	LEAQ (CX*4), DX
	LEAQ (SI)(DX*1), R11 // the partners
	LEAQ (R8)(DX*1), R12
	LEAQ (R9)(DX*1), R13
	VBROADCASTSS steps<>+0(SB), Y12
	VBROADCASTSS steps<>+4(SB), Y13
	VBROADCASTSS steps<>+8(SB), Y14
	VBROADCASTSS steps<>+12(SB), Y15
	XORQ AX, AX

numbers:
	VCVTDQ2PS (R11)(AX*1), Y1
	VMULPS (R12)(AX*1), Y1, Y1
	VADDPS (R13)(AX*1), Y1, Y1
	VMULPS Y12, Y1, Y1
	VADDPS Y13, Y1, Y1
	VMAXPS Y14, Y1, Y1
	VMINPS Y15, Y1, Y1
	VCVTTPS2DQ Y1, Y1
	VPCMPEQD Y2, Y2, Y2
	VGATHERDPS Y2, (R10)(Y1*4), Y3
	VCVTDQ2PS (SI)(AX*1), Y0
	VMULPS (R8)(AX*1), Y0, Y0
	VADDPS (R9)(AX*1), Y0, Y0
	VMULPS Y3, Y0, Y0
	VADDPS (DI)(AX*1), Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, DX
	JLT numbers
	VZEROUPPER
	RET
