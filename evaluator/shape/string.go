package shape

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	ones   = 0x0101010101010101
	highs  = 0x80 * ones
	quotes = '"' * ones
	slants = '\\' * ones
	spaces = ' ' * ones

	gather = 0x0002040810204081 // moves the highest bits of all bytes into the highest byte
)

// form says how a string is written.
type form uint8

const (
	written form = 0         // as its text is
	escaped form = 1 << iota // see Leaf.Escaped
	spelled                  // see Leaf.Spelled
)

// stringEnd returns the offset of the quote that closes the string whose text
// starts at an offset, and how it is written. It returns -1 if there is none, or
// before it something that must not be in a string.
func stringEnd(data []byte, at int) (stop int, as form) {
	var seen uint64
	i := at
	for {
		var mark int // of a quote, a backslash or a control character
		if i+8 <= len(data) {
			w := binary.LittleEndian.Uint64(data[i:])
			// Only the lowest byte marked is sure to be one of them.
			marks := (((w ^ quotes) - ones) | ((w ^ slants) - ones) | (w - spaces)) &^ w & highs
			if marks == 0 {
				seen |= w
				i += 8
				continue
			}
			seen |= w & ((marks&-marks)>>7 - 1)
			mark = i + bits.TrailingZeros64(marks)>>3
		} else if mark = slowMark(data, i, &seen); mark == len(data) {
			return -1, written
		}
		if c := data[mark]; c == '"' {
			if as == written && seen&highs != 0 && !utf8.Valid(data[at:mark]) {
				as = escaped
			}
			return mark, as
		} else if c != '\\' {
			return -1, written
		}
		as |= escaped
		if i = escapeEnd(data, mark); i < 0 {
			return -1, written
		}
		if c := data[mark+1]; c == 'u' || c == '/' {
			as |= spelled
		}
		if i+blockSize <= len(data) {
			if i, mark = blocks(data, i); i < 0 {
				return mark, as
			}
		}
	}
}

const blockSize = 64

// blocks reads on in a string with escapes, which often come in numbers. It
// returns -1 and the end of the string, or where there are no more blocks to
// read it in, or something in them that may be an error.
func blocks(data []byte, i int) (next, stop int) {
	for i+blockSize <= len(data) {
		marks, odd := blockMarks((*[blockSize]byte)(data[i:]))
		if odd {
			return i, 0
		}
		base := i
		for i += blockSize; marks != 0; {
			n := bits.TrailingZeros64(marks)
			at := base + n
			if data[at] == '"' {
				return -1, at
			}
			if at+1 >= len(data) || !short[data[at+1]] {
				return at, 0
			}
			marks &^= 3 << n
			if n == blockSize-1 {
				i++
			}
		}
	}
	return i, 0
}

// short tells the letters of escapes of two characters, but the solidus.
var short = [256]bool{'"': true, '\\': true, 'b': true, 'f': true, 'n': true, 'r': true, 't': true}

// blockMarks returns a bit for each quote and each backslash in a block, and
// whether there are control characters in it.
func blockMarks(b *[blockSize]byte) (marks uint64, odd bool) {
	m0, c0 := wordMarks(binary.LittleEndian.Uint64(b[0:]))
	m1, c1 := wordMarks(binary.LittleEndian.Uint64(b[8:]))
	m2, c2 := wordMarks(binary.LittleEndian.Uint64(b[16:]))
	m3, c3 := wordMarks(binary.LittleEndian.Uint64(b[24:]))
	m4, c4 := wordMarks(binary.LittleEndian.Uint64(b[32:]))
	m5, c5 := wordMarks(binary.LittleEndian.Uint64(b[40:]))
	m6, c6 := wordMarks(binary.LittleEndian.Uint64(b[48:]))
	m7, c7 := wordMarks(binary.LittleEndian.Uint64(b[56:]))
	marks = m0 | m1<<8 | m2<<16 | m3<<24 | m4<<32 | m5<<40 | m6<<48 | m7<<56
	return marks, (c0|c1|c2|c3|c4|c5|c6|c7)&highs != 0
}

// wordMarks returns a bit for each quote and each backslash in a word. A
// highest bit of control is set if there are control characters in it.
func wordMarks(w uint64) (marks, control uint64) {
	const lows = ^uint64(highs)
	quote, slant := w^quotes, w^slants
	other := (quote&lows + lows | quote) & (slant&lows + lows | slant)
	return (^other & highs) * gather >> 56, (w - spaces) &^ w
}

// slowMark looks for a mark in the last bytes of data.
func slowMark(data []byte, i int, seen *uint64) int {
	for ; i < len(data); i++ {
		c := data[i]
		if c == '"' || c == '\\' || c < ' ' {
			break
		}
		*seen |= uint64(c)
	}
	return i
}

// escapeEnd returns the offset behind the escape that starts with the
// backslash at an offset, or -1.
func escapeEnd(data []byte, at int) int {
	if at+1 >= len(data) {
		return -1
	}
	switch data[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2
	case 'u':
		if at+6 > len(data) {
			return -1
		}
		for _, c := range data[at+2 : at+6] {
			if unhex(c) < 0 {
				return -1
			}
		}
		return at + 6
	}
	return -1
}

func unhex(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// stringError says what is wrong with the string whose text starts at an
// offset and for which stringEnd found no end.
func stringError(data []byte, at int) error {
	var seen uint64
	for {
		at = slowMark(data, at, &seen)
		switch {
		case at == len(data):
			return unexpected(data, at, "")
		case data[at] != '\\':
			return &SyntaxError{at, "unexpected " + describe(data[at:]) + " in a string; write it as an escape"}
		}
		next := escapeEnd(data, at)
		if next < 0 {
			return escapeError(data, at+1)
		}
		at = next
	}
}

func escapeError(data []byte, at int) error {
	if at < len(data) && data[at] != 'u' {
		return &SyntaxError{at, "unknown escape \\" + describe(data[at:])}
	}
	for at++; at < len(data); at++ {
		if unhex(data[at]) < 0 {
			return &SyntaxError{at, "unexpected " + describe(data[at:]) + " in a \\u escape, want four hex digits"}
		}
	}
	return unexpected(data, at, "")
}
