//go:build !purego

#include "textflag.h"

// func probe(grams *Grams, text *byte, size, from int) (at int)
//
// DI is the set, SI the text, CX the offset in it, DX the last offset from which there
// are 32 bytes, R8 the last from which there are four.
TEXT ·probe(SB), NOSPLIT, $0-40
	MOVQ grams+0(FP), DI
	MOVQ text+8(FP), SI
	MOVQ size+16(FP), DX
	MOVQ from+24(FP), CX
	LEAQ -4(DX), R8
	SUBQ $32, DX

	MOVL         $0x20202020, BX
	VMOVD        BX, X8
	VPBROADCASTD X8, Y8
	MOVL         $0x9e3779b1, BX
	VMOVD        BX, X9
	VPBROADCASTD X9, Y9
	MOVL         $31, BX
	VMOVD        BX, X10
	VPBROADCASTD X10, Y10

next:
	CMPQ CX, DX
	JLE  look
	CMPQ CX, R8
	JGT  none
	MOVQ DX, CX

look:
	// The hash of a run is the upper half of a product. Of that, the upper eleven bits
	// select 32 bits of the set.
	VPOR       (SI)(CX*1), Y8, Y0
	VPMULLD    Y9, Y0, Y0
	VPSRLD     $21, Y0, Y1
	VPCMPEQD   Y3, Y3, Y3
	VPXOR      Y4, Y4, Y4
	VPGATHERDD Y3, (DI)(Y1*4), Y4

	// The lower five select one of them, which is moved to the top, and from there into
	// AX, with those of the other runs.
	VPSRLD    $16, Y0, Y2
	VPANDN    Y10, Y2, Y2
	VPSLLVD   Y2, Y4, Y4
	VMOVMSKPS Y4, AX
	TESTL     AX, AX
	JNZ       done
	ADDQ      $32, CX
	JMP       next

none:
	MOVQ size+16(FP), CX

done:
	MOVQ CX, at+32(FP)
	VZEROUPPER
	RET
