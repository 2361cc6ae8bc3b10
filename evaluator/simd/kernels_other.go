//go:build !amd64 || purego

package simd

import "crypto/sha256"

const available, sums = false, false

func index(*Block, *byte, int) uint64 { return uint64(Blind) }

func probe(*Grams, *byte, int, int) int { return 0 }

func runs(*Runs, *[MarksSize]byte) uint64 { return 0 }

func upper(_, _ *byte, _ int) uint64 { return 0 }

func sum(*[sha256.Size]byte, *byte, int) {}

func sumTwo(*[2][sha256.Size]byte, *byte, *byte, int) {}

func digits(*[2 * HexSize]byte, *[HexSize]byte) {}
