//go:build long

package proof

const clones = 30_000
