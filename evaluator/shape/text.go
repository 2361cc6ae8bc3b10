package shape

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendText appends the text of a leaf of data to dst. Of a string it is what
// the escapes stand for; every byte that is no UTF-8, and every surrogate
// without its partner, becomes U+FFFD. Of any other leaf it is what is written.
func AppendText(dst []byte, data []byte, l Leaf) []byte {
	return AppendStart(dst, data, l, math.MaxInt)
}

// AppendStart appends what AppendText does, or not much more than the first most
// bytes of it.
func AppendStart(dst []byte, data []byte, l Leaf, most int) []byte {
	written := data[l.Start:l.End]
	if !l.Escaped {
		return append(dst, written[:min(len(written), most)]...)
	}
	// A byte that is no UTF-8 becomes three.
	for end := len(dst) + min(most, 3*len(written)+1); ; {
		if len(dst) >= end {
			return dst
		}
		slant := bytes.IndexByte(written, '\\')
		if slant < 0 {
			slant = len(written)
		}
		if most := end - len(dst) + utf8.UTFMax; slant == len(written) || slant > most {
			return appendValid(dst, written[:min(slant, most)])
		}
		dst = appendValid(dst, written[:slant])
		r, size := unescape(written[slant:])
		dst = utf8.AppendRune(dst, r)
		written = written[slant+size:]
	}
}

// appendValid replaces every byte that is no UTF-8.
func appendValid(dst, b []byte) []byte {
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		dst = utf8.AppendRune(dst, r)
		b = b[size:]
	}
	return dst
}

// unescape returns the rune that b starts with an escape for, and how long the
// escape is. Both halves of a pair of surrogates count as one.
func unescape(b []byte) (r rune, size int) {
	switch c := b[1]; c {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		return rune(c), 2
	}
	r = hex4(b[2:])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(b[8:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(b []byte) rune {
	return unhex(b[0])<<12 | unhex(b[1])<<8 | unhex(b[2])<<4 | unhex(b[3])
}

// follows reports whether some text stands at an offset. Glue is short: comparing it as
// words of eight bytes, of which some overlap, takes less than what compares texts of any
// length.
func follows(data []byte, at int, text string) bool {
	n := len(text)
	if at > len(data)-n {
		return false
	}
	if n < 8 || n > 32 {
		return string(data[at:at+n]) == text
	}
	b := data[at : at+n]
	if binary.LittleEndian.Uint64(b) != word8(text) || binary.LittleEndian.Uint64(b[n-8:]) != word8(text[n-8:]) {
		return false
	}
	return n <= 16 || binary.LittleEndian.Uint64(b[8:]) == word8(text[8:]) && binary.LittleEndian.Uint64(b[n-16:]) == word8(text[n-16:])
}

// word8 returns the first eight bytes of a text.
func word8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
