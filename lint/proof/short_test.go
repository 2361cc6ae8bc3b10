//go:build !long

package proof

// clones is how many rules that are alike are compared.
const clones = 3_000
