package matcher

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/simd"
)

// padding lies before and behind the text of a buffer, so that words can be
// read anywhere in it, and a block be taken from its last byte on.
const padding = block + 16

// maxKept is how large a buffer may be that is kept for the next value.
const maxKept = 1 << 20

// buffer holds the folded form of a text, with padding on both sides.
type buffer struct {
	bytes     []byte
	from, end int
	ascii     bool
}

// fold puts compiler.Fold(text) into the buffer.
func (b *buffer) fold(text string) {
	need := len(text) + 2*padding
	if cap(b.bytes) < need {
		b.bytes = make([]byte, need, need+need/2)
	}
	b.bytes = b.bytes[:need]
	b.from, b.end = padding, padding+len(text)
	if simd.Available() && len(text) >= simd.UpperSize {
		clear(b.bytes[b.end:])
		b.ascii = simd.Upper(b.bytes[padding:], text)
	} else {
		copy(b.bytes[padding:], text)
		clear(b.bytes[b.end:])
		b.ascii = b.upper()
	}
	if !b.ascii {
		b.bytes = compiler.AppendFold(b.bytes[:padding], text)
		b.end = len(b.bytes)
		b.bytes = append(b.bytes, make([]byte, padding)...)
	}
}

// upper turns a to z into capitals, eight bytes at a time, and reports whether
// all bytes are ASCII. If not, it has not finished.
func (b *buffer) upper() bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for at := b.from; at < b.end; at += 8 {
		w := binary.LittleEndian.Uint64(b.bytes[at:])
		if w&high != 0 {
			return false
		}
		// The highest bit of a byte says that it is at least a, or above z.
		letter := (w + (0x80-'a')*each) &^ (w + (0x80-'z'-1)*each) & high
		binary.LittleEndian.PutUint64(b.bytes[at:], w-letter>>2)
	}
	return true
}

// word returns the eight bytes from an offset on, the first one lowest.
func (b *buffer) word(at int) uint64 { return binary.LittleEndian.Uint64(b.bytes[at:]) }

// wordBefore returns the eight bytes before an offset, the last one lowest.
func (b *buffer) wordBefore(at int) uint64 { return bits.ReverseBytes64(b.word(at - 8)) }

// text returns the folded text; it is valid until the next fold.
func (b *buffer) text() string {
	return unsafe.String(unsafe.SliceData(b.bytes[b.from:]), b.end-b.from)
}

// release drops a buffer that is too large to be kept.
func (b *buffer) release() {
	if cap(b.bytes) > maxKept {
		*b = buffer{}
	}
}
