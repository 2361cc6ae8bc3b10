// Package jsontree parses JSON into values with their places. Unlike
// encoding/json it refuses two members of the same name and takes names as they
// are: what a person reads in a text is what is used.
package jsontree

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is the kind of a JSON value, named as messages name it.
type Kind string

// Kinds of values.
const (
	Null   Kind = "null"
	Bool   Kind = "true or false"
	Number Kind = "a number"
	String Kind = "a text"
	Array  Kind = "a list"
	Object Kind = "an object"
)

// Value is a JSON value with its place.
type Value struct {
	Kind    Kind
	At, End int    // bytes of the text
	Text    string // of a text its content, of a number or word as it is written
	Number  float64
	Items   []Value
	Members []Member
}

// Member is a member of an object.
type Member struct {
	Name  string
	At    int // of the name
	Value Value
}

// Member returns the value of a member, nil if there is none or it is null.
func (v *Value) Member(name string) *Value {
	for i := range v.Members {
		if m := &v.Members[i]; m.Name == name && m.Value.Kind != Null {
			return &m.Value
		}
	}
	return nil
}

// Problem is what is wrong at a byte of a text.
type Problem struct {
	At      int
	Message string
}

// Error returns the message.
func (p *Problem) Error() string { return p.Message }

// Parse parses one value that is all of the text, nested at most maxDepth deep.
func Parse(text []byte, maxDepth int) (v Value, bad *Problem) {
	p := jsonParser{text: text, maxDepth: maxDepth}
	bad = p.caught(func() {
		v = p.value(0)
		p.space()
		if p.at < len(text) {
			p.fail("something stands behind the record")
		}
	})
	return v, bad
}

// Sequence parses values that stand one behind the other, such as lines of NDJSON.
// A problem ends it: the values before it are returned.
func Sequence(text []byte, maxDepth int) (values []Value, bad *Problem) {
	p := jsonParser{text: text, maxDepth: maxDepth}
	bad = p.caught(func() {
		for p.peek(); p.at < len(text); p.peek() {
			values = append(values, p.value(0))
		}
	})
	return values, bad
}

// jsonParser leaves by a panic of *Problem, which caught turns into a result.
type jsonParser struct {
	text     []byte
	at       int
	maxDepth int
}

func (p *jsonParser) caught(parse func()) (bad *Problem) {
	defer func() {
		if caught := recover(); caught != nil {
			known, ours := caught.(*Problem)
			if !ours {
				panic(caught)
			}
			bad = known
		}
	}()
	parse()
	return nil
}

func (p *jsonParser) fail(format string, args ...any) {
	panic(&Problem{p.at, fmt.Sprintf(format, args...)})
}

func (p *jsonParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek returns the next character that is no space, 0 at the end.
func (p *jsonParser) peek() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *jsonParser) value(depth int) Value {
	if depth > p.maxDepth {
		p.fail("it is nested deeper than %d levels", p.maxDepth)
	}
	c := p.peek()
	v := Value{At: p.at}
	switch {
	case c == '{':
		v.Kind = Object
		p.object(&v, depth)
	case c == '[':
		v.Kind = Array
		p.array(&v, depth)
	case c == '"':
		v.Kind, v.Text = String, p.str()
	case c == '-' || c >= '0' && c <= '9':
		v.Kind = Number
		p.num(&v)
	default:
		p.word(&v)
	}
	v.End = p.at
	return v
}

func (p *jsonParser) object(v *Value, depth int) {
	p.at++
	if p.peek() == '}' {
		p.at++
		return
	}
	var names map[string]bool // of objects with many members
	for {
		if p.peek() != '"' {
			p.fail("the name of a member is expected, found %s", p.found())
		}
		m := Member{At: p.at}
		m.Name = p.str()
		if names == nil && len(v.Members) > manyMembers {
			names = make(map[string]bool, 2*manyMembers)
			for i := range v.Members {
				names[v.Members[i].Name] = true
			}
		}
		if names[m.Name] || names == nil && v.has(m.Name) {
			p.at = m.At
			p.fail("the member %q is there twice", m.Name)
		}
		if names != nil {
			names[m.Name] = true
		}
		if p.peek() != ':' {
			p.fail("a colon is expected, found %s", p.found())
		}
		p.at++
		m.Value = p.value(depth + 1)
		v.Members = append(v.Members, m)
		if !p.more('}') {
			return
		}
	}
}

// manyMembers is from how many members on their names are looked up in a map.
const manyMembers = 32

func (v *Value) has(name string) bool {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return true
		}
	}
	return false
}

func (p *jsonParser) array(v *Value, depth int) {
	p.at++
	if p.peek() == ']' {
		p.at++
		return
	}
	for {
		v.Items = append(v.Items, p.value(depth+1))
		if !p.more(']') {
			return
		}
	}
}

// more reads the comma before another element, or the end.
func (p *jsonParser) more(end byte) bool {
	switch p.peek() {
	case ',':
		p.at++
		return true
	case end:
		p.at++
		return false
	}
	p.fail("a comma or %c is expected, found %s", end, p.found())
	return false
}

func (p *jsonParser) found() string {
	if p.at >= len(p.text) {
		return "the end of the line"
	}
	r, _ := utf8.DecodeRune(p.text[p.at:])
	return strconv.QuoteRune(r)
}

func (p *jsonParser) str() string {
	start := p.at
	plain := true
	for p.at++; ; p.at++ {
		if p.at >= len(p.text) {
			p.fail("the line ends within a text")
		}
		c := p.text[p.at]
		if c == '"' {
			break
		}
		if c < ' ' {
			p.fail("a control character stands within a text")
		}
		if c == '\\' {
			plain = false
			p.at++
		}
		plain = plain && c < utf8.RuneSelf
	}
	p.at++
	raw := p.text[start:p.at]
	if plain {
		return string(raw[1 : len(raw)-1])
	}
	if !utf8.Valid(raw) {
		p.at = start
		p.fail("a text is not UTF-8")
	}
	var out string
	if err := json.Unmarshal(raw, &out); err != nil {
		p.at = start
		p.fail("a text has an escape that JSON does not know")
	}
	return out
}

func (p *jsonParser) num(v *Value) {
	for p.at < len(p.text) && strings.IndexByte("+-.eE0123456789", p.text[p.at]) >= 0 {
		p.at++
	}
	v.Text = string(p.text[v.At:p.at])
	var err error
	if v.Number, err = strconv.ParseFloat(v.Text, 64); err != nil || !json.Valid([]byte(v.Text)) {
		p.at = v.At
		p.fail("%q is no number", v.Text)
	}
}

func (p *jsonParser) word(v *Value) {
	for word, kind := range map[string]Kind{"null": Null, "true": Bool, "false": Bool} {
		if strings.HasPrefix(string(p.text[p.at:min(len(p.text), p.at+5)]), word) {
			p.at += len(word)
			v.Kind, v.Text = kind, word
			return
		}
	}
	p.fail("a value is expected, found %s", p.found())
}
