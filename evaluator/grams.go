package evaluator

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Grams is which runs of four bytes stand in some texts, in one letter case. It tells
// words that none of the texts can hold, without reading them, and errs on the side of
// yes: different runs may share a bit.
type Grams struct {
	bits [1 << (gramBits - 6)]uint64
	odd  bool // a text holds a letter beyond ASCII that folds into it (D13)
}

const gramBits = 18

// MostGrams is how many bits of Grams may be set before they tell too little to be kept.
const MostGrams = 1 << gramBits / 8

// Add adds a text.
func (g *Grams) Add(text string) {
	data := bytesOf(text)
	g.odd = g.odd || unusual(data)
	for at := 0; at+gramSize <= len(data); at++ {
		g.set(gramBit(gramAt(data, at)))
	}
}

func (g *Grams) set(bit uint32)      { g.bits[bit>>6] |= 1 << (bit & 63) }
func (g *Grams) has(bit uint32) bool { return g.bits[bit>>6]>>(bit&63)&1 != 0 }

func gramBit(gram uint32) uint32 { return gram * 0x9e3779b1 >> (32 - gramBits) }

// Count returns how many bits are set.
func (g *Grams) Count() int {
	n := 0
	for _, word := range &g.bits {
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
	for at := 0; at+gramSize <= len(data); at++ {
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

// Append appends a form that ReadGrams reads: the distances of the bits that are set.
// It returns false where that would tell nothing or too little.
func (g *Grams) Append(to []byte) ([]byte, bool) {
	if g.odd || g.Count() > MostGrams {
		return to, false
	}
	last := uint32(0)
	for bit := range uint32(1 << gramBits) {
		if g.has(bit) {
			to = binary.AppendUvarint(to, uint64(bit-last))
			last = bit
		}
	}
	return to, true
}

// ReadGrams reads what Append has written.
func ReadGrams(data []byte) (*Grams, error) {
	g, at := &Grams{}, uint64(0)
	for len(data) > 0 {
		distance, n := binary.Uvarint(data)
		if at += distance; n <= 0 || distance >= 1<<gramBits || at >= 1<<gramBits {
			return nil, errors.New("the list of runs of four bytes is damaged")
		}
		g.set(uint32(at))
		data = data[n:]
	}
	return g, nil
}
