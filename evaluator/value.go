package evaluator

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unsafe"
)

// Kind is the shape of a Value: the six kinds that JSON knows.
type Kind uint8

// The kinds of a Value.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// String returns the name that messages use for the kind.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case List:
		return "list"
	case Object:
		return "object"
	}
	return "unknown"
}

// Value is one value of an event, of any of the JSON kinds. The zero Value is
// null. Values are immutable by convention: nothing in this module changes one
// after it has been built.
//
// A Value is two words: events hold dozens of them, and what is read from a
// recording is mostly moved about. Its content is a string, a slice of values
// or a slice of members, as the kind says, or a text that is traced; only this
// file may look at it.
type Value struct {
	_       [0]func() // values are compared by Text, never by ==
	content unsafe.Pointer
	meta    uint64 // the kind in the highest byte, the length of the content below
}

const (
	kindShift  = 56
	tracedFlag = 1 << 55 // the content is a *tracedText
	sizeMask   = 1<<48 - 1
)

func textValue(k Kind, text string) Value {
	return Value{content: unsafe.Pointer(unsafe.StringData(text)), meta: uint64(k)<<kindShift | uint64(len(text))}
}

func (v Value) size() int { return int(v.meta & sizeMask) }

// scalar returns the string content, the canonical number text, or "true" or
// "false"; "" for any other kind.
func (v Value) scalar() string {
	switch v.Kind() {
	case Bool, Number, String:
		if v.meta&tracedFlag != 0 {
			return (*tracedText)(v.content).read()
		}
		return unsafe.String((*byte)(v.content), v.size())
	}
	return ""
}

// tracedValue returns a scalar that tells its trace when it is read.
func tracedValue(k Kind, t *tracedText) Value {
	return Value{content: unsafe.Pointer(t), meta: uint64(k)<<kindShift | tracedFlag}
}

// tracedLeaf returns what a traced value stands for, nil if it is none.
func (v Value) tracedLeaf() *tracedText {
	if v.meta&tracedFlag == 0 {
		return nil
	}
	return (*tracedText)(v.content)
}

// Member is one key of an object value, in the order in which it was received.
type Member struct {
	Name  string
	Value Value
}

// NullValue returns the null value.
func NullValue() Value { return Value{} }

// BoolValue returns a boolean value.
func BoolValue(b bool) Value { return textValue(Bool, strconv.FormatBool(b)) }

// StringValue returns a string value.
func StringValue(s string) Value { return textValue(String, s) }

// IntValue returns a number value.
func IntValue(n int64) Value { return textValue(Number, strconv.FormatInt(n, 10)) }

// UintValue returns a number value.
func UintValue(n uint64) Value { return textValue(Number, strconv.FormatUint(n, 10)) }

// FloatValue returns a number value in its shortest form without an exponent.
// NaN and the infinities, which JSON cannot write, become strings.
func FloatValue(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return StringValue(strconv.FormatFloat(f, 'g', -1, 64))
	}
	return textValue(Number, strconv.FormatFloat(f, 'f', -1, 64))
}

// NumberValue returns the number written by token, which must be a JSON number.
// Integer tokens are kept as they are, so no digit of a 64-bit id is lost;
// others take the shortest form without an exponent. A token outside the range
// of a float64 keeps its own text.
func NumberValue(token string) Value {
	if !strings.ContainsAny(token, ".eE") {
		return textValue(Number, token)
	}
	f, err := strconv.ParseFloat(token, 64)
	if err != nil {
		return textValue(Number, token)
	}
	return FloatValue(f)
}

// ListValue returns a list that holds items; it keeps the slice.
func ListValue(items ...Value) Value {
	return Value{content: unsafe.Pointer(unsafe.SliceData(items)), meta: uint64(List)<<kindShift | uint64(len(items))}
}

// ObjectValue returns an object that holds members in that order; it keeps the slice.
func ObjectValue(members ...Member) Value {
	return Value{content: unsafe.Pointer(unsafe.SliceData(members)), meta: uint64(Object)<<kindShift | uint64(len(members))}
}

