//go:build !amd64 || purego

package simd

const available = false

func index(*Block, *byte, int) uint64 { return uint64(Blind) }

func probe(*Grams, *byte, int, int) int { return 0 }

func runs(*Runs, *[MarksSize]byte) uint64 { return 0 }

func upper(_, _ *byte, _ int) uint64 { return 0 }
