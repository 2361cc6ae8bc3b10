package simd

import "encoding/hex"

// HexSize is how many bytes Hex writes down at once: those of a sum of SHA-256.
const HexSize = 32

// Hex writes bytes in hexadecimal digits, in lower case.
func Hex(dst *[2 * HexSize]byte, data *[HexSize]byte) {
	if available {
		digits(dst, data)
		return
	}
	hex.Encode(dst[:], data[:])
}
