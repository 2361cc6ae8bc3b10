package evaluator

import "math/bits"

// A sketch is a Grams in a form that can be asked without being read: the set of bytes,
// how many bits tell of runs, in powers of two, and these bits. It takes less than a byte
// for each run, and errs more often on the side of yes.

const (
	sketchLetters = 256 / 8
	sketchBits    = 2 // in powers of two, for each run
)

// AppendSketch appends a sketch; false if nothing can be told.
func (g *Grams) AppendSketch(to []byte) ([]byte, bool) {
	if g.odd {
		return to, false
	}
	to = g.appendLetters(to)
	count := g.Count()
	if g.bits == nil || count > 2*MostGrams {
		return append(to, 0), true // of runs nothing is known
	}
	power := min(gramBits, max(3, bits.Len(uint(count))+sketchBits))
	to = append(to, byte(power))
	from := len(to)
	to = append(to, make([]byte, 1<<(power-3))...)
	for n, word := range g.bits {
		for ; word != 0; word &= word - 1 {
			bit := uint32(n<<6+bits.TrailingZeros64(word)) >> (gramBits - power)
			to[from+int(bit>>3)] |= 1 << (bit & 7)
		}
	}
	return to, true
}

// SketchLacks reports whether no text of which a sketch tells, in no letter case, holds a
// word for sure. Of something that is no sketch it says no.
func SketchLacks(sketch []byte, word string) bool {
	if len(sketch) <= sketchLetters {
		return false
	}
	power := int(sketch[sketchLetters])
	runs := sketch[sketchLetters+1:]
	if power != 0 && (power < 3 || power > gramBits || len(runs) != 1<<(power-3)) {
		return false
	}
	data := bytesOf(word)
	for _, b := range data {
		upper, lower := b&^0x20, b|0x20
		if (sketch[upper>>3]>>(upper&7)|sketch[lower>>3]>>(lower&7))&1 == 0 {
			return true
		}
	}
	for at := 0; power != 0 && at+gramSize <= len(data); at++ {
		gram := gramAt(data, at)
		bit := gramBit(gram) >> (gramBits - power)
		if !hexadecimal(gram) && runs[bit>>3]>>(bit&7)&1 == 0 {
			return true
		}
	}
	return false
}
