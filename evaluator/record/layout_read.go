package record

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// readPlain reads a layout in the form in which this package writes it, which is most of
// what reading layouts takes where there are many; false if it is in another form, or
// holds what JSON and Go write differently.
func (l *layoutIn) readPlain(text string) bool {
	rest, ok := strings.CutPrefix(text, `{"skeleton":`)
	if !ok || !utf8.ValidString(text) {
		return false
	}
	if l.Skeleton, rest, ok = plainText(rest); !ok {
		return false
	}
	if rest == "}" {
		return true
	}
	if rest, ok = strings.CutPrefix(rest, `,"columns":[`); !ok {
		return false
	}
	l.Columns = make([]string, 0, strings.Count(rest, ",")+1)
	for {
		var name string
		if name, rest, ok = plainText(rest); !ok {
			return false
		}
		l.Columns = append(l.Columns, name)
		switch {
		case rest == "]}":
			return true
		case !strings.HasPrefix(rest, ","):
			return false
		}
		rest = rest[1:]
	}
}

// plainText reads a text in quotes, and returns what is behind it.
func plainText(text string) (read, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", "", false
	}
	escapes, others := 0, false
	for at := 1; at < len(text); at++ {
		switch c := text[at]; {
		case c == '\\':
			if at++; at == len(text) {
				return "", "", false
			}
			escapes++
			if c := text[at]; c != '"' && c != '\\' {
				if others = true; strings.IndexByte("bfnrtu", c) < 0 {
					return "", "", false
				}
			}
		case c == '"' && others:
			read, err := strconv.Unquote(text[:at+1])
			return read, text[at+1:], err == nil
		case c == '"':
			return withoutEscapes(text[1:at], escapes), text[at+1:], true
		case c < ' ':
			return "", "", false
		}
	}
	return "", "", false
}

// withoutEscapes leaves out so many backslashes, each of which is before a quote or another
// one. Layouts are full of them, and have hardly any other escapes.
func withoutEscapes(text string, escapes int) string {
	if escapes == 0 {
		return text
	}
	out := make([]byte, 0, len(text)-escapes)
	for at := 0; at < len(text); at++ {
		if text[at] == '\\' {
			at++
		}
		out = append(out, text[at])
	}
	return alias(out)
}
