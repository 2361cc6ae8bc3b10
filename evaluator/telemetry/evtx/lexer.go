package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
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

var (
	errTruncated = errors.New("binary XML ends too early")
	errBudget    = errors.New("binary XML expands beyond all measure; the file is crafted or damaged")
	errDeep      = fmt.Errorf("binary XML is nested deeper than %d levels; the file is crafted or damaged", maxDepth)
)

// lexer translates binary XML of one chunk into scripts.
type lexer struct {
	chunk   []byte
	symbols symbols
	steps   int // budget left in this chunk
	learned int // bytes of symbols that this chunk may bring the total to
	codes   []code
	scratch []byte // for a text
	names   [256]nameAt
	reading uint32 // number of the chunk, for names
	local   bool   // the codes hold an opInstance, so they mean something in this chunk only
}

// script translates the tokens of a stretch up to the end token. The result is
// valid until the next call. tagged says that elements carry a dependency id,
// as they do in templates.
func (l *lexer) script(c *cursor, tagged bool) ([]code, error) {
	l.codes, l.local = l.codes[:0], false
	for !c.ended() {
		if c.chunk[c.at] == tokenFragment {
			c.skip(4)
			continue
		}
		known, err := l.part(c, tagged, 0)
		if err != nil {
			return nil, err
		}
		if !known {
			return nil, errToken(c.chunk[c.at], c.at)
		}
	}
	return l.codes, nil
}

func errToken(token byte, at int) error {
	return fmt.Errorf("unknown binary XML token 0x%02x at chunk offset 0x%x", token, at)
}

func (l *lexer) emit(op int, argument uint32) { l.codes = append(l.codes, newCode(op, argument)) }

func (l *lexer) spend(n int) error {
	if l.steps -= n; l.steps < 0 {
		return errBudget
	}
	return nil
}

// part translates one piece of content. It leaves the cursor alone if the next
// token is none.
func (l *lexer) part(c *cursor, tagged bool, depth int) (known bool, err error) {
	if err := l.spend(1); err != nil {
		return false, err
	}
	start := c.at
	switch c.u8() &^ tokenMore {
	case tokenOpen:
		err = l.element(c, tagged, depth+1)
	case tokenInstance:
		l.emit(opInstance, uint32(start))
		l.local = true
		err = skipInstance(c)
	case tokenText:
		c.u8() // the type, always a string
		err = l.text(c)
	case tokenCDATA:
		err = l.text(c)
	case tokenCharRef:
		err = l.literal(utf8.AppendRune(nil, rune(c.u16())))
	case tokenEntity:
		err = l.entity(c)
	case tokenValue, tokenOptional:
		l.emit(opValue, uint32(c.u16()))
		c.u8() // the type expected; the value has its own
	case tokenPITarget:
		_, err = l.name(c)
	case tokenPIData:
		c.skip(2 * c.u16())
	default:
		c.at = start
		return false, nil
	}
	if err == nil && c.overread {
		err = errTruncated
	}
	return true, err
}

func (l *lexer) text(c *cursor) error {
	n := 2 * c.u16()
	if n > c.end-c.at {
		return errTruncated
	}
	l.scratch = appendUTF8(l.scratch[:0], c.take(n))
	return l.literal(l.scratch)
}

func (l *lexer) literal(text []byte) error {
	symbol, err := l.learn(text)
	l.emit(opText, symbol)
	return err
}

