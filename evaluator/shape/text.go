package shape

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
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
	if len(written) <= most {
		from := len(dst)
		dst, written = appendPlain(dst, written)
		most -= len(dst) - from
	}
	return appendEscaped(dst, written, most)
}

// appendPlain is appendEscaped of all that is written up to the first byte that is no UTF-8,
// and returns the rest. Short runs between escapes, as paths have them, are taken eight bytes
// at a time.
func appendPlain(dst, written []byte) (longer, rest []byte) {
	from := len(dst)
	dst = slices.Grow(dst, len(written)+8)
	out := dst[from : from+len(written)+8] // nothing takes more than what it is written as
	at, to := 0, 0
	for at < len(written) {
		if at+8 <= len(written) {
			w := binary.LittleEndian.Uint64(written[at:])
			binary.LittleEndian.PutUint64(out[to:], w)
			x := w ^ slants
			special := ((x-ones)&^x | w) & highs
			n := bits.TrailingZeros64(special) / 8
			at, to = at+n, to+n
			if special == 0 {
				continue
			}
		}
		switch c := written[at]; {
		case c == '\\' && shortEscapes[written[at+1]] != 0:
			out[to] = shortEscapes[written[at+1]]
			at, to = at+2, to+1
		case c == '\\':
			r, size := unescape(written[at:])
			to += utf8.EncodeRune(out[to:], r)
			at += size
		case c < utf8.RuneSelf:
			out[to] = c
			at, to = at+1, to+1
		default:
			r, size := utf8.DecodeRune(written[at:])
			if r == utf8.RuneError && size == 1 {
				return dst[:from+to], written[at:]
			}
			to += copy(out[to:], written[at:at+size])
			at += size
		}
	}
	return dst[:from+to], nil
}

// shortEscapes is what escapes of two characters stand for, by the second; 0 for others.
var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// appendEscaped appends what is written, or not much more than the first most bytes of it.
func appendEscaped(dst, written []byte, most int) []byte {
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
