//go:build !long

package telemetry

// full makes tests take all of their cases instead of a sample.
const full = false
