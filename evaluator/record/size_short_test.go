//go:build !long

package record

// sizedFiles is how many recordings TestSize records.
const sizedFiles = 6
