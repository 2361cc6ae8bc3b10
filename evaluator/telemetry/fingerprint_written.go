package telemetry

import (
	"unicode/utf8"
	"unsafe"
)

// The functions of this file make the canonical form of scalars out of what is written in
// JSON, in one pass and without reading it, where that is the same as what
// appendCanonical makes of them: nearly everywhere.

// appendWrittenText appends the canonical form of the text of a string that stands in
// JSON, false if it is to be found out by way of its value.
func appendWrittenText(dst []byte, name string, raw []byte, escaped bool) ([]byte, bool) {
	if len(raw) == 0 || !inked(raw[0]) || !inked(raw[len(raw)-1]) || name == "Binary" {
		return dst, false
	}
	if escaped {
		if !sameEscapes(raw) || !utf8.Valid(raw) {
			return dst, false
		}
		return appendBetweenQuotes(dst, raw), true
	}
	text := unsafe.String(unsafe.SliceData(raw), len(raw))
	switch {
	case isGUID(text):
		if raw[0] == '{' {
			raw = raw[1 : len(raw)-1]
		}
		return appendLower(dst, raw), true
	case isHex(text):
		return appendLower(dst, raw), true
	case looksISO(text):
		return appendWrittenTime(dst, text)
	}
	return appendBetweenQuotes(dst, raw), true
}

// appendWrittenNumber is appendWrittenText for a number.
func appendWrittenNumber(dst []byte, name string, raw []byte) ([]byte, bool) {
	const few = 16 // digits, which no time has
	if len(raw) > few || name == "TimeCreated_SystemTime" || name == "Binary" {
		return dst, false
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			return dst, false
		}
	}
	return appendBetweenQuotes(dst, raw), true
}

// inked reports whether a character is no space, whatever stands beside it.
func inked(c byte) bool { return c > ' ' && c < utf8.RuneSelf }

// sameEscapes reports whether all escapes of a string are those with which it would be
// written again, and whether no space at its ends, nor a carriage return, is among them.
func sameEscapes(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		switch raw[i+1] {
		case '"', '\\':
		case 'n', 't':
			if i == 0 || i+2 == len(raw) {
				return false
			}
		default:
			return false
		}
		i++
	}
	return true
}

func appendBetweenQuotes(dst, text []byte) []byte {
	return append(append(append(dst, '"'), text...), '"')
}

// appendLower appends ASCII in lower case, between quotes.
func appendLower(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// appendWrittenTime appends the canonical form of a time in UTC, false for a text that
// needs to be read with more care.
func appendWrittenTime(dst []byte, text string) ([]byte, bool) {
	w, ok := writtenISO(text)
	if !ok || w.year == 0 {
		return dst, false
	}
	dst = append(append(append(dst, '"'), text[:10]...), 'T')
	dst = append(append(dst, text[11:19]...), '.')
	const millis = 3
	fraction := w.fraction[:min(len(w.fraction), millis)]
	dst = append(append(dst, fraction...), "000"[len(fraction):]...)
	return append(dst, `Z"`...), true
}
