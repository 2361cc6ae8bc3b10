package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/socctl/socctl/evaluator"
)

// The files reference_*_test.go are a second decoder of records, slow and
// plain: it makes a tree of each template and renders the tree anew for each
// record. It is what the first one is tested against.

// binXML decodes the binary XML of one chunk at a time. A record is, as a rule,
// a template with a list of typed values; templates are parsed once per chunk
// into lists of parts and rendered once per record.
type binXML struct {
	texts
	chunk     []byte
	names     map[uint32]string
	templates map[uint32]*binTemplate
	tokens    int // budget left
	room      int // budget left for template definitions
	quota     int // budget left for the record
	values    []binValue
	members   []evaluator.Member
}

// binPart is one piece of the content of an element or of an attribute.
type binPart struct {
	kind     binPartKind
	text     string
	index    int
	element  *binElement
	instance *binInstance
}

type binPartKind uint8

const (
	binTextPart binPartKind = iota
	binValuePart
	binElementPart
	binInstancePart
)

type binElement struct {
	name    string
	attrs   []binAttribute
	content []binPart
}

type binAttribute struct {
	name  string
	value []binPart
}

type binTemplate struct {
	id      uint32
	content []binPart
	ready   bool
}

// binInstance is a template with the values for its placeholders.
type binInstance struct {
	template *binTemplate
	values   []binValue
}

// binValue is a typed value as it stands in the chunk.
type binValue struct {
	kind  byte
	start int
	data  []byte
}

func newBinXML() *binXML {
	return &binXML{names: map[uint32]string{}, templates: map[uint32]*binTemplate{}}
}

func (x *binXML) reset(chunk []byte) {
	x.chunk = chunk
	clear(x.names)
	clear(x.templates)
	x.tokens, x.room = 1<<20, maxTemplateBytes
}

func (x *binXML) spend(n int) error {
	if x.tokens -= n; x.tokens < 0 {
		return errBudget
	}
	return nil
}

// name returns the name at an offset in the chunk; a name is stored in line the
// first time and referred to later.
func (x *binXML) name(c *cursor) (string, error) {
	offset := c.u32()
	if int64(offset) == int64(c.at) {
		c.take(8)
		length := c.at - 2
		if length >= 0 && !c.overread {
			n := int(binary.LittleEndian.Uint16(x.chunk[length:]))
			c.skip(2*n + 2)
		}
	}
	if c.overread {
		return "", errTruncated
	}
	if name, ok := x.names[offset]; ok {
		return name, nil
	}
	name, err := x.nameAt(offset)
	if err == nil {
		x.names[offset] = name
	}
	return name, err
}

func (x *binXML) nameAt(offset uint32) (string, error) {
	if offset < chunkHeaderSize || offset > chunkSize-8 {
		return "", fmt.Errorf("name at offset 0x%x, which is outside the chunk", offset)
	}
	at := int(offset) + 8
	n := int(binary.LittleEndian.Uint16(x.chunk[at-2:]))
	if n == 0 || n > maxNameLength || at+2*n > len(x.chunk) {
		return "", fmt.Errorf("name of %d characters at offset 0x%x", n, offset)
	}
	return decoded(x.chunk[at : at+2*n]), nil
}

