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
	for at := 1; at < len(text); at++ {
		switch c := text[at]; {
		case c == '\\':
			if at++; at == len(text) || text[at] != '"' && strings.IndexByte(`\bfnrtu`, text[at]) < 0 {
				return "", "", false
			}
		case c == '"':
			read, ok := unquoted(text[:at+1])
			return read, text[at+1:], ok
		case c < ' ':
			return "", "", false
		}
	}
	return "", "", false
}

// unquoted returns what stands in quotes. Layouts are full of quotes that are escaped, and
// have hardly any other escapes.
func unquoted(quoted string) (string, bool) {
	text := quoted[1 : len(quoted)-1]
	at := strings.IndexByte(text, '\\')
	if at < 0 {
		return text, true
	}
	out := make([]byte, 0, len(text))
	for ; at >= 0; at = strings.IndexByte(text, '\\') {
		if c := text[at+1]; c != '"' && c != '\\' {
			read, err := strconv.Unquote(quoted)
			return read, err == nil
		}
		out = append(append(out, text[:at]...), text[at+1])
		text = text[at+2:]
	}
	return alias(append(out, text...)), true
}
