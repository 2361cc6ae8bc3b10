package record

import (
	"encoding/binary"
	"math"
)

// pageHeader is what stands in front of a page, as far as it is needed. A replay reads
// some for each column of each file, so that the general decoder of Thrift would take a
// twentieth of its time.
type pageHeader struct {
	kind         int
	size, packed int // of the page, decompressed and as it is
	encoding     int
	values       int
	rows, nulls  int
	levels       int // bytes of definition levels
	repetitions  int // bytes of repetition levels
	stored       bool
}

// Numbers of the format: kinds of pages, encodings, and types of the compact protocol of
// Thrift.
const (
	dictionaryPage = 2
	dataPageV2     = 3

	dictionaryHeader = 7
	dataHeaderV2     = 8

	encodingPlain       = 0
	encodingDelta       = 5
	encodingDeltaLength = 6
	encodingDictionary  = 8

	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt16  = 4
	thriftInt32  = 5
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftStruct = 12
)

// readPageHeader reads a header of a dictionary or of a data page of the second version;
// false if it is something else, or not complete.
func readPageHeader(content []byte) (h pageHeader, length int, ok bool) {
	c := compact{rest: content}
	outer, inner := c.numbers(true)
	if c.bad || outer[1] == unset || outer[2] == unset || outer[3] == unset {
		return h, 0, false
	}
	h = pageHeader{kind: outer[1], size: outer[2], packed: outer[3], values: inner[1]}
	switch {
	case h.kind == dictionaryPage && inner[0] == dictionaryHeader:
		h.encoding = inner[2]
	case h.kind == dataPageV2 && inner[0] == dataHeaderV2:
		h.nulls, h.rows, h.encoding, h.levels, h.repetitions, h.stored = inner[2], inner[3], inner[4], inner[5], inner[6], inner[7] == 0
	default:
		return h, 0, false
	}
	for _, n := range [...]int{h.size, h.packed, h.values, h.rows, h.nulls, h.encoding, h.levels, h.repetitions} {
		if n < 0 {
			return h, 0, false // or it is not there
		}
	}
	return h, len(content) - len(c.rest), true
}

// unset is the number of a field that is not there.
const unset = math.MinInt

// compact reads structures in the compact protocol of Thrift.
type compact struct {
	rest []byte
	bad  bool
}

func (c *compact) fail() { c.rest, c.bad = nil, true }

func (c *compact) byte() byte {
	if len(c.rest) == 0 {
		c.fail()
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return b
}

func (c *compact) varint() uint64 {
	n, size := binary.Uvarint(c.rest)
	if size <= 0 {
		c.fail()
		return 0
	}
	c.rest = c.rest[size:]
	return n
}

func (c *compact) number() int {
	n := c.varint()
	return int(n>>1) ^ -int(n&1)
}

func (c *compact) take(n uint64) {
	if n > uint64(len(c.rest)) {
		c.fail()
		return
	}
	c.rest = c.rest[n:]
}

// fields are small numbers and booleans by id; unset where there are none. The first is
// the id of the structure itself.
type fields [9]int

var noFields = fields{unset, unset, unset, unset, unset, unset, unset, unset, unset}

// numbers reads a structure, and the last structure in it if within is true. Everything
// that is no small number is skipped.
func (c *compact) numbers(within bool) (own, inner fields) {
	own, inner = noFields, noFields
	for id := 0; !c.bad; {
		kind := c.field(&id)
		switch {
		case kind == 0:
			return own, inner
		case kind == thriftStruct && within:
			inner, _ = c.numbers(false)
			inner[0] = id
		case id <= 0 || id >= len(own):
			c.skip(kind, 0)
		case kind == thriftTrue:
			own[id] = 1
		case kind == thriftFalse:
			own[id] = 0
		case kind == thriftInt32:
			if own[id] = c.number(); own[id] != int(int32(own[id])) {
				c.fail()
			}
		default:
			c.skip(kind, 0)
		}
	}
	return own, inner
}

// field reads what stands in front of a field, and returns its type: 0 at the end.
func (c *compact) field(id *int) byte {
	b := c.byte()
	if b&0xf == 0 {
		return 0
	}
	if *id += int(b >> 4); b>>4 == 0 {
		*id = c.number()
	}
	return b & 0xf
}

// maxThriftDepth is deeper than any header is.
const maxThriftDepth = 8

// skip skips a value.
func (c *compact) skip(kind byte, depth int) {
	if depth > maxThriftDepth {
		c.fail()
	}
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		c.byte()
	case thriftInt16, thriftInt32, thriftInt64:
		c.varint()
	case thriftDouble:
		c.take(8)
	case thriftBinary:
		c.take(c.varint())
	case thriftStruct:
		for id := 0; !c.bad; {
			inner := c.field(&id)
			if inner == 0 {
				return
			}
			c.skip(inner, depth+1)
		}
	case thriftList, thriftSet:
		kind, count := c.list()
		for ; count > 0 && !c.bad; count-- {
			c.skipItem(kind, depth+1)
		}
	default: // maps: there are none
		c.fail()
	}
}

// skipItem skips an item of a list, in which booleans take a byte.
func (c *compact) skipItem(kind byte, depth int) {
	if kind == thriftTrue || kind == thriftFalse {
		kind = thriftByte
	}
	c.skip(kind, depth)
}
