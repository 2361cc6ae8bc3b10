package lanes

import (
	"strconv"
	"unicode/utf8"
)

// record is one line of NDJSON under construction, its members in the order
// written.
type record struct{ line []byte }

func (r *record) begin() { r.line = append(r.line[:0], '{') }

// end completes the line and returns it; it is valid until begin.
func (r *record) end() []byte {
	r.line = append(r.line, '}', '\n')
	return r.line
}

func (r *record) name(name string) {
	if len(r.line) > 1 {
		r.line = append(r.line, ',')
	}
	r.line = append(appendText(r.line, name), ':')
}

func (r *record) text(name, value string) {
	r.name(name)
	r.line = appendText(r.line, value)
}

func (r *record) number(name string, value int) {
	r.name(name)
	r.line = strconv.AppendInt(r.line, int64(value), 10)
}

func (r *record) list(name string, values ...string) {
	r.name(name)
	r.line = append(r.line, '[')
	for i, v := range values {
		if i > 0 {
			r.line = append(r.line, ',')
		}
		r.line = appendText(r.line, v)
	}
	r.line = append(r.line, ']')
}

// appendText appends a JSON string.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', byte(c))
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			dst = utf8.AppendRune(dst, c)
		}
	}
	return append(dst, '"')
}
