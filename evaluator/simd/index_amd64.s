//go:build !purego

#include "textflag.h"

// The characters of escapes, found by two tables: a byte is one of them if what its
// low four bits select in lowHalf and its high four bits in highHalf have a bit in
// common. Bit 0 is for row 2 of ASCII (the quote), bit 1 for row 5 (the backslash),
// bit 2 for row 6 (b, f, n), bit 3 for row 7 (r, t). Of bytes with the highest bit,
// VPSHUFB selects 0.
DATA lowHalf<>+0(SB)/8, $0x00040008000d0000
DATA lowHalf<>+8(SB)/8, $0x0004000200000000
GLOBL lowHalf<>(SB), RODATA|NOPTR, $16

DATA highHalf<>+0(SB)/8, $0x0804020000010000
DATA highHalf<>+8(SB)/8, $0
GLOBL highHalf<>(SB), RODATA|NOPTR, $16

#define QUOTE Y8
#define SLANT Y9
#define LAST Y10    // the last control character
#define LOWS Y11
#define HIGHS Y12
#define NIBBLE Y13
#define CONTROL Y14 // 0xff where there was a control character
#define ZERO Y15

// MASKS makes a bit in to for every byte of two registers, of which it is the highest.
#define MASKS(a, b, to, temp) \
	VPMOVMSKB a, to   \
	VPMOVMSKB b, temp \
	SHLQ      $32, temp \
	ORQ       temp, to

// SIMPLE leaves 0 in the bytes of out where in has a character of an escape, and 0xff
// elsewhere.
#define SIMPLE(in, out, temp) \
	VPSHUFB  in, LOWS, out \
	VPSRLW   $4, in, temp \
	VPAND    NIBBLE, temp, temp \
	VPSHUFB  temp, HIGHS, temp \
	VPAND    temp, out, out \
	VPCMPEQB ZERO, out, out

// func index(blocks *Block, text *byte, size int) (findings uint64)
//
// DI is the block to write, SI the text to read, DX what is left of it. CX is 0, and
// for the last bytes by how much masks are shifted. BX is 1 if the first byte of the
// block is escaped, R12 gathers the bits of high bytes, R15 the odd characters.
TEXT ·index(SB), NOSPLIT, $0-32
	MOVQ blocks+0(FP), DI
	MOVQ text+8(FP), SI
	MOVQ size+16(FP), DX

	MOVL         $0x22222222, AX
	VMOVD        AX, X8
	VPBROADCASTD X8, QUOTE
	MOVL         $0x5c5c5c5c, AX
	VMOVD        AX, X9
	VPBROADCASTD X9, SLANT
	MOVL         $0x1f1f1f1f, AX
	VMOVD        AX, X10
	VPBROADCASTD X10, LAST
	MOVL         $0x0f0f0f0f, AX
	VMOVD        AX, X13
	VPBROADCASTD X13, NIBBLE
	VBROADCASTI128 lowHalf<>(SB), LOWS
	VBROADCASTI128 highHalf<>(SB), HIGHS
	VPXOR        ZERO, ZERO, ZERO
	VPXOR        CONTROL, CONTROL, CONTROL
	XORL         CX, CX
	XORL         BX, BX
	XORL         R12, R12
	XORL         R15, R15
	MOVQ         $0xaaaaaaaaaaaaaaaa, R13

next:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1

	// R8 quotes, R9 backslashes, R10 high bytes.
	VPCMPEQB Y0, QUOTE, Y2
	VPCMPEQB Y1, QUOTE, Y3
	MASKS(Y2, Y3, R8, AX)
	VPCMPEQB Y0, SLANT, Y2
	VPCMPEQB Y1, SLANT, Y3
	MASKS(Y2, Y3, R9, AX)
	MASKS(Y0, Y1, R10, AX)

	// A byte is a control character if it is the lesser of itself and the last one.
	VPMINUB  Y0, LAST, Y2
	VPMINUB  Y1, LAST, Y3
	VPCMPEQB Y0, Y2, Y2
	VPCMPEQB Y1, Y3, Y3
	VPOR     Y2, CONTROL, CONTROL
	VPOR     Y3, CONTROL, CONTROL

	SHRXQ CX, R8, R8
	SHRXQ CX, R9, R9
	SHRXQ CX, R10, R10
	ORQ   R10, R12
	MOVQ  R10, 24(DI)

	XORL AX, AX
	MOVQ R9, R11
	ORQ  BX, R11
	JZ   write

	// Which characters are escaped. Backslashes that are not escaped themselves, in a
	// row, are told apart by where the row starts: the subtraction carries through the
	// row, and leaves alternating bits in step with its start.
	MOVQ BX, AX
	NOTQ AX
	ANDQ R9, AX        // backslashes that may escape
	LEAQ (AX)(AX*1), BX
	ORQ  R13, BX
	SUBQ AX, BX
	XORQ R13, BX       // those that do, and the character behind the row if it is escaped
	MOVQ BX, AX
	XORQ R11, AX       // characters that are escaped
	ANDQ R9, BX
	SHRQ $63, BX       // of the next block, the first

	MOVQ AX, R11
	NOTQ R11
	ANDQ R11, R8

	SIMPLE(Y0, Y2, Y3)
	SIMPLE(Y1, Y4, Y3)
	MASKS(Y2, Y4, R10, R11)
	SHRXQ CX, R10, R10
	ANDQ  R10, AX
	ORQ   AX, R15

write:
	ORQ  R8, R9
	MOVQ R9, (DI)
	MOVQ R8, 8(DI)
	MOVQ AX, 16(DI)
	ADDQ $32, DI
	ADDQ $64, SI
	SUBQ $64, DX
	CMPQ DX, $64
	JGE  next

	// The last bytes are read together with those before them.
	TESTQ DX, DX
	JLE   done
	MOVQ  $64, CX
	SUBQ  DX, CX
	SUBQ  CX, SI
	MOVQ  $64, DX
	JMP   next

done:
	XORL     AX, AX
	VPMOVMSKB CONTROL, BX
	TESTL    BX, BX
	SETNE    AX
	XORL     BX, BX
	TESTQ    R12, R12
	SETNE    BX
	LEAQ     (AX)(BX*2), AX
	XORL     BX, BX
	TESTQ    R15, R15
	SETNE    BX
	LEAQ     (AX)(BX*4), AX
	MOVQ     AX, findings+24(FP)
	VZEROUPPER
	RET
