//go:build long

package record

const sizedFiles = 0 // all
