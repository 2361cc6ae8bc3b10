package matcher

import "math/bits"

// table maps keys of 96 bits to numbers of 32 bits, exactly: a key that was not
// put in is not found, so no key needs to be verified. It is an open-addressed
// array that is at most half full. What is in it comes from rules alone, so
// values of events cannot make its chains longer.
//
// Most keys that are asked for are not in it. A set of bits, a thirtieth of the size of
// the array, tells that of nearly all of them, without a look at memory that is in no fast
// cache.
type table struct {
	slots []slot
	maybe []uint64 // four bits to a slot, by the same hash; those of keys are set
	shift uint
}

type slot struct {
	word  uint64
	low   uint32 // a second word of the key
	value int32  // absent if the slot is free
}

const absent = -1

// newTable returns a table for so many entries.
func newTable(entries int) table {
	var t table
	if entries > 0 {
		t.reset(entries)
	}
	return t
}

// reset makes a table empty, with room for so many entries, in its memory if that is
// large enough.
func (t *table) reset(entries int) {
	log := uint(bits.Len(uint(2*entries - 1)))
	t.slots, t.maybe, t.shift = zeros(t.slots, 1<<log), zeros(t.maybe, max(1, 1<<log/16)), 64-log
	for i := range t.slots {
		t.slots[i].value = absent
	}
}

// mix spreads a key over 64 bits, the highest of which depend on all of it.
func mix(word uint64, low uint32) uint64 {
	h := (word ^ uint64(low)*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return (h ^ h>>32) * 0x9E3779B97F4A7C15
}

// find returns the slot of a key, or the free slot where it belongs.
func (t *table) find(hash, word uint64, low uint32) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := hash >> t.shift; ; i++ {
		s := &t.slots[i&mask]
		if s.value == absent || s.word == word && s.low == low {
			return s
		}
	}
}

// get returns the number of a key, absent if there is none.
func (t *table) get(word uint64, low uint32) int32 {
	hash := mix(word, low)
	bit := hash >> (t.shift - 2)
	if at := bit >> 6; at >= uint64(len(t.maybe)) || t.maybe[at]>>(bit&63)&1 == 0 {
		return absent
	}
	return t.find(hash, word, low).value
}

// put adds a key, or changes its number.
func (t *table) put(word uint64, low uint32, value int32) {
	hash := mix(word, low)
	bit := hash >> (t.shift - 2)
	t.maybe[bit>>6] |= 1 << (bit & 63)
	*t.find(hash, word, low) = slot{word, low, value}
}

// shrunk returns a copy of the table with as many slots as its entries need.
func (t *table) shrunk() table {
	entries := 0
	for _, s := range t.slots {
		if s.value != absent {
			entries++
		}
	}
	out := newTable(entries)
	for _, s := range t.slots {
		if s.value != absent {
			out.put(s.word, s.low, s.value)
		}
	}
	return out
}

func (t *table) size() int { return len(t.slots)*16 + len(t.maybe)*8 }
