package record

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
)

// readings are, in lower case, what a text says as it stands and what it may say to a reader of some format: the
// line of a log has the values of its fields as JSON, CEF, CSV or XML write them.
func readings(text string) []string {
	all := []string{text}
	if strings.Contains(text, `\`) {
		all = append(all, withoutBackslashes(text))
	}
	if strings.Contains(text, `""`) {
		all = append(all, strings.ReplaceAll(text, `""`, `"`))
	}
	if strings.Contains(text, "&") {
		all = append(all, html.UnescapeString(text))
	}
	for i, reading := range all {
		all[i] = strings.ToLower(reading)
	}
	return all
}

// withoutBackslashes undoes what backslashes escape: \n and its like, \x22 and \u0027, and anything else by itself.
func withoutBackslashes(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		said, size := escape(after)
		b.WriteString(said)
		text = after[size:]
	}
}

// escape returns what stands for a backslash and the text behind it, and how much of that text it takes.
func escape(after string) (said string, size int) {
	if after == "" {
		return "", 0
	}
	switch c := after[0]; c {
	case 'n':
		return "\n", 1
	case 'r':
		return "\r", 1
	case 't':
		return "\t", 1
	case 'x', 'u':
		return codePoint(after)
	}
	return after[:1], 1
}

// codePoint is escape for x22, u0027, and the two halves of a surrogate pair; an x or a u before anything
// else stands for itself.
func codePoint(after string) (said string, size int) {
	r, size, ok := hexDigits(after)
	if !ok {
		return after[:1], 1
	}
	if utf16.IsSurrogate(r) && strings.HasPrefix(after[size:], `\u`) {
		if low, more, ok := hexDigits(after[size+1:]); ok {
			return string(utf16.DecodeRune(r, low)), size + 1 + more
		}
	}
	return string(r), size
}

// hexDigits returns the number of two digits behind an x, or four behind a u.
func hexDigits(text string) (r rune, size int, ok bool) {
	size = 3
	if text[0] == 'u' {
		size = 5
	}
	if len(text) < size {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(text[1:size], 16, 32)
	return rune(n), size, err == nil
}
