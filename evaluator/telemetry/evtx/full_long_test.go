//go:build long

package evtx

// full makes tests take all recordings and mutations instead of a sample.
const full = true
