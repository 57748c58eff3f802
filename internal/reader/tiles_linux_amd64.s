#include "textflag.h"

// What a tile is: 16 rows of 64 bytes, for all eight of them.
DATA tileShape<>+0(SB)/8, $1
DATA tileShape<>+8(SB)/8, $0
DATA tileShape<>+16(SB)/8, $0x0040004000400040
DATA tileShape<>+24(SB)/8, $0x0040004000400040
DATA tileShape<>+32(SB)/8, $0
DATA tileShape<>+40(SB)/8, $0
DATA tileShape<>+48(SB)/8, $0x1010101010101010
DATA tileShape<>+56(SB)/8, $0
GLOBL tileShape<>(SB), RODATA|NOPTR, $64

// Go's assembler does not know these instructions.
#define LDTILECFG_AX      BYTE $0xc4; BYTE $0xe2; BYTE $0x78; BYTE $0x49; BYTE $0x00
#define TILERELEASE       BYTE $0xc4; BYTE $0xe2; BYTE $0x78; BYTE $0x49; BYTE $0xc0
#define TILEZERO(c)       BYTE $0xc4; BYTE $0xe2; BYTE $0x7b; BYTE $0x49; BYTE $c
#define LOAD_SI_R9_T4     BYTE $0xc4; BYTE $0xa2; BYTE $0x7b; BYTE $0x4b; BYTE $0x24; BYTE $0x0e
#define LOAD_R8_R9_T5     BYTE $0xc4; BYTE $0x82; BYTE $0x7b; BYTE $0x4b; BYTE $0x2c; BYTE $0x08
#define LOAD_DX_R10_T6    BYTE $0xc4; BYTE $0xa2; BYTE $0x7b; BYTE $0x4b; BYTE $0x34; BYTE $0x12
#define LOAD_R11_R10_T7   BYTE $0xc4; BYTE $0x82; BYTE $0x7b; BYTE $0x4b; BYTE $0x3c; BYTE $0x13
#define TDPBSSD_T4_T6_T0  BYTE $0xc4; BYTE $0xe2; BYTE $0x4b; BYTE $0x5e; BYTE $0xc4
#define TDPBUSD_T5_T6_T1  BYTE $0xc4; BYTE $0xe2; BYTE $0x49; BYTE $0x5e; BYTE $0xcd
#define TDPBSSD_T4_T7_T2  BYTE $0xc4; BYTE $0xe2; BYTE $0x43; BYTE $0x5e; BYTE $0xd4
#define TDPBUSD_T5_T7_T3  BYTE $0xc4; BYTE $0xe2; BYTE $0x41; BYTE $0x5e; BYTE $0xdd
#define STORE_T0_BX_R10   BYTE $0xc4; BYTE $0xa2; BYTE $0x7a; BYTE $0x4b; BYTE $0x04; BYTE $0x13
#define STORE_T1_BX_R10   BYTE $0xc4; BYTE $0xa2; BYTE $0x7a; BYTE $0x4b; BYTE $0x8c; BYTE $0x13; LONG $1024
#define STORE_T2_BX_R10   BYTE $0xc4; BYTE $0xa2; BYTE $0x7a; BYTE $0x4b; BYTE $0x94; BYTE $0x13; LONG $2048
#define STORE_T3_BX_R10   BYTE $0xc4; BYTE $0xa2; BYTE $0x7a; BYTE $0x4b; BYTE $0x9c; BYTE $0x13; LONG $3072

// func multiplyTiles(sums *int32, rows *int16, tiles *int8, scratch *byte, in, padded, out int)
//
// Sixteen rows of in 16-bit numbers times 8-bit weights; in is a multiple of 32, padded of
// 64, out of 16. A number is 256 times its upper byte plus its lower one: two products of
// bytes make one. scratch holds the upper bytes, the lower ones, and four tiles of sums.
TEXT ·multiplyTiles(SB), NOSPLIT, $0-56
	MOVQ rows+8(FP), SI
	MOVQ scratch+24(FP), DI
	MOVQ in+32(FP), R8
	MOVQ padded+40(FP), R9
	MOVQ R9, R11
	SHLQ $4, R11
	ADDQ DI, R11         // lower bytes
	VPXORQ Z2, Z2, Z2
	MOVQ $16, CX

