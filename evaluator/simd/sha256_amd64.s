//go:build !purego

#include "textflag.h"

// FOUR goes on by four rounds: w holds their words, k is where their constants stand. The
// half of the state with a, b, e and f is in x, the other in y.
#define FOUR(k, w, x, y) \
	MOVOA       w, X0 \
	PADDD       k(AX), X0 \
	SHA256RNDS2 X0, x, y \
	PSHUFD      $0x0e, X0, X0 \
	SHA256RNDS2 X0, y, x

// WORDS makes of the latest sixteen words the next four, in the place of the first four.
#define WORDS(w0, w1, w2, w3) \
	SHA256MSG1 w1, w0 \
	MOVOA      w3, X7 \
	PALIGNR    $4, w2, X7 \
	PADDD      X7, w0 \
	SHA256MSG2 w3, w0

// GIVEN is FOUR with words of a text, and MADE with words that are made.
#define GIVEN(k, text, w, x, y) \
	MOVOU  k(text), w \
	PSHUFB X8, w \
	FOUR(k, w, x, y)

#define MADE(k, w0, w1, w2, w3, x, y) \
	WORDS(w0, w1, w2, w3) \
	FOUR(k, w0, x, y)

// ENTER and LEAVE read and write a state, as it stands in a sum.
#define ENTER(state, x, y) \
	MOVOU   0(state), X7 \
	MOVOU   16(state), y \
	PSHUFB  X8, X7 \
	PSHUFB  X8, y \
	PSHUFD  $0xb1, X7, X7 \
	PSHUFD  $0x1b, y, y \
	MOVOA   X7, x \
	PALIGNR $8, y, x \
	PBLENDW $0xf0, X7, y

#define LEAVE(state, x, y) \
	PSHUFD  $0x1b, x, x \
	PSHUFD  $0xb1, y, y \
	MOVOA   x, X7 \
	PBLENDW $0xf0, y, x \
	PALIGNR $8, X7, y \
	PSHUFB  X8, x \
	PSHUFB  X8, y \
	MOVOU   x, 0(state) \
	MOVOU   y, 16(state)

// func sum(state *[sha256.Size]byte, text *byte, blocks int)
//
// R8 is the state, SI the text, CX how many blocks are left, AX the constants of rounds.
// X1 and X2 are the state, X3 to X6 the words.
TEXT ·sum(SB), NOSPLIT, $0-24
	MOVQ  state+0(FP), R8
	MOVQ  text+8(FP), SI
	MOVQ  blocks+16(FP), CX
	LEAQ  rounds<>(SB), AX
	MOVOU swap<>(SB), X8
	ENTER(R8, X1, X2)

next:
	MOVOA X1, X9
	MOVOA X2, X10
	GIVEN(0, SI, X3, X1, X2)
	GIVEN(16, SI, X4, X1, X2)
	GIVEN(32, SI, X5, X1, X2)
	GIVEN(48, SI, X6, X1, X2)
	MADE(64, X3, X4, X5, X6, X1, X2)
	MADE(80, X4, X5, X6, X3, X1, X2)
	MADE(96, X5, X6, X3, X4, X1, X2)
	MADE(112, X6, X3, X4, X5, X1, X2)
	MADE(128, X3, X4, X5, X6, X1, X2)
	MADE(144, X4, X5, X6, X3, X1, X2)
	MADE(160, X5, X6, X3, X4, X1, X2)
	MADE(176, X6, X3, X4, X5, X1, X2)
	MADE(192, X3, X4, X5, X6, X1, X2)
	MADE(208, X4, X5, X6, X3, X1, X2)
	MADE(224, X5, X6, X3, X4, X1, X2)
	MADE(240, X6, X3, X4, X5, X1, X2)
	PADDD X9, X1
	PADDD X10, X2
	ADDQ  $64, SI
	DECQ  CX
	JNZ   next
	LEAVE(R8, X1, X2)
	RET

// func sumTwo(states *[2][sha256.Size]byte, one, other *byte, blocks int)
//
// Rounds of one text wait for each other, those of two do not. R8 and R9 are the states, SI
// and DI the texts. X9 and X10 are the state of the other text, X11 to X14 its words.
TEXT ·sumTwo(SB), NOSPLIT, $64-32
	MOVQ  states+0(FP), R8
	LEAQ  32(R8), R9
	MOVQ  one+8(FP), SI
	MOVQ  other+16(FP), DI
	MOVQ  blocks+24(FP), CX
	LEAQ  rounds<>(SB), AX
	MOVOU swap<>(SB), X8
	ENTER(R8, X1, X2)
	ENTER(R9, X9, X10)

