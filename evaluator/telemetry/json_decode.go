package telemetry

import (
	"errors"
	"fmt"

	"github.com/socctl/socctl/evaluator"
)

// maxDepth is how deep lists and objects may be nested in a record.
const maxDepth = 128

// errShort means that the value may go on behind the data at hand.
var errShort = errors.New("more data needed")

// syntaxError is what makes a text no JSON, at an offset into the data.
type syntaxError struct {
	offset int
	text   string
}

func (e *syntaxError) Error() string { return e.text }

// depthError is a value nested deeper than maxDepth.
type depthError struct{ offset int }

func (e *depthError) Error() string {
	return fmt.Sprintf("nested deeper than %d levels", maxDepth)
}

// jsonDecoder decodes one JSON value (RFC 8259) from the start of a slice. It
// accepts what encoding/json accepts and yields the same text: bytes that are
// no UTF-8 and surrogates without a partner become U+FFFD.
type jsonDecoder struct {
	words   *words
	data    []byte
	final   bool // nothing follows data
	skim    bool // the value is not wanted, but its length or what is wrong with it
	members []evaluator.Member
	items   []evaluator.Value
	text    []byte
}

// decode returns the value that data starts with, behind optional space, and
// its length. Unless final is set, errShort asks for a longer slice with the
// same start.
func (d *jsonDecoder) decode(data []byte, final bool) (evaluator.Value, int, error) {
	d.data, d.final = data, final
	d.members, d.items = d.members[:0], d.items[:0]
	v, end, err := d.value(skipSpace(data, 0), 0)
	d.data = nil
	return v, end, err
}

// measure returns what decode would but for the value, of which it keeps nothing.
func (d *jsonDecoder) measure(data []byte, final bool) (int, error) {
	d.skim = true
	_, n, err := d.decode(data, final)
	d.skim = false
	return n, err
}

// word returns a text of the value.
func (d *jsonDecoder) word(text []byte) string {
	if d.skim {
		return ""
	}
	return d.words.of(text)
}

func (d *jsonDecoder) value(at, depth int) (evaluator.Value, int, error) {
	if at >= len(d.data) {
		return d.short()
	}
	switch c := d.data[at]; {
	case c == '"':
		text, end, err := d.str(at)
		if err != nil {
			return evaluator.Value{}, 0, err
		}
		return evaluator.StringValue(d.word(text)), end, nil
	case c == '{':
		if depth == maxDepth {
			return evaluator.Value{}, 0, &depthError{at}
		}
		return d.object(at+1, depth+1)
	case c == '[':
		if depth == maxDepth {
			return evaluator.Value{}, 0, &depthError{at}
		}
		return d.list(at+1, depth+1)
	case c == '-' || c >= '0' && c <= '9':
		return d.number(at)
	case c == 't':
		return d.literal(at, "true", evaluator.BoolValue(true))
	case c == 'f':
		return d.literal(at, "false", evaluator.BoolValue(false))
	case c == 'n':
		return d.literal(at, "null", evaluator.NullValue())
	}
	return d.unexpected(at, "a value")
}

func (d *jsonDecoder) object(at, depth int) (evaluator.Value, int, error) {
	base := len(d.members)
	at = skipSpace(d.data, at)
	if at < len(d.data) && d.data[at] == '}' {
		return evaluator.ObjectValue(), at + 1, nil
	}
	for {
		name, colon, err := d.name(at)
		if err != nil {
			return evaluator.Value{}, 0, err
		}
		v, end, err := d.value(skipSpace(d.data, colon+1), depth)
		if err != nil {
			return evaluator.Value{}, 0, err
		}
		if !d.skim {
			d.members = append(d.members, evaluator.Member{Name: name, Value: v})
		}
		at = skipSpace(d.data, end)
		switch {
		case at >= len(d.data):
			return d.short()
		case d.data[at] == '}':
			members := append([]evaluator.Member(nil), d.members[base:]...)
			d.members = d.members[:base]
			return evaluator.ObjectValue(members...), at + 1, nil
		case d.data[at] != ',':
			return d.unexpected(at, "',' or '}' after a member")
		}
		at = skipSpace(d.data, at+1)
	}
}

