package telemetry

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/socctl/socctl/evaluator"
)

// Limits on what one chunk of 64 KiB can make the reader do. Real chunks stay
// below a tenth of each.
const (
	maxBinaryDepth   = 64
	maxNameLength    = 1024
	maxChunkTokens   = 1 << 20 // parsed or rendered
	maxRecordText    = 4 << 20 // bytes of one rendered record
	maxTemplateBytes = 1 << 20 // of template definitions parsed
)

// binXML decodes the binary XML of one chunk at a time. A record is, as a rule,
// a template with a list of typed values; templates are parsed once per chunk
// into lists of parts and rendered once per record.
type binXML struct {
	words     *words
	chunk     []byte
	names     map[uint32]string
	templates map[uint32]*binTemplate
	tokens    int // budget left
	bytes     int // budget left for template definitions
	text      int // budget left for the record
	values    []binValue
	members   []evaluator.Member
	scratch   []byte
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

func newBinXML(w *words) binXML {
	return binXML{words: w, names: map[uint32]string{}, templates: map[uint32]*binTemplate{}}
}

func (x *binXML) reset(chunk []byte) {
	x.chunk = chunk
	clear(x.names)
	clear(x.templates)
	x.tokens, x.bytes = maxChunkTokens, maxTemplateBytes
}

var (
	errTruncatedXML = errors.New("binary XML ends too early")
	errBudget       = errors.New("binary XML expands beyond all measure; the file is crafted or damaged")
	errDeep         = fmt.Errorf("binary XML is nested deeper than %d levels; the file is crafted or damaged", maxBinaryDepth)
)

func (x *binXML) spend(n int) error {
	if x.tokens -= n; x.tokens < 0 {
		return errBudget
	}
	return nil
}

// binCursor reads forward inside a stretch of the chunk. Behind the end it reads
// zeros and remembers that.
type binCursor struct {
	chunk    []byte
	at, end  int
	overread bool
}

func (c *binCursor) take(n int) []byte {
	if n > c.end-c.at {
		c.overread, c.at = true, c.end
		return zeros[:min(n, len(zeros))]
	}
	c.at += n
	return c.chunk[c.at-n : c.at]
}

var zeros [8]byte

func (c *binCursor) u8() byte    { return c.take(1)[0] }
func (c *binCursor) u16() int    { return int(binary.LittleEndian.Uint16(c.take(2))) }
func (c *binCursor) u32() uint32 { return binary.LittleEndian.Uint32(c.take(4)) }

// utf16 reads n code units.
func (c *binCursor) utf16(n int) []byte {
	if 2*n > c.end-c.at {
		c.overread, c.at = true, c.end
		return nil
	}
	return c.take(2 * n)
}

// name returns the name at an offset in the chunk; a name is stored in line the
// first time and referred to later.
func (x *binXML) name(c *binCursor) (string, error) {
	offset := c.u32()
	if int64(offset) == int64(c.at) {
		c.take(8)
		length := c.at - 2
		if length >= 0 && !c.overread {
			n := int(binary.LittleEndian.Uint16(x.chunk[length:]))
			c.utf16(n + 1)
		}
	}
	if c.overread {
		return "", errTruncatedXML
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
	return x.string(x.chunk[at : at+2*n]), nil
}

// string decodes UTF-16; surrogates without a partner become U+FFFD.
func (x *binXML) string(b []byte) string {
	x.scratch = x.scratch[:0]
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		if r < 0x80 {
			x.scratch = append(x.scratch, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(binary.LittleEndian.Uint16(b[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != 0xfffd {
				i += 2
			}
		}
		x.scratch = appendRune(x.scratch, r)
	}
	return x.words.of(x.scratch)
}
