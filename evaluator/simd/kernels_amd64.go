//go:build !purego

package simd

import "crypto/sha256"

// index is Index for a text of 64 bytes or more.
//
//go:noescape
func index(blocks *Block, text *byte, size int) (findings uint64)

// probe is Grams.Probe, of a text of 32 bytes or more and from a run in it on.
//
//go:noescape
func probe(grams *Grams, text *byte, size, from int) (at int)

// runs is Runs.Marks.
//
//go:noescape
func runs(r *Runs, text *[MarksSize]byte) (marks uint64)

// upper is Upper; it returns bits of bytes that are not ASCII.
//
//go:noescape
func upper(dst, text *byte, size int) (high uint64)

// sum goes on with a state by blocks of a text, one or more.
//
//go:noescape
func sum(state *[sha256.Size]byte, text *byte, blocks int)

// sumTwo is sum of two texts.
//
//go:noescape
func sumTwo(states *[2][sha256.Size]byte, one, other *byte, blocks int)

// digits is Hex.
//
//go:noescape
func digits(dst *[2 * HexSize]byte, data *[HexSize]byte)
