//go:build !purego

#include "textflag.h"

// PLACE leaves in all those groups that also have, at one place of a run, the halves of
// the 32 bytes of text.
#define PLACE(text, low, high, all) \
	VMOVDQU text, Y12 \
	VPSRLW  $4, Y12, Y13 \
	VPAND   Y12, Y14, Y12 \
	VPAND   Y13, Y14, Y13 \
	VPSHUFB Y12, low, Y12 \
	VPSHUFB Y13, high, Y13 \
	VPAND   Y12, all, all \
	VPAND   Y13, all, all

// MARK clears in to the bit of each of 32 places from an offset on at which a group is
// left, and sets those of the others.
#define MARK(offset, to) \
	VPCMPEQB  Y10, Y10, Y10 \
	PLACE(offset+0(SI), Y0, Y1, Y10) \
	PLACE(offset+1(SI), Y2, Y3, Y10) \
	PLACE(offset+2(SI), Y4, Y5, Y10) \
	PLACE(offset+3(SI), Y6, Y7, Y10) \
	VPCMPEQB  Y10, Y15, Y10 \
	VPMOVMSKB Y10, to

// func runs(r *Runs, text *[MarksSize]byte) (marks uint64)
//
// DI is the set, the tables of which are in Y0 to Y7, SI the text.
TEXT ·runs(SB), NOSPLIT, $0-24
	MOVQ r+0(FP), DI
	MOVQ text+8(FP), SI
	VBROADCASTI128 (DI), Y0
	VBROADCASTI128 64(DI), Y1
	VBROADCASTI128 16(DI), Y2
	VBROADCASTI128 80(DI), Y3
	VBROADCASTI128 32(DI), Y4
	VBROADCASTI128 96(DI), Y5
	VBROADCASTI128 48(DI), Y6
	VBROADCASTI128 112(DI), Y7
	MOVL         $0x0f0f0f0f, AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	VPXOR        Y15, Y15, Y15

	MARK(0, AX)
	MARK(32, BX)
	SHLQ $32, BX
	ORQ  BX, AX
	NOTQ AX
	MOVQ AX, marks+16(FP)
	VZEROUPPER
	RET