// name reads a member name and finds the colon behind it.
func (d *jsonDecoder) name(at int) (name string, colon int, err error) {
	if at >= len(d.data) {
		_, _, err = d.short()
		return "", 0, err
	}
	if d.data[at] != '"' {
		_, _, err = d.unexpected(at, "a member name in double quotes")
		return "", 0, err
	}
	text, end, err := d.str(at)
	if err != nil {
		return "", 0, err
	}
	name = d.word(text)
	colon = skipSpace(d.data, end)
	switch {
	case colon >= len(d.data):
		_, _, err = d.short()
	case d.data[colon] != ':':
		_, _, err = d.unexpected(colon, "':' after a member name")
	}
	return name, colon, err
}

func (d *jsonDecoder) list(at, depth int) (evaluator.Value, int, error) {
	base := len(d.items)
	at = skipSpace(d.data, at)
	if at < len(d.data) && d.data[at] == ']' {
		return evaluator.ListValue(), at + 1, nil
	}
	for {
		v, end, err := d.value(at, depth)
		if err != nil {
			return evaluator.Value{}, 0, err
		}
		if !d.skim {
			d.items = append(d.items, v)
		}
		at = skipSpace(d.data, end)
		switch {
		case at >= len(d.data):
			return d.short()
		case d.data[at] == ']':
			items := append([]evaluator.Value(nil), d.items[base:]...)
			d.items = d.items[:base]
			return evaluator.ListValue(items...), at + 1, nil
		case d.data[at] != ',':
			return d.unexpected(at, "',' or ']' after a list element")
		}
		at = skipSpace(d.data, at+1)
	}
}

func (d *jsonDecoder) literal(at int, want string, v evaluator.Value) (evaluator.Value, int, error) {
	for i := range len(want) {
		if at+i >= len(d.data) {
			return d.short()
		}
		if d.data[at+i] != want[i] {
			return d.unexpected(at+i, want)
		}
	}
	return v, at + len(want), nil
}

func (d *jsonDecoder) number(at int) (evaluator.Value, int, error) {
	i := at
	if d.data[i] == '-' {
		i++
	}
	var ok bool
	switch {
	case i < len(d.data) && d.data[i] == '0':
		i++
	default:
		if i, ok = d.digits(i); !ok {
			return d.badNumber(i)
		}
	}
	if i < len(d.data) && d.data[i] == '.' {
		if i, ok = d.digits(i + 1); !ok {
			return d.badNumber(i)
		}
	}
	if i < len(d.data) && d.data[i]|0x20 == 'e' {
		i++
		if i < len(d.data) && (d.data[i] == '+' || d.data[i] == '-') {
			i++
		}
		if i, ok = d.digits(i); !ok {
			return d.badNumber(i)
		}
	}
	if i == len(d.data) && !d.final {
		return evaluator.Value{}, 0, errShort
	}
	return evaluator.NumberValue(d.word(d.data[at:i])), i, nil
}

func (d *jsonDecoder) digits(i int) (end int, ok bool) {
	start := i
	for i < len(d.data) && d.data[i]-'0' <= 9 {
		i++
	}
	return i, i > start
}

func (d *jsonDecoder) badNumber(at int) (evaluator.Value, int, error) {
	if at >= len(d.data) {
		return d.short()
	}
	return d.unexpected(at, "a digit")
}

// short is for a value that stops with the data.
func (d *jsonDecoder) short() (evaluator.Value, int, error) {
	if d.final {
		return evaluator.Value{}, 0, &syntaxError{len(d.data), "input ends inside a value"}
	}
	return evaluator.Value{}, 0, errShort
}

func (d *jsonDecoder) unexpected(at int, want string) (evaluator.Value, int, error) {
	return evaluator.Value{}, 0, &syntaxError{at, "unexpected " + describe(d.data[at:]) + ", want " + want}
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	return i
}
