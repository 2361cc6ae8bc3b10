package shape

import (
	"encoding/binary"
	"math/bits"

	"github.com/socctl/socctl/evaluator/simd"
)

// simple reports whether the current record is ASCII, without control characters, and all
// its escapes are of two characters: then a string ends at the next quote that is marked.
func (m *marks) simple() bool { return m.found == 0 && len(m.blocks) > 0 }

// followPlain is follow for a simple record, as far as the likeliest step is the one taken
// and what it leads to is a string, a plain number, the end or has no text. Most records are
// nothing else, so it calls nothing that takes long, and writes every leaf once. At the end it
// returns the id of the shape and -1.
func (s *Scanner) followPlain(data []byte, node int32, at int) (int32, int) {
	steps, blocks, leaves := s.trie.steps, s.marks.blocks, s.leaves[:cap(s.leaves)]
	n := len(s.leaves)
	for n < len(leaves) {
		p := &steps[steps[node].first]
		glue, behind := p.glue, at+len(p.glue)
		if behind > len(data) {
			break
		}
		// Glue is short: comparing it as words of eight bytes, of which some overlap, takes
		// less than what compares texts of any length.
		if b := data[at:behind]; len(b) < 8 || len(b) > 32 {
			if string(b) != glue {
				break
			}
		} else {
			x := (binary.LittleEndian.Uint64(b) ^ word8(glue)) | (binary.LittleEndian.Uint64(b[len(b)-8:]) ^ word8(glue[len(glue)-8:]))
			if len(b) > 16 {
				x |= (binary.LittleEndian.Uint64(b[8:]) ^ word8(glue[8:])) | (binary.LittleEndian.Uint64(b[len(b)-16:]) ^ word8(glue[len(glue)-16:]))
			}
			if x != 0 {
				break
			}
		}
		leaf := &leaves[n]
		if p.kind != String {
			start, stop := behind-int(p.leaf), behind
			if p.kind == Number {
				start, stop = behind, plainNumberEnd(data, behind)
			} else if p.kind == end && behind == len(data) {
				s.leaves = leaves[:n]
				return p.to, -1
			}
			if p.kind == Bool || p.kind >= end || stop < 0 {
				break
			}
			leaf.Start, leaf.End, leaf.Kind, leaf.Escaped, leaf.Spelled, leaf.Form = uint32(start), uint32(stop), p.kind, false, false, 0
			node, at, n = p.to, stop, n+1
			continue
		}
		i, low := uint(behind)/simd.BlockSize, uint64(1)<<(uint(behind)%simd.BlockSize)-1
		if i >= uint(len(blocks)) {
			break
		}
		marks, quotes, slants := blocks[i].Marks&^low, blocks[i].Quotes&^low, uint64(0)
		for quotes == 0 {
			slants |= marks
			if i++; i == uint(len(blocks)) {
				break
			}
			marks, quotes = blocks[i].Marks, blocks[i].Quotes
		}
		if quotes == 0 {
			break
		}
		slants |= marks & (quotes - 1) &^ quotes
		stop := int(i*simd.BlockSize) + bits.TrailingZeros64(quotes)
		leaf.Start, leaf.End, leaf.Kind, leaf.Escaped, leaf.Spelled, leaf.Form = uint32(behind), uint32(stop), String, slants != 0, false, 0
		node, at, n = p.to, stop+1, n+1
	}
	s.leaves = leaves[:n]
	return node, at
}

// plainNumberEnd returns the end of a number of digits alone, of which the first is not 0
// unless it is the only one, or -1.
func plainNumberEnd(data []byte, at int) int {
	stop := at
	for stop < len(data) && data[stop]-'0' <= 9 {
		stop++
	}
	if stop == at || stop-at > 1 && data[at] == '0' || stop < len(data) && (data[stop] == '.' || data[stop]|0x20 == 'e') {
		return -1
	}
	return stop
}
