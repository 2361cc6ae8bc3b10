package evaluator

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Grams is which bytes stand in some texts, and which runs of four of them, in one letter
// case. It tells words that none of the texts can hold, without reading them, and errs on
// the side of yes: different runs may share a bit, and may not be known.
type Grams struct {
	letters [256 / 64]uint64
	bits    []uint64 // nil if runs are not known
	odd     bool     // a text holds a letter beyond ASCII that folds into it (D13)
}

// NewGrams returns those of no text.
func NewGrams() *Grams { return &Grams{bits: make([]uint64, 1<<(gramBits-6))} }

const gramBits = 18

// MostGrams is how many runs there may be before they tell too little to be kept.
const MostGrams = 1 << gramBits / 8

// Add adds a text.
func (g *Grams) Add(text string) {
	data := bytesOf(text)
	g.odd = g.odd || unusual(data)
	for _, b := range data {
		g.letters[b>>6] |= 1 << (b & 63)
	}
	if g.bits == nil {
		return
	}
	for at := 0; at+gramSize <= len(data); at++ {
		g.set(gramBit(gramAt(data, at)))
	}
}

// letter reports whether some text holds a byte, in some letter case.
func (g *Grams) letter(b byte) bool {
	// What folds into one byte are those that differ in one bit, see foldWord.
	for _, c := range [...]byte{b | 0x20, b &^ 0x20} {
		if g.letters[c>>6]>>(c&63)&1 != 0 {
			return true
		}
	}
	return false
}

func (g *Grams) set(bit uint32)      { g.bits[bit>>6] |= 1 << (bit & 63) }
func (g *Grams) has(bit uint32) bool { return g.bits[bit>>6]>>(bit&63)&1 != 0 }

func gramBit(gram uint32) uint32 { return gram * 0x9e3779b1 >> (32 - gramBits) }

// Count returns how many runs there are, roughly.
func (g *Grams) Count() int {
	n := 0
	for _, word := range g.bits {
		n += bits.OnesCount64(word)
	}
	return n
}

// Lack reports whether no text, in no letter case, holds a word for sure.
func (g *Grams) Lack(word string) bool {
	if g.odd {
		return false
	}
	data := bytesOf(word)
	for _, b := range data {
		if !g.letter(b) {
			return true
		}
	}
	for at := 0; g.bits != nil && at+gramSize <= len(data); at++ {
		if !g.has(gramBit(gramAt(data, at))) {
			return true
		}
	}
	return false
}

// lackAll reports whether no text holds any of some words for sure.
func (g *Grams) lackAll(words []string) bool {
	for _, w := range words {
		if !g.Lack(w) {
			return false
		}
	}
	return true
}

// Append appends a form that ReadGrams reads: the bytes as a set, and the distances of
// the runs if these are known and take at most most bytes. It returns false where nothing
// could be told.
func (g *Grams) Append(to []byte, most int) ([]byte, bool) {
	if g.odd {
		return to, false
	}
	for _, word := range g.letters {
		to = binary.LittleEndian.AppendUint64(to, word)
	}
	if g.bits == nil || g.Count() > min(most, MostGrams) {
		return to, true
	}
	with, last := to, uint32(0)
	for bit := range uint32(1 << gramBits) {
		if g.has(bit) {
			with = binary.AppendUvarint(with, uint64(bit-last))
			last = bit
		}
	}
	if len(with)-len(to) > most {
		return to, true
	}
	return with, true
}

// ReadGrams reads what Append has written.
func ReadGrams(data []byte) (*Grams, error) {
	g := &Grams{}
	for i := range g.letters {
		if len(data) < 8 {
			return nil, errDamagedGrams
		}
		g.letters[i], data = binary.LittleEndian.Uint64(data), data[8:]
	}
	if len(data) > 0 {
		g.bits = make([]uint64, 1<<(gramBits-6))
	}
	for at := uint64(0); len(data) > 0; {
		distance, n := binary.Uvarint(data)
		if at += distance; n <= 0 || distance >= 1<<gramBits || at >= 1<<gramBits {
			return nil, errDamagedGrams
		}
		g.set(uint32(at))
		data = data[n:]
	}
	return g, nil
}

var errDamagedGrams = errors.New("the list of runs of four bytes is damaged")
