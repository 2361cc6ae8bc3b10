package evaluator

import (
	"bytes"
	"encoding/binary"
)

// highBits of four code units are those that ASCII does not have.
const highBits = 0xff80ff80ff80ff80

// holdsWide is holds for a text in UTF-16, see shape.Wide. Words are ASCII, so four
// code units that are not are in none.
func (f *wordFilter) holdsWide(data []byte) bool {
	for at, last := 0, len(data)/2-gramSize; at <= last; at += f.step {
		units := binary.LittleEndian.Uint64(data[2*at:])
		if units&highBits != 0 {
			continue
		}
		if gram := narrow(units) | 0x20202020; f.maybe.Has(gram) != 0 && f.confirmWide(data, at, gram) {
			return true
		}
	}
	return false
}

// narrow makes four bytes of four code units that are ASCII.
func narrow(units uint64) uint32 {
	units = (units | units>>8) & 0x0000ffff0000ffff
	return uint32(units | units>>16)
}

// confirmWide is confirm for a text in UTF-16; at counts code units.
func (f *wordFilter) confirmWide(data []byte, at int, g uint32) bool {
	for _, c := range f.grams[g] {
		from := at - c.at
		if from >= 0 && 2*(from+len(c.word)) <= len(data) && sameWide(data[2*from:], c.word) {
			return true
		}
	}
	return false
}

// sameWide reports whether UTF-16 starts with a word in the form of foldWord.
func sameWide(data []byte, word string) bool {
	for i := range len(word) {
		if data[2*i]|0x20 != word[i] || data[2*i+1] != 0 {
			return false
		}
	}
	return true
}

// unusualWide is unusual for data in which texts are in UTF-16, wherever they begin.
func unusualWide(data []byte) bool {
	return bytes.Contains(data, []byte{0x2a, 0x21}) || bytes.Contains(data, []byte{0x7f, 0x01})
}
