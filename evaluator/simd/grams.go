package simd

import "encoding/binary"

// GramSize is how many bytes a gram has.
const GramSize = 4

// Grams are sets of runs of four bytes, in which letters have one case, and other
// characters some form that equal ones share. They may hold some that were not added.
type Grams [1 << 10]uint64

// Gram returns the run of four bytes at the start of a text, in the form that it has
// in Grams.
func Gram(text []byte) uint32 { return binary.LittleEndian.Uint32(text) | 0x20202020 }

func gramHash(gram uint32) uint32 { return gram * 0x9e3779b1 >> 16 }

// Add adds a run of four bytes, as Gram returns it.
func (g *Grams) Add(gram uint32) {
	h := gramHash(gram)
	g[h>>6] |= 1 << (h & 63)
}

// Has returns 1 if a run of four bytes may be one of those that were added, else 0.
func (g *Grams) Has(gram uint32) uint64 {
	h := gramHash(gram)
	return g[h>>6%uint32(len(g))] >> (h & 63) & 1
}

// ProbeSize is how many bytes Probe looks at together.
const ProbeSize = 32

// Probe looks for runs of the set in a text. From an offset on, it looks at every fourth
// place as far as there are 32 bytes, and then at every fourth in the last 32 bytes: of
// any four places in a row, one is looked at. It returns the offset of the first 32
// bytes so looked at that have such a run at one of the eight places, as Has tells;
// whoever asks goes on 32 bytes behind it. If there are none, or the text is
// shorter than 32 bytes, it returns the length of the text.
func (g *Grams) Probe(text []byte, from int) (at int) {
	if len(text) < ProbeSize || uint(from) > uint(len(text)-GramSize) {
		return len(text)
	}
	if available {
		return probe(g, &text[0], len(text), from)
	}
	for at = from; at <= len(text)-GramSize; at += ProbeSize {
		at = min(at, len(text)-ProbeSize)
		for i := 0; i < ProbeSize; i += GramSize {
			if g.Has(Gram(text[at+i:])) != 0 {
				return at
			}
		}
	}
	return len(text)
}
