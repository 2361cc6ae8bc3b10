package feedback

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
)

// canonical writes JSON in the one form that RFC 8785 allows: no space, members in
// the order of their names, numbers and texts in their shortest form. Members must
// not be there twice, which reading a record has checked.
func canonical(text []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return appendCanonical(nil, v)
}

func appendCanonical(dst []byte, v any) (_ []byte, err error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return appendCanonicalText(dst, v), nil
	case json.Number:
		return appendCanonicalNumber(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendCanonical(dst, item); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case map[string]any:
		return appendCanonicalObject(dst, v)
	}
	return nil, fmt.Errorf("%T is no JSON", v)
}

func appendCanonicalObject(dst []byte, members map[string]any) (_ []byte, err error) {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))), cmp.Compare(a, b))
	})
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendCanonicalText(dst, name), ':')
		if dst, err = appendCanonical(dst, members[name]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

var errNumber = errors.New("a number is too large")

// appendCanonicalNumber writes a number as ECMAScript does, which is how
// encoding/json writes one, but for the sign of zero.
func appendCanonicalNumber(dst []byte, n json.Number) ([]byte, error) {
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) {
		return nil, errNumber
	}
	if f == 0 {
		return append(dst, '0'), nil
	}
	text, err := json.Marshal(f)
	return append(dst, text...), err
}

func appendCanonicalText(dst []byte, text string) []byte {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}
	dst = append(dst, '"')
	for _, r := range text {
		switch {
		case short[r] != "":
			dst = append(dst, short[r]...)
		case r < 0x20:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = append(dst, string(r)...)
		}
	}
	return append(dst, '"')
}
