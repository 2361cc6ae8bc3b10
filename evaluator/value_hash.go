package evaluator

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
)

// valueHash hashes values to 128 bits, under keys that no sender of events can know.
//
// Short texts are hashed as NH does (Black et al., UMAC, 1999): as a sum of products of
// words, to each of which a random key of its own is added. Two texts that do not depend
// on the keys have the same sum with a probability of 1 in 2^64 at most. That takes half
// as long as to hash them twice by other means, as is done with long ones.
type valueHash struct {
	keys         [maxKeys]uint64
	first, other maphash.Seed
	spread       [2]uint64 // odd
}

// maxShort is how many bytes a short text has at most, and maxKeys how many keys there
// are: one for each word of it, and some more.
const (
	maxShort = 256
	maxKeys  = 64
)

func newValueHash() *valueHash {
	h := &valueHash{first: maphash.MakeSeed(), other: maphash.MakeSeed(), spread: [2]uint64{rand.Uint64() | 1, rand.Uint64() | 1}}
	for i := range h.keys {
		h.keys[i] = rand.Uint64()
	}
	return h
}

// of returns the hash of a text and of whatever else distinguishes values.
func (h *valueHash) of(salt uint64, text string) (first, other uint64) {
	if len(text) > maxShort {
		mixed := salt * h.spread[0]
		return maphash.String(h.first, text) ^ mixed, maphash.String(h.other, text) + mixed
	}
	high, low := bits.Mul64(uint64(len(text))+h.keys[0], salt+h.keys[1])
	data, n := bytesOf(text), uint(2)
	var a, b uint64
	for ; len(data) > 16; data, n = data[16:], n+2 {
		a, b = binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
		high, low = add(high, low, a+h.keys[n%maxKeys], b+h.keys[(n+1)%maxKeys])
	}
	if len(text) >= 16 {
		data = bytesOf(text)[len(text)-16:]
		a, b = binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
	} else {
		a, b = words(data)
	}
	high, low = add(high, low, a+h.keys[n%maxKeys], b+h.keys[(n+1)%maxKeys])
	// The lowest bits of a sum of products are not even; these depend on all others.
	first = low*h.spread[0] + high*h.spread[1]
	return first ^ first>>32, high
}

// add adds a product to a sum.
func add(high, low, a, b uint64) (uint64, uint64) {
	more, less := bits.Mul64(a, b)
	low, carry := bits.Add64(low, less, 0)
	high, _ = bits.Add64(high, more, carry)
	return high, low
}

// words returns two words that are different for different texts of the same length,
// which is below 16.
func words(data []byte) (a, b uint64) {
	switch n := len(data); {
	case n >= 8:
		return binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[n-8:])
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(data)), uint64(binary.LittleEndian.Uint32(data[n-4:]))
	case n > 0:
		return uint64(data[0]) | uint64(data[n/2])<<8 | uint64(data[n-1])<<16, 0
	}
	return 0, 0
}
