package matcher

import "math/bits"

// table maps keys of 96 bits to numbers of 32 bits, exactly: a key that was not
// put in is not found, so no key needs to be verified. It is an open-addressed
// array that is at most half full. What is in it comes from rules alone, so
// values of events cannot make its chains longer.
type table struct {
	slots []slot
	shift uint
}

type slot struct {
	word  uint64
	low   uint32 // a second word of the key
	value int32  // absent if the slot is free
}

const absent = -1

func newTable(entries int) table {
	if entries == 0 {
		return table{}
	}
	log := uint(bits.Len(uint(2*entries - 1)))
	t := table{slots: make([]slot, 1<<log), shift: 64 - log}
	for i := range t.slots {
		t.slots[i].value = absent
	}
	return t
}

// mix spreads a key over 64 bits, the highest of which depend on all of it.
func mix(word uint64, low uint32) uint64 {
	h := (word ^ uint64(low)*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return (h ^ h>>32) * 0x9E3779B97F4A7C15
}

// find returns the slot of a key, or the free slot where it belongs.
func (t *table) find(word uint64, low uint32) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := mix(word, low) >> t.shift; ; i++ {
		s := &t.slots[i&mask]
		if s.value == absent || s.word == word && s.low == low {
			return s
		}
	}
}

// get returns the number of a key, absent if there is none.
func (t *table) get(word uint64, low uint32) int32 {
	if len(t.slots) == 0 {
		return absent
	}
	return t.find(word, low).value
}

func (t *table) put(word uint64, low uint32, value int32) {
	*t.find(word, low) = slot{word, low, value}
}

// shrunk returns the table with as many slots as its entries need.
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

func (t *table) size() int { return len(t.slots) * 16 }
