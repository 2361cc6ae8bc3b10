package simd

import "unsafe"

// UpperSize is how many bytes a text must have at least for Upper.
const UpperSize = 32

// Upper copies a text of UpperSize bytes or more to the start of dst, which must have room
// for it, with capitals for a to z. It reports whether the text is ASCII; if it is not,
// that may have been done to a part of it only.
func Upper(dst []byte, text string) (ascii bool) {
	dst = dst[:len(text)]
	_ = text[UpperSize-1]
	if available {
		return upper(&dst[0], unsafe.StringData(text), len(text)) == 0
	}
	high := byte(0)
	for i := range len(text) {
		c := text[i]
		high |= c
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst[i] = c
	}
	return high < 0x80
}
