//go:build !purego

#include "textflag.h"

// func digits(dst *[2 * HexSize]byte, data *[HexSize]byte)
//
// Of each byte, the upper half comes before the lower one. In Y3 are the digits, twice.
TEXT ·digits(SB), NOSPLIT, $0-16
	MOVQ dst+0(FP), DI
	MOVQ data+8(FP), SI
	MOVL           $0x0f0f0f0f, AX
	VMOVD          AX, X2
	VPBROADCASTD   X2, Y2
	VBROADCASTI128 lower<>(SB), Y3
	VMOVDQU        (SI), Y0
	VPSRLW         $4, Y0, Y1
	VPAND          Y2, Y0, Y0
	VPAND          Y2, Y1, Y1
	VPSHUFB        Y0, Y3, Y0
	VPSHUFB        Y1, Y3, Y1
	VPUNPCKLBW     Y0, Y1, Y4
	VPUNPCKHBW     Y0, Y1, Y5
	VPERM2I128     $0x20, Y5, Y4, Y0
	VPERM2I128     $0x31, Y5, Y4, Y1
	VMOVDQU        Y0, (DI)
	VMOVDQU        Y1, 32(DI)
	VZEROUPPER
	RET

DATA lower<>+0(SB)/8, $"01234567"
DATA lower<>+8(SB)/8, $"89abcdef"
GLOBL lower<>(SB), RODATA|NOPTR, $16
