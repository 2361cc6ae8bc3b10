//go:build !purego

#include "textflag.h"

// func upper(dst, text *byte, size int) (high uint64)
//
// DI is where to write, SI the text, CX the offset in both, DX the last offset from which
// there are 32 bytes. Y4 gathers the bits of all bytes.
TEXT ·upper(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ text+8(FP), SI
	MOVQ size+16(FP), DX
	SUBQ $32, DX
	XORL CX, CX

	MOVL         $0x1f1f1f1f, AX // makes a the least of all signed bytes,
	VMOVD        AX, X1
	VPBROADCASTD X1, Y1
	MOVL         $0x9a9a9a9a, AX // and this what follows on z
	VMOVD        AX, X2
	VPBROADCASTD X2, Y2
	MOVL         $0x20202020, AX
	VMOVD        AX, X3
	VPBROADCASTD X3, Y3
	VPXOR        Y4, Y4, Y4

next:
	VMOVDQU  (SI)(CX*1), Y0
	VPOR     Y0, Y4, Y4
	VPADDB   Y0, Y1, Y5
	VPCMPGTB Y5, Y2, Y5
	VPAND    Y5, Y3, Y5
	VPXOR    Y5, Y0, Y0
	VMOVDQU  Y0, (DI)(CX*1)
	CMPQ     CX, DX
	JGE      done
	ADDQ     $32, CX
	CMPQ     CX, DX
	JLE      next

	// The last bytes are read together with those before them.
	MOVQ DX, CX
	JMP  next

done:
	VPMOVMSKB Y4, AX
	MOVQ      AX, high+24(FP)
	VZEROUPPER
	RET
