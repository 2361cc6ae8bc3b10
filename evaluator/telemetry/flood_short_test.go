//go:build !long

package telemetry_test

// How much of a flood a stream is given, and how large the largest value is.
const (
	floodRecords = 25_000
	largeValue   = 5 << 20
)