// ValueOf converts a Go value: nil, booleans, all integer and float types,
// json.Number, strings, []byte (as text), slices of any, and maps with string
// keys (in key order, because a Go map has none). Anything else becomes the
// text that fmt prints for it.
func ValueOf(v any) Value {
	switch v := v.(type) {
	case Value:
		return v
	case nil:
		return Value{}
	case bool:
		return BoolValue(v)
	case string:
		return StringValue(v)
	case []byte:
		return StringValue(string(v))
	case json.Number:
		return NumberValue(v.String())
	case int:
		return IntValue(int64(v))
	case int8:
		return IntValue(int64(v))
	case int16:
		return IntValue(int64(v))
	case int32:
		return IntValue(int64(v))
	case int64:
		return IntValue(v)
	case uint:
		return UintValue(uint64(v))
	case uint8:
		return UintValue(uint64(v))
	case uint16:
		return UintValue(uint64(v))
	case uint32:
		return UintValue(uint64(v))
	case uint64:
		return UintValue(v)
	case float32:
		return NumberValue(strconv.FormatFloat(float64(v), 'f', -1, 32))
	case float64:
		return FloatValue(v)
	case []any:
		return listOf(v)
	case []string:
		return listOf(v)
	case map[string]any:
		return objectOf(v)
	case map[string]string:
		return objectOf(v)
	}
	return StringValue(fmt.Sprint(v))
}

func listOf[T any](vs []T) Value {
	items := make([]Value, len(vs))
	for i, v := range vs {
		items[i] = ValueOf(v)
	}
	return ListValue(items...)
}

func objectOf[T any](m map[string]T) Value {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	members := make([]Member, len(names))
	for i, name := range names {
		members[i] = Member{name, ValueOf(m[name])}
	}
	return ObjectValue(members...)
}

// Kind returns the kind of v.
func (v Value) Kind() Kind { return Kind(v.meta >> kindShift) }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.Kind() == Null }

// Items returns the elements of a list, and nil for any other kind.
func (v Value) Items() []Value {
	if v.Kind() != List {
		return nil
	}
	return unsafe.Slice((*Value)(v.content), v.size())
}

// Members returns the members of an object in the order received, and nil for
// any other kind. A name may occur more than once.
func (v Value) Members() []Member {
	if v.Kind() != Object {
		return nil
	}
	return unsafe.Slice((*Member)(v.content), v.size())
}

// At returns what stands at a path of names of members within objects. Of members of the
// same name the first counts, other than for Member.
func (v Value) At(path ...string) (Value, bool) {
	for _, name := range path {
		members, n := v.Members(), 0
		for n < len(members) && members[n].Name != name {
			n++
		}
		if n == len(members) {
			return Value{}, false
		}
		v = members[n].Value
	}
	return v, true
}

// Member returns the last member of that exact name, as JSON decoders do for
// a repeated name.
func (v Value) Member(name string) (Value, bool) {
	members := v.Members()
	for i := len(members) - 1; i >= 0; i-- {
		if members[i].Name == name {
			return members[i].Value, true
		}
	}
	return Value{}, false
}

// Text returns what text matchers see: a string's content, a number's
// canonical decimal text, "true" or "false", the compact JSON of a list or an
// object, and "" for null.
func (v Value) Text() string {
	switch v.Kind() {
	case Null:
		return ""
	case List, Object:
		return string(v.AppendJSON(nil))
	}
	return v.scalar()
}

// AppendJSON appends v as compact JSON: no spaces, members in the order
// received, no escaping beyond what JSON requires.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.Kind() {
	case Null:
		return append(dst, "null"...)
	case Bool, Number:
		return append(dst, v.scalar()...)
	case String:
		return appendQuoted(dst, v.scalar())
	case List:
		dst = append(dst, '[')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, m := range v.Members() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, m.Name), ':')
		dst = m.Value.AppendJSON(dst)
	}
	return append(dst, '}')
}

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

const hexDigits = "0123456789abcdef"

func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}
