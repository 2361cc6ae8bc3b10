// Package simd looks at many bytes of a record at once, where the processor can.
//
// Its functions have two forms: one in assembly for processors of the amd64 kind with
// AVX2, or with instructions for SHA-256, which is found out when the program starts, and
// one in Go for all others. The build tag purego leaves out the assembly.
//
// It guarantees:
//
//   - Both forms return the same for every input, or the one in Go says that it does
//     not know, see [Index].
//   - Nothing is read before a text or behind it, not even within the same page, and
//     nothing is kept of it.
//   - Nothing is allocated, but for what a text is padded with, see [Sum256].
package simd
