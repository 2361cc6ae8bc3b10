package shape

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// scalar finds the end of a leaf of a kind: of a string the closing quote, if
// at is behind the opening one.
func scalar(data []byte, at int, kind Kind) (stop int, escaped bool, err error) {
	switch kind {
	case String:
		if stop, escaped = stringEnd(data, at); stop < 0 {
			return 0, false, stringError(data, at)
		}
	case Number:
		var ok bool
		if stop, ok = numberEnd(data, at); !ok {
			return 0, false, unexpected(data, stop, "a digit")
		}
	case Bool:
		if stop = boolEnd(data, at); stop >= 0 {
			return stop, false, nil
		}
		want := "true"
		if data[at] == 'f' {
			want = "false"
		}
		_, err = word(data, at, want)
	}
	return stop, escaped, err
}

// boolEnd returns the end of the true or false at an offset, or -1.
func boolEnd(data []byte, at int) int {
	if at+4 <= len(data) && string(data[at:at+4]) == "true" {
		return at + 4
	}
	if at+5 <= len(data) && string(data[at:at+5]) == "false" {
		return at + 5
	}
	return -1
}

// word reads a literal.
func word(data []byte, at int, want string) (stop int, err error) {
	for i := range len(want) {
		if at+i >= len(data) || data[at+i] != want[i] {
			return 0, unexpected(data, at+i, want)
		}
	}
	return at + len(want), nil
}

// numberEnd returns the end of the number at an offset, or the offset at which
// a digit is missing.
func numberEnd(data []byte, at int) (stop int, ok bool) {
	i := at
	if i < len(data) && data[i] == '-' {
		i++
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else if i, ok = digits(data, i); !ok {
		return i, false
	}
	if i < len(data) && data[i] == '.' {
		if i, ok = digits(data, i+1); !ok {
			return i, false
		}
	}
	if i < len(data) && data[i]|0x20 == 'e' {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if i, ok = digits(data, i); !ok {
			return i, false
		}
	}
	return i, true
}

func digits(data []byte, at int) (stop int, ok bool) {
	i := at
	for i < len(data) && data[i]-'0' <= 9 {
		i++
	}
	return i, i > at
}

const (
	ones   = 0x0101010101010101
	highs  = 0x80 * ones
	quotes = '"' * ones
	slants = '\\' * ones
	spaces = ' ' * ones
)

// stringEnd returns the offset of the quote that closes the string whose text
// starts at an offset, and whether its text is other than what is written. It
// returns -1 if there is none, or before it something that must not be in a
// string.
func stringEnd(data []byte, at int) (stop int, escaped bool) {
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
			return -1, false
		}
		if c := data[mark]; c == '"' {
			escaped = escaped || seen&highs != 0 && !utf8.Valid(data[at:mark])
			return mark, escaped
		} else if c != '\\' {
			return -1, false
		}
		escaped = true
		if i = escapeEnd(data, mark); i < 0 {
			return -1, false
		}
	}
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

// skipSpace returns the offset of the first byte from at on that is no space.
func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t') {
		at++
	}
	return at
}