func (l *lexer) learn(text []byte) (uint32, error) {
	n := l.symbols.of(text)
	if l.symbols.bytes > l.learned {
		return 0, errBudget
	}
	return n, nil
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

func (l *lexer) entity(c *cursor) error {
	symbol, err := l.name(c)
	if err != nil {
		return err
	}
	name := l.symbols.text(symbol)
	text, ok := entities[name]
	if !ok {
		text = "&" + name + ";"
	}
	return l.literal([]byte(text))
}

func (l *lexer) element(c *cursor, tagged bool, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	hasAttributes := c.chunk[c.at-1]&tokenMore != 0
	if l.isTagged(c, tagged) {
		c.skip(2)
	}
	c.skip(4) // size
	name, err := l.name(c)
	if err != nil {
		return err
	}
	l.emit(opElement, name)
	if hasAttributes {
		c.skip(4) // size of the list
		if err := l.attributes(c, depth); err != nil {
			return err
		}
	}
	l.emit(opBody, 0)
	switch token := c.u8(); token {
	case tokenCloseEmpty:
	case tokenClose:
		if err := l.content(c, tagged, depth); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unexpected token 0x%02x in the start of element %q", token, l.symbols.text(name))
	}
	l.emit(opEnd, 0)
	return nil
}

func (l *lexer) attributes(c *cursor, depth int) error {
	for c.more(tokenAttribute) {
		c.skip(1)
		if err := l.spend(1); err != nil {
			return err
		}
		name, err := l.name(c)
		if err != nil {
			return err
		}
		l.emit(opAttribute, name)
		for c.at < c.end && isAttributeValue(c.chunk[c.at]) {
			if _, err := l.part(c, false, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

func isAttributeValue(token byte) bool {
	switch token &^ tokenMore {
	case tokenText, tokenCharRef, tokenEntity, tokenValue, tokenOptional:
		return true
	}
	return false
}

func (l *lexer) content(c *cursor, tagged bool, depth int) error {
	for {
		known, err := l.part(c, tagged, depth)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		token := c.u8()
		if c.overread {
			return errTruncated
		}
		if token != tokenEndElement {
			return errToken(token, c.at-1)
		}
		return nil
	}
}

// isTagged decides whether a dependency id stands in front of an element's
// size. The rule holds for what Windows writes; some converters break it, and
// then the name, which has to be in the chunk, tells.
func (l *lexer) isTagged(c *cursor, rule bool) bool {
	obeyed, broken := c.at+4, c.at+6
	if rule {
		obeyed, broken = broken, obeyed
	}
	if l.namedAt(obeyed) || !l.namedAt(broken) {
		return rule
	}
	return !rule
}

// namedAt reports whether an offset to a plausible name stands at an offset.
func (l *lexer) namedAt(at int) bool {
	if at+4 > len(l.chunk) {
		return false
	}
	offset := binary.LittleEndian.Uint32(l.chunk[at:])
	if offset < chunkHeaderSize || offset > chunkSize-8 || int(offset) > at+4 {
		return false
	}
	if int(offset) == at+4 {
		return true
	}
	n := int(binary.LittleEndian.Uint16(l.chunk[offset+6:]))
	end := int(offset) + 8 + 2*n
	return n > 0 && n <= maxNameLength && end+2 <= len(l.chunk) && l.chunk[end] == 0 && l.chunk[end+1] == 0
}

// name returns the symbol of the next name; a name is stored in line the first
// time and referred to later.
func (l *lexer) name(c *cursor) (uint32, error) {
	offset := c.u32()
	if int64(offset) == int64(c.at) {
		c.skip(8)
		if !c.overread {
			c.skip(2*int(binary.LittleEndian.Uint16(l.chunk[c.at-2:])) + 2)
		}
	}
	if c.overread {
		return 0, errTruncated
	}
	if offset < chunkHeaderSize || offset > chunkSize-8 {
		return 0, fmt.Errorf("name at offset 0x%x, which is outside the chunk", offset)
	}
	known := &l.names[offset/4%uint32(len(l.names))]
	if known.chunk == l.reading && known.offset == offset {
		return known.symbol, nil
	}
	at := int(offset) + 8
	n := int(binary.LittleEndian.Uint16(l.chunk[at-2:]))
	if n == 0 || n > maxNameLength || at+2*n > len(l.chunk) {
		return 0, fmt.Errorf("name of %d characters at offset 0x%x", n, offset)
	}
	var room [128]byte
	symbol, err := l.learn(appendUTF8(room[:0], l.chunk[at:at+2*n]))
	if err == nil {
		*known = nameAt{l.reading, offset, symbol}
	}
	return symbol, err
}

// nameAt is a name that was met in a chunk.
type nameAt struct{ chunk, offset, symbol uint32 }

// keep returns a copy of a script that stays valid.
func keep(codes []code) []code { return slices.Clone(codes) }
