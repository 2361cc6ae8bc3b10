//go:build !long

package checks_test

// oneIn says of how many public rules one is taken where each costs a while: all
// of them take minutes, see long_test.go.
const oneIn = 7
