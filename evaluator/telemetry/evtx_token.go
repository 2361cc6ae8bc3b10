package telemetry

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// Tokens of binary XML. The bit more means that another of its kind follows.
const (
	tokenEnd             = 0x00
	tokenOpen            = 0x01
	tokenClose           = 0x02 // the > of a start tag
	tokenCloseEmpty      = 0x03 // the /> of a start tag
	tokenEndElement      = 0x04
	tokenText            = 0x05
	tokenAttribute       = 0x06
	tokenCDATA           = 0x07
	tokenCharRef         = 0x08
	tokenEntity          = 0x09
	tokenPITarget        = 0x0a
	tokenPIData          = 0x0b
	tokenInstance        = 0x0c
	tokenValue           = 0x0d
	tokenOptional        = 0x0e
	tokenFragment        = 0x0f
	tokenMore       byte = 0x40
)

func appendRune(dst []byte, r rune) []byte { return utf8.AppendRune(dst, r) }

// fragment parses tokens up to the end token or the end of the stretch. tagged
// says that elements carry a dependency id, as they do in templates.
func (x *binXML) fragment(c *binCursor, tagged bool, depth int) ([]binPart, error) {
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
func (x *binXML) part(c *binCursor, tagged bool, depth int) (p binPart, known bool, err error) {
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
		p.text = x.string(c.utf16(c.u16()))
	case tokenCDATA:
		p.text = x.string(c.utf16(c.u16()))
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
		c.utf16(c.u16())
	default:
		c.at = start
		return p, false, nil
	}
	if err == nil && c.overread {
		err = errTruncatedXML
	}
	return p, true, err
}

func (x *binXML) entity(c *binCursor) (string, error) {
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

func (x *binXML) element(c *binCursor, tagged bool, depth int) (*binElement, error) {
	if depth > maxBinaryDepth {
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
func (x *binXML) isTagged(c *binCursor, rule bool) bool {
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

func (x *binXML) content(c *binCursor, tagged bool, depth int) ([]binPart, error) {
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
			return nil, errTruncatedXML
		}
		if token != tokenEndElement {
			return nil, fmt.Errorf("unknown binary XML token 0x%02x at chunk offset 0x%x", token, c.at-1)
		}
		return parts, nil
	}
}

func (x *binXML) attributes(c *binCursor, depth int) ([]binAttribute, error) {
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

func isAttributeValue(token byte) bool {
	switch token &^ tokenMore {
	case tokenText, tokenCharRef, tokenEntity, tokenValue, tokenOptional:
		return true
	}
	return false
}
