package textlog

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescapeAccess resolves \" and \\ as Apache writes quotes and backslashes, and \x22
// and the like, as nginx writes them. What is no text stays as it is written:
// control characters, and bytes that make no UTF-8.
func unescapeAccess(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		size := 1
		switch {
		case strings.HasPrefix(s[i:], `\"`), strings.HasPrefix(s[i:], `\\`):
			b.WriteByte(s[i+1])
			size = 2
		default:
			character := escapedCharacter(s[i:])
			if character == "" {
				b.WriteByte(s[i])
				break
			}
			b.WriteString(character)
			size = len(`\x22`) * len(character)
		}
		i += size
	}
	return b.String()
}

// escapedCharacter returns the character that s starts with as \xHH, or as several of
// them; "" if it starts with none that can be printed.
func escapedCharacter(s string) string {
	var bytes [utf8.UTFMax]byte
	n := 0
	for n < len(bytes) && len(s) >= 4 && s[:2] == `\x` && !utf8.FullRune(bytes[:n]) {
		c, err := strconv.ParseUint(s[2:4], 16, 8)
		if err != nil {
			break
		}
		bytes[n] = byte(c)
		n++
		s = s[4:]
	}
	r, size := utf8.DecodeRune(bytes[:n])
	if size != n || r == utf8.RuneError || !strconv.IsPrint(r) {
		return ""
	}
	return string(bytes[:n])
}
