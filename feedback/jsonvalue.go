package feedback

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Records are read by a parser of their own because encoding/json takes the last
// of two members of the same name, and names in any case: what a person reads in
// a record must be what is counted.

// kind is the kind of a JSON value, named as messages name it.
type kind string

const (
	isNull   kind = "null"
	isBool   kind = "true or false"
	isNumber kind = "a number"
	isString kind = "a text"
	isArray  kind = "a list"
	isObject kind = "an object"
)

// value is a JSON value with its place.
type value struct {
	kind    kind
	at, end int // bytes of the line
	text    string
	number  float64
	items   []value
	members []namedValue
}

type namedValue struct {
	name  string
	at    int // of the name
	value value
}

// member returns the value of a member, nil if there is none or it is null.
func (v *value) member(name string) *value {
	for i := range v.members {
		if m := &v.members[i]; m.name == name && m.value.kind != isNull {
			return &m.value
		}
	}
	return nil
}

// problem is what is wrong at a place of a line.
type problem struct {
	at      int
	code    string
	message string
	help    string
}

func (p *problem) Error() string { return p.message }

// maxDepth is how deep a record may be nested.
const maxDepth = 16

// parseJSON parses one value that is all of the text.
func parseJSON(text []byte) (v value, bad *problem) {
	p := jsonParser{text: text}
	defer func() {
		if caught := recover(); caught != nil {
			known, ours := caught.(*problem)
			if !ours {
				panic(caught)
			}
			bad = known
		}
	}()
	v = p.value(0)
	p.space()
	if p.at < len(text) {
		p.fail("something stands behind the record")
	}
	return v, nil
}

// jsonParser leaves by a panic of *problem, which parseJSON catches.
type jsonParser struct {
	text []byte
	at   int
}

func (p *jsonParser) fail(format string, args ...any) {
	panic(&problem{p.at, "verdict/not-json", fmt.Sprintf(format, args...), "write one JSON object a line"})
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

func (p *jsonParser) value(depth int) value {
	if depth > maxDepth {
		p.fail("it is nested deeper than %d levels", maxDepth)
	}
	c := p.peek()
	v := value{at: p.at}
	switch {
	case c == '{':
		v.kind = isObject
		p.object(&v, depth)
	case c == '[':
		v.kind = isArray
		p.array(&v, depth)
	case c == '"':
		v.kind, v.text = isString, p.str()
	case c == '-' || c >= '0' && c <= '9':
		v.kind = isNumber
		p.num(&v)
	default:
		p.word(&v)
	}
	v.end = p.at
	return v
}

func (p *jsonParser) object(v *value, depth int) {
	p.at++
	if p.peek() == '}' {
		p.at++
		return
	}
	for {
		if p.peek() != '"' {
			p.fail("the name of a member is expected, found %s", p.found())
		}
		m := namedValue{at: p.at}
		m.name = p.str()
		for i := range v.members {
			if v.members[i].name == m.name {
				p.at = m.at
				p.fail("the member %q is there twice", m.name)
			}
		}
		if p.peek() != ':' {
			p.fail("a colon is expected, found %s", p.found())
		}
		p.at++
		m.value = p.value(depth + 1)
		v.members = append(v.members, m)
		if !p.more('}') {
			return
		}
	}
}

func (p *jsonParser) array(v *value, depth int) {
	p.at++
	if p.peek() == ']' {
		p.at++
		return
	}
	for {
		v.items = append(v.items, p.value(depth+1))
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

func (p *jsonParser) num(v *value) {
	for p.at < len(p.text) && strings.IndexByte("+-.eE0123456789", p.text[p.at]) >= 0 {
		p.at++
	}
	v.text = string(p.text[v.at:p.at])
	var err error
	if v.number, err = strconv.ParseFloat(v.text, 64); err != nil || !json.Valid([]byte(v.text)) {
		p.at = v.at
		p.fail("%q is no number", v.text)
	}
}

func (p *jsonParser) word(v *value) {
	for word, kind := range map[string]kind{"null": isNull, "true": isBool, "false": isBool} {
		if strings.HasPrefix(string(p.text[p.at:min(len(p.text), p.at+5)]), word) {
			p.at += len(word)
			v.kind, v.text = kind, word
			return
		}
	}
	p.fail("a value is expected, found %s", p.found())
}