// fragment parses tokens up to the end token or the end of the stretch. tagged
// says that elements carry a dependency id, as they do in templates.
func (x *binXML) fragment(c *cursor, tagged bool, depth int) ([]binPart, error) {
	var parts []binPart
	for c.at < c.end && c.chunk[c.at] != tokenEnd {
		if c.chunk[c.at] == tokenFragment {
			c.take(4)
			continue
		}
		p, known, err := x.part(c, tagged, depth)
		if err != nil {
			return nil, err
		}
		if !known {
			return nil, fmt.Errorf("unknown binary XML token 0x%02x at chunk offset 0x%x", c.chunk[c.at], c.at)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// part parses one piece of content. It leaves the cursor alone if the next
// token is none.
func (x *binXML) part(c *cursor, tagged bool, depth int) (p binPart, known bool, err error) {
	if err := x.spend(1); err != nil {
		return p, false, err
	}
	start := c.at
	switch c.u8() &^ tokenMore {
	case tokenOpen:
		p.kind = binElementPart
		p.element, err = x.element(c, tagged, depth+1)
	case tokenInstance:
		p.kind = binInstancePart
		p.instance, err = x.instance(c, depth+1)
	case tokenText:
		c.u8() // the type, always a string
		p.text = x.wide(c)
	case tokenCDATA:
		p.text = x.wide(c)
	case tokenCharRef:
		p.text = string(rune(c.u16()))
	case tokenEntity:
		p.text, err = x.entity(c)
	case tokenValue, tokenOptional:
		p.kind, p.index = binValuePart, c.u16()
		c.u8() // the type expected; the value has its own
	case tokenPITarget:
		_, err = x.name(c)
	case tokenPIData:
		c.skip(2 * c.u16())
	default:
		c.at = start
		return p, false, nil
	}
	if err == nil && c.overread {
		err = errTruncated
	}
	return p, true, err
}

func (x *binXML) entity(c *cursor) (string, error) {
	name, err := x.name(c)
	switch name {
	case "amp":
		return "&", err
	case "lt":
		return "<", err
	case "gt":
		return ">", err
	case "quot":
		return `"`, err
	case "apos":
		return "'", err
	}
	return "&" + name + ";", err
}

func (x *binXML) element(c *cursor, tagged bool, depth int) (*binElement, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	hasAttributes := c.chunk[c.at-1]&tokenMore != 0
	if x.isTagged(c, tagged) {
		c.take(2)
	}
	c.u32() // size
	name, err := x.name(c)
	if err != nil {
		return nil, err
	}
	e := &binElement{name: name}
	if hasAttributes {
		c.u32() // size of the list
		if e.attrs, err = x.attributes(c, depth); err != nil {
			return nil, err
		}
	}
	switch token := c.u8(); token {
	case tokenCloseEmpty:
		return e, nil
	case tokenClose:
		e.content, err = x.content(c, tagged, depth)
		return e, err
	default:
		return nil, fmt.Errorf("unexpected token 0x%02x in the start of element %q", token, name)
	}
}

// isTagged decides whether a dependency id stands in front of an element's
// size. The rule holds for what Windows writes; some converters break it, and
// then the name, which has to be in the chunk, tells.
func (x *binXML) isTagged(c *cursor, rule bool) bool {
	with, without := x.namedAt(c.at+6), x.namedAt(c.at+4)
	if with != without {
		return with
	}
	return rule
}

// namedAt reports whether an offset to a plausible name stands at an offset.
func (x *binXML) namedAt(at int) bool {
	if at+4 > len(x.chunk) {
		return false
	}
	offset := binary.LittleEndian.Uint32(x.chunk[at:])
	if offset < chunkHeaderSize || offset > chunkSize-8 || int(offset) > at+4 {
		return false
	}
	if _, ok := x.names[offset]; ok || int(offset) == at+4 {
		return true
	}
	n := int(binary.LittleEndian.Uint16(x.chunk[offset+6:]))
	end := int(offset) + 8 + 2*n
	return n > 0 && n <= maxNameLength && end+2 <= len(x.chunk) && x.chunk[end] == 0 && x.chunk[end+1] == 0
}

func (x *binXML) content(c *cursor, tagged bool, depth int) ([]binPart, error) {
	var parts []binPart
	for {
		p, known, err := x.part(c, tagged, depth)
		switch {
		case err != nil:
			return nil, err
		case known:
			parts = append(parts, p)
			continue
		}
		token := c.u8()
		if c.overread {
			return nil, errTruncated
		}
		if token != tokenEndElement {
			return nil, fmt.Errorf("unknown binary XML token 0x%02x at chunk offset 0x%x", token, c.at-1)
		}
		return parts, nil
	}
}

func (x *binXML) attributes(c *cursor, depth int) ([]binAttribute, error) {
	var attrs []binAttribute
	for c.at < c.end && c.chunk[c.at]&^tokenMore == tokenAttribute {
		c.u8()
		name, err := x.name(c)
		if err != nil {
			return nil, err
		}
		a := binAttribute{name: name}
		for c.at < c.end && isAttributeValue(c.chunk[c.at]) {
			p, _, err := x.part(c, false, depth)
			if err != nil {
				return nil, err
			}
			a.value = append(a.value, p)
		}
		attrs = append(attrs, a)
	}
	return attrs, nil
}

// instance parses a template instance behind its token: a reference to the
// template, which the first instance of a chunk holds in line, the types and
// winSizes of the values, and the values.
func (x *binXML) instance(c *cursor, depth int) (*binInstance, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	c.u8() // version
	id, offset := c.u32(), c.u32()
	if int64(offset) == int64(c.at) {
		c.take(4)
		c.take(8)
		c.take(8)
		size := c.u32()
		if int64(size) > int64(c.end-c.at) {
			return nil, errTruncated
		}
		c.at += int(size)
	}
	t, err := x.template(offset, depth)
	if err != nil {
		return nil, err
	}
	if t.id != id {
		return nil, fmt.Errorf("template %08x is not where the record points, at offset 0x%x", id, offset)
	}
	values, err := x.rawValues(c)
	return &binInstance{t, values}, err
}

func (x *binXML) template(offset uint32, depth int) (*binTemplate, error) {
	if t, ok := x.templates[offset]; ok {
		if !t.ready {
			return nil, errors.New("template that contains itself or is damaged")
		}
		return t, nil
	}
	if offset < chunkHeaderSize || offset > chunkSize-templateHeader {
		return nil, fmt.Errorf("template at offset 0x%x, which is outside the chunk", offset)
	}
	c := &cursor{chunk: x.chunk, at: int(offset) + 4, end: len(x.chunk)}
	t := &binTemplate{id: c.u32()}
	c.take(8)
	c.take(4) // the rest of the GUID, of which the id is the start
	size := int64(c.u32())
	if size > int64(c.end-c.at) {
		return nil, fmt.Errorf("template of %d bytes at offset 0x%x, which is more than the chunk holds", size, offset)
	}
	if x.room -= int(size); x.room < 0 {
		return nil, errBudget
	}
	c.end = c.at + int(size)
	x.templates[offset] = t
	// The values of instances inside the template live as long as it does, so
	// they must not share memory with those of the record.
	values := x.values
	x.values = nil
	content, err := x.fragment(c, true, depth)
	x.values = values
	if err != nil {
		return nil, fmt.Errorf("template at offset 0x%x: %w", offset, err)
	}
	t.content, t.ready = content, true
	return t, nil
}

// rawValues parses the descriptors of values and cuts the values out.
func (x *binXML) rawValues(c *cursor) ([]binValue, error) {
	count := int64(c.u32())
	if c.overread || 4*count > int64(c.end-c.at) {
		return nil, errTruncated
	}
	if err := x.spend(int(count)); err != nil {
		return nil, err
	}
	base := len(x.values)
	descriptors := c.take(int(4 * count))
	for i := 0; i < len(descriptors); i += 4 {
		size := int(descriptors[i]) | int(descriptors[i+1])<<8
		if size > c.end-c.at {
			return nil, fmt.Errorf("value %d of %d bytes is longer than the record", i/4, size)
		}
		start := c.at
		x.values = append(x.values, binValue{kind: descriptors[i+2], start: start, data: c.take(size)})
	}
	return x.values[base:len(x.values):len(x.values)], nil
}

func decoded(b []byte) string { return string(utf16.Decode(units(b))) }

func units(b []byte) (u []uint16) {
	for ; len(b) > 1; b = b[2:] {
		u = append(u, binary.LittleEndian.Uint16(b))
	}
	return u
}

func (x *binXML) wide(c *cursor) string {
	n := 2 * c.u16()
	if n > c.end-c.at {
		c.overread, c.at = true, c.end
		return ""
	}
	return decoded(c.take(n))
}
