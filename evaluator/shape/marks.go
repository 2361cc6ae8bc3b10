package shape

import (
	"math/bits"
	"unicode/utf8"

	"github.com/socctl/socctl/evaluator/simd"
)

// maxMarked is how long a record may be for its marks to be remembered all at once.
const maxMarked = 256 << 10

// marks are where in a record quotes and escapes are, found in one pass over it, so
// that every string in it needs but a look. It knows them of records that are neither
// very short nor very long and in which no control character stands, where the
// processor can find them at a stroke; strings of others are read word by word.
type marks struct {
	blocks []simd.Block // of the current record; none if its marks are not known
	found  simd.Findings
	off    bool // they are never looked for
}

// read finds the marks of a record.
func (m *marks) read(data []byte) {
	m.blocks = m.blocks[:0]
	m.found = simd.Blind
	if m.off || !simd.Available() || len(data) < simd.BlockSize || len(data) > maxMarked {
		return
	}
	n := (len(data) + simd.BlockSize - 1) / simd.BlockSize
	if n > cap(m.blocks) {
		m.blocks = make([]simd.Block, max(n, 2*cap(m.blocks)))
	}
	m.blocks = m.blocks[:n]
	if m.found = simd.Index(m.blocks, data); m.found&simd.Control != 0 {
		m.blocks = m.blocks[:0]
	}
}

// plain reports whether the current record is known to be ASCII.
func (m *marks) plain() bool { return m.found&(simd.High|simd.Blind) == 0 }

// unspelled reports whether the current record is known to have no escape of a character
// that could stand for itself.
func (m *marks) unspelled() bool { return m.found&(simd.Odd|simd.Blind) == 0 }

// stringEnd is stringEnd for the current record, in which a string begins at an offset.
func (m *marks) stringEnd(data []byte, at int) (stop int, as form) {
	i := uint(at) / simd.BlockSize
	if i >= uint(len(m.blocks)) {
		return stringEnd(data, at)
	}
	set := m.blocks[i].Marks >> (uint(at) % simd.BlockSize) << (uint(at) % simd.BlockSize)
	for set == 0 {
		if i++; i == uint(len(m.blocks)) {
			return -1, written
		}
		set = m.blocks[i].Marks
	}
	stop = int(i)*simd.BlockSize + bits.TrailingZeros64(set)
	if data[stop] != '"' {
		return m.escapedEnd(data, at, stop)
	}
	if m.found&simd.High != 0 && m.high(at, stop) && !utf8.Valid(data[at:stop]) {
		return stop, escaped
	}
	return stop, written
}

// escapedEnd is stringEnd for a string in which the first backslash is at slant.
func (m *marks) escapedEnd(data []byte, at, slant int) (stop int, as form) {
	i := uint(slant) / simd.BlockSize
	low := uint64(1)<<(uint(slant)%simd.BlockSize) - 1
	set, odd := m.blocks[i].Quotes&^low, m.blocks[i].Odd&^low
	for set == 0 {
		if i++; i == uint(len(m.blocks)) || odd != 0 {
			return stringEnd(data, at)
		}
		set, odd = m.blocks[i].Quotes, m.blocks[i].Odd
	}
	if odd&(set-1)&^set != 0 {
		return stringEnd(data, at)
	}
	return int(i)*simd.BlockSize + bits.TrailingZeros64(set), escaped
}

// high reports whether there are bytes beyond ASCII in a text without marks that ends
// at a mark.
func (m *marks) high(at, stop int) bool {
	from, to := uint(at)/simd.BlockSize, uint(stop)/simd.BlockSize
	set := m.blocks[from].High >> (uint(at) % simd.BlockSize) << (uint(at) % simd.BlockSize)
	for ; from < to; from++ {
		if set != 0 {
			return true
		}
		set = m.blocks[from+1].High
	}
	return set&(1<<(uint(stop)%simd.BlockSize)-1) != 0
}
