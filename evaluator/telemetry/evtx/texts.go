package evtx

import (
	"encoding/binary"
	"math/bits"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// texts renders values and remembers those it saw lately: telemetry repeats
// itself, so most cost a look-up. What is new lies in blocks that the texts of
// several records share, so that they do not cost an allocation each; a text
// that is kept keeps its block.
type texts struct {
	block   strings.Builder
	scratch []byte
	memos   []memo
	seen    []uint32 // hashes of values met once; only what comes again is remembered
	day     uint64   // of date, days since 1601
	date    []byte   // as times start with it
	once    bool     // only few values are rendered: nothing is worth remembering
}

// memo is a value that was rendered before.
type memo struct {
	hash  uint64
	data  string // as in the chunk
	value evaluator.Value
	kind  byte
}

const (
	memoBits    = 12
	longestText = 160 // bytes of a value worth remembering
	blockSize   = 16 << 10
)

// of renders a value whose look is a text or an integer.
func (t *texts) of(kind byte, data []byte) evaluator.Value {
	if len(data) > longestText || kind == kindFileTime || t.once {
		t.scratch = t.appendText(t.scratch[:0], kind, data)
		return scalar(kind, t.own(t.scratch))
	}
	if t.memos == nil {
		t.memos, t.seen = make([]memo, 1<<memoBits), make([]uint32, 1<<memoBits)
	}
	hash := hashData(kind, data)
	m := &t.memos[hash>>(64-memoBits)]
	if m.hash == hash && m.kind == kind && m.data == string(data) {
		return m.value
	}
	t.scratch = t.appendText(t.scratch[:0], kind, data)
	seen := &t.seen[hash>>(64-memoBits)]
	if *seen != uint32(hash) {
		*seen = uint32(hash)
		return scalar(kind, t.own(t.scratch))
	}
	*m = memo{hash: hash, data: string(data), kind: kind, value: scalar(kind, string(t.scratch))}
	return m.value
}

func scalar(kind byte, text string) evaluator.Value {
	if isInteger(kind) {
		return evaluator.NumberValue(text)
	}
	return evaluator.StringValue(text)
}

// own returns a string of text, in the block if it fits.
func (t *texts) own(text []byte) string {
	if len(text) > blockSize/8 || t.once {
		return string(text)
	}
	if t.block.Cap()-t.block.Len() < len(text) {
		t.block = strings.Builder{}
		t.block.Grow(blockSize)
	}
	start := t.block.Len()
	t.block.Write(text)
	return t.block.String()[start:]
}

// hashData is for finding values; whether two are the same is then compared.
func hashData(kind byte, b []byte) uint64 {
	const one, two = 0x9e3779b97f4a7c15, 0xe7037ed1a0b428db
	h := (uint64(len(b))<<8 | uint64(kind)) * one
	for ; len(b) > 16; b = b[16:] {
		high, low := bits.Mul64(binary.LittleEndian.Uint64(b)^h, binary.LittleEndian.Uint64(b[8:])^two)
		h = high ^ low
	}
	var first, last uint64
	if len(b) >= 8 {
		first, last = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[len(b)-8:])
	} else {
		first = littleEndian(b)
	}
	high, low := bits.Mul64(first^h, last^two)
	return (high ^ low) * one
}