row:
	XORQ BX, BX

split:
	VMOVDQU16 (SI)(BX*2), Z0
	VPSRAW $8, Z0, Z1
	VPMOVWB Z1, (DI)(BX*1)
	VPMOVWB Z0, (R11)(BX*1)
	ADDQ $32, BX
	CMPQ BX, R8
	JLT  split

pad:
	CMPQ BX, R9
	JGE  filled
	VMOVDQU Y2, (DI)(BX*1)
	VMOVDQU Y2, (R11)(BX*1)
	ADDQ $32, BX
	JMP  pad

filled:
	LEAQ (SI)(R8*2), SI
	ADDQ R9, DI
	ADDQ R9, R11
	DECQ CX
	JNZ  row

	MOVQ scratch+24(FP), SI // upper bytes
	MOVQ DI, R8             // lower bytes: behind the upper ones
	MOVQ R11, BX            // sums of tiles: behind those
	MOVQ sums+0(FP), DI
	MOVQ tiles+16(FP), DX
	MOVQ out+48(FP), R13
	MOVQ R13, R12
	SHLQ $2, R12            // bytes of a row of sums
	MOVQ $64, R10
	LEAQ tileShape<>(SB), AX
	LDTILECFG_AX

two:
	CMPQ R13, $32
	JLT  one
	TILEZERO(0xc0)
	TILEZERO(0xc8)
	TILEZERO(0xd0)
	TILEZERO(0xd8)
	MOVQ R9, R11
	SHLQ $4, R11
	ADDQ DX, R11            // the next block's weights
	MOVQ R9, CX

deep2:
	LOAD_SI_R9_T4
	LOAD_DX_R10_T6
	LOAD_R11_R10_T7
	LOAD_R8_R9_T5
	TDPBSSD_T4_T6_T0
	TDPBSSD_T4_T7_T2
	TDPBUSD_T5_T6_T1
	TDPBUSD_T5_T7_T3
	ADDQ $64, SI
	ADDQ $64, R8
	ADDQ $1024, DX
	ADDQ $1024, R11
	SUBQ $64, CX
	JNZ  deep2

	SUBQ R9, SI
	SUBQ R9, R8
	MOVQ R11, DX
	STORE_T0_BX_R10
	STORE_T1_BX_R10
	STORE_T2_BX_R10
	STORE_T3_BX_R10
	XORQ CX, CX
	MOVQ DI, R11

join2:
	VMOVDQU32 (BX)(CX*1), Z0
	VMOVDQU32 2048(BX)(CX*1), Z1
	VPSLLD $8, Z0, Z0
	VPSLLD $8, Z1, Z1
	VPADDD 1024(BX)(CX*1), Z0, Z0
	VPADDD 3072(BX)(CX*1), Z1, Z1
	VMOVDQU32 Z0, (R11)
	VMOVDQU32 Z1, 64(R11)
	ADDQ R12, R11
	ADDQ $64, CX
	CMPQ CX, $1024
	JLT  join2

	ADDQ $128, DI
	SUBQ $32, R13
	JMP  two

one:
	CMPQ R13, $16
	JLT  done
	TILEZERO(0xc0)
	TILEZERO(0xc8)
	MOVQ R9, CX

deep1:
	LOAD_SI_R9_T4
	LOAD_DX_R10_T6
	LOAD_R8_R9_T5
	TDPBSSD_T4_T6_T0
	TDPBUSD_T5_T6_T1
	ADDQ $64, SI
	ADDQ $64, R8
	ADDQ $1024, DX
	SUBQ $64, CX
	JNZ  deep1

	STORE_T0_BX_R10
	STORE_T1_BX_R10
	XORQ CX, CX

join1:
	VMOVDQU32 (BX)(CX*1), Z0
	VPSLLD $8, Z0, Z0
	VPADDD 1024(BX)(CX*1), Z0, Z0
	VMOVDQU32 Z0, (DI)
	ADDQ R12, DI
	ADDQ $64, CX
	CMPQ CX, $1024
	JLT  join1

done:
	TILERELEASE
	VZEROUPPER
	RET
