package telemetry

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads the string that starts at the quote at. The bytes returned are
// valid until the next call.
func (d *jsonDecoder) str(at int) (text []byte, end int, err error) {
	start := at + 1
	i, ascii := plainRun(d.data, start)
	if i < len(d.data) && d.data[i] == '"' && (ascii || d.skim || utf8.Valid(d.data[start:i])) {
		return d.data[start:i], i + 1, nil
	}
	d.text = d.text[:0]
	for {
		if d.skim {
			d.text = d.text[:0]
		} else {
			d.text = appendValid(d.text, d.data[start:i])
		}
		switch {
		case i >= len(d.data):
			_, _, err = d.short()
			return nil, 0, err
		case d.data[i] == '"':
			return d.text, i + 1, nil
		case d.data[i] < 0x20:
			return nil, 0, &syntaxError{i, "unexpected " + describe(d.data[i:]) + " in a string; write it as an escape"}
		}
		if i, err = d.escape(i + 1); err != nil {
			return nil, 0, err
		}
		start = i
		i, _ = plainRun(d.data, start)
	}
}

// escape appends what the escape sequence behind a backslash stands for.
func (d *jsonDecoder) escape(i int) (end int, err error) {
	if i >= len(d.data) {
		_, _, err = d.short()
		return 0, err
	}
	switch c := d.data[i]; c {
	case '"', '\\', '/':
		d.text = append(d.text, c)
	case 'b':
		d.text = append(d.text, '\b')
	case 'f':
		d.text = append(d.text, '\f')
	case 'n':
		d.text = append(d.text, '\n')
	case 'r':
		d.text = append(d.text, '\r')
	case 't':
		d.text = append(d.text, '\t')
	case 'u':
		return d.unicode(i + 1)
	default:
		return 0, &syntaxError{i, "unknown escape \\" + describe(d.data[i:])}
	}
	return i + 1, nil
}

func (d *jsonDecoder) unicode(i int) (end int, err error) {
	r, err := d.hex4(i)
	if err != nil {
		return 0, err
	}
	i += 4
	if utf16.IsSurrogate(r) {
		// A surrogate is paired only with an escape right behind it, so that
		// one has to be at hand too.
		if i+6 > len(d.data) && !d.final {
			return 0, errShort
		}
		low := rune(0)
		if i+6 <= len(d.data) && d.data[i] == '\\' && d.data[i+1] == 'u' {
			if low, err = d.hex4(i + 2); err != nil {
				return 0, err
			}
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			i += 6
		}
	}
	d.text = utf8.AppendRune(d.text, r)
	return i, nil
}

func (d *jsonDecoder) hex4(i int) (rune, error) {
	var r rune
	for n := range 4 {
		if i+n >= len(d.data) {
			_, _, err := d.short()
			return 0, err
		}
		digit := unhex(d.data[i+n])
		if digit < 0 {
			return 0, &syntaxError{i + n, "unexpected " + describe(d.data[i+n:]) + " in a \\u escape, want four hex digits"}
		}
		r = r<<4 | digit
	}
	return r, nil
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

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainRun finds the first byte from i on that ends a run of plain string
// content: a quote, a backslash or a control character.
func plainRun(data []byte, i int) (end int, ascii bool) {
	ascii = true
	for {
		for i+8 <= len(data) {
			w := binary.LittleEndian.Uint64(data[i:])
			quote, slash := w^ones*'"', w^ones*'\\'
			if ((w-ones*0x20)|(quote-ones)|(slash-ones)|w)&highs != 0 {
				break
			}
			i += 8
		}
		for stop := min(i+8, len(data)); i < stop; i++ {
			switch c := data[i]; {
			case c == '"' || c == '\\' || c < 0x20:
				return i, ascii
			case c >= utf8.RuneSelf:
				ascii = false
			}
		}
		if i >= len(data) {
			return i, ascii
		}
	}
}

// appendValid appends b with every byte that is no UTF-8 replaced, as
// encoding/json does it: one U+FFFD per byte.
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

// describe names the character that b starts with for a message.
func describe(b []byte) string {
	r, size := utf8.DecodeRune(b)
	switch {
	case size == 0:
		return "end of input"
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("byte 0x%02x", b[0])
	case r == '\n':
		return "end of line"
	case r == '\'':
		return `"'"`
	}
	return fmt.Sprintf("%q", r)
}