next:
	MOVOU X1, before-64(SP)
	MOVOU X2, before-48(SP)
	MOVOU X9, before-32(SP)
	MOVOU X10, before-16(SP)
	GIVEN(0, SI, X3, X1, X2)
	GIVEN(0, DI, X11, X9, X10)
	GIVEN(16, SI, X4, X1, X2)
	GIVEN(16, DI, X12, X9, X10)
	GIVEN(32, SI, X5, X1, X2)
	GIVEN(32, DI, X13, X9, X10)
	GIVEN(48, SI, X6, X1, X2)
	GIVEN(48, DI, X14, X9, X10)
	MADE(64, X3, X4, X5, X6, X1, X2)
	MADE(64, X11, X12, X13, X14, X9, X10)
	MADE(80, X4, X5, X6, X3, X1, X2)
	MADE(80, X12, X13, X14, X11, X9, X10)
	MADE(96, X5, X6, X3, X4, X1, X2)
	MADE(96, X13, X14, X11, X12, X9, X10)
	MADE(112, X6, X3, X4, X5, X1, X2)
	MADE(112, X14, X11, X12, X13, X9, X10)
	MADE(128, X3, X4, X5, X6, X1, X2)
	MADE(128, X11, X12, X13, X14, X9, X10)
	MADE(144, X4, X5, X6, X3, X1, X2)
	MADE(144, X12, X13, X14, X11, X9, X10)
	MADE(160, X5, X6, X3, X4, X1, X2)
	MADE(160, X13, X14, X11, X12, X9, X10)
	MADE(176, X6, X3, X4, X5, X1, X2)
	MADE(176, X14, X11, X12, X13, X9, X10)
	MADE(192, X3, X4, X5, X6, X1, X2)
	MADE(192, X11, X12, X13, X14, X9, X10)
	MADE(208, X4, X5, X6, X3, X1, X2)
	MADE(208, X12, X13, X14, X11, X9, X10)
	MADE(224, X5, X6, X3, X4, X1, X2)
	MADE(224, X13, X14, X11, X12, X9, X10)
	MADE(240, X6, X3, X4, X5, X1, X2)
	MADE(240, X14, X11, X12, X13, X9, X10)
	MOVOU before-64(SP), X3
	MOVOU before-48(SP), X4
	MOVOU before-32(SP), X5
	MOVOU before-16(SP), X6
	PADDD X3, X1
	PADDD X4, X2
	PADDD X5, X9
	PADDD X6, X10
	ADDQ  $64, SI
	ADDQ  $64, DI
	DECQ  CX
	JNZ   next
	LEAVE(R8, X1, X2)
	LEAVE(R9, X9, X10)
	RET

// swap brings the bytes of words in order.
DATA swap<>+0(SB)/8, $0x0405060700010203
DATA swap<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL swap<>(SB), RODATA|NOPTR, $16

DATA rounds<>+0(SB)/8, $0x71374491428a2f98
DATA rounds<>+8(SB)/8, $0xe9b5dba5b5c0fbcf
DATA rounds<>+16(SB)/8, $0x59f111f13956c25b
DATA rounds<>+24(SB)/8, $0xab1c5ed5923f82a4
DATA rounds<>+32(SB)/8, $0x12835b01d807aa98
DATA rounds<>+40(SB)/8, $0x550c7dc3243185be
DATA rounds<>+48(SB)/8, $0x80deb1fe72be5d74
DATA rounds<>+56(SB)/8, $0xc19bf1749bdc06a7
DATA rounds<>+64(SB)/8, $0xefbe4786e49b69c1
DATA rounds<>+72(SB)/8, $0x240ca1cc0fc19dc6
DATA rounds<>+80(SB)/8, $0x4a7484aa2de92c6f
DATA rounds<>+88(SB)/8, $0x76f988da5cb0a9dc
DATA rounds<>+96(SB)/8, $0xa831c66d983e5152
DATA rounds<>+104(SB)/8, $0xbf597fc7b00327c8
DATA rounds<>+112(SB)/8, $0xd5a79147c6e00bf3
DATA rounds<>+120(SB)/8, $0x1429296706ca6351
DATA rounds<>+128(SB)/8, $0x2e1b213827b70a85
DATA rounds<>+136(SB)/8, $0x53380d134d2c6dfc
DATA rounds<>+144(SB)/8, $0x766a0abb650a7354
DATA rounds<>+152(SB)/8, $0x92722c8581c2c92e
DATA rounds<>+160(SB)/8, $0xa81a664ba2bfe8a1
DATA rounds<>+168(SB)/8, $0xc76c51a3c24b8b70
DATA rounds<>+176(SB)/8, $0xd6990624d192e819
DATA rounds<>+184(SB)/8, $0x106aa070f40e3585
DATA rounds<>+192(SB)/8, $0x1e376c0819a4c116
DATA rounds<>+200(SB)/8, $0x34b0bcb52748774c
DATA rounds<>+208(SB)/8, $0x4ed8aa4a391c0cb3
DATA rounds<>+216(SB)/8, $0x682e6ff35b9cca4f
DATA rounds<>+224(SB)/8, $0x78a5636f748f82ee
DATA rounds<>+232(SB)/8, $0x8cc7020884c87814
DATA rounds<>+240(SB)/8, $0xa4506ceb90befffa
DATA rounds<>+248(SB)/8, $0xc67178f2bef9a3f7
GLOBL rounds<>(SB), RODATA|NOPTR, $256
