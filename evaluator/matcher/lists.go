package matcher

import (
	"math/bits"
	"slices"
)

// lists holds many short lists of atoms, those of equal content once. A list is
// named by the offset of its length, which its atoms follow; list 0 is empty.
type lists struct{ flat []int32 }

// lister builds lists.
type lister struct {
	lists
	single []int32 // names of lists of one atom, by the atom; 0 if there is none yet
	known  map[string]int32
	key    []byte
}

// add returns the name of a list of ascending atoms; it drops duplicates.
func (l *lister) add(atoms []int32) int32 {
	atoms = slices.Compact(atoms)
	if len(atoms) == 1 {
		name := &l.single[atoms[0]]
		if *name == 0 {
			*name = int32(len(l.flat))
			l.flat = append(l.flat, 1, atoms[0])
		}
		return *name
	}
	key := l.key[:0]
	for _, a := range atoms {
		key = append(key, byte(a), byte(a>>8), byte(a>>16), byte(a>>24))
	}
	l.key = key
	if name, ok := l.known[string(key)]; ok {
		return name
	}
	name := int32(len(l.flat))
	l.flat = append(append(l.flat, int32(len(atoms))), atoms...)
	l.known[string(key)] = name
	return name
}

// hits is a set of small numbers that are listed in ascending order. Reset and
// listing take time in the number of members, not in their range.
type hits struct {
	words []uint64
	sums  []uint64 // bit i: words[i] is not 0
}

// grow makes room for the numbers below n.
func (h *hits) grow(n int) {
	if need := (n + 63) / 64; need > len(h.words) {
		h.words = append(h.words, make([]uint64, need-len(h.words))...)
		h.sums = append(h.sums, make([]uint64, (need+63)/64-len(h.sums))...)
	}
}

func (h *hits) add(n int32) {
	h.words[uint32(n)>>6] |= 1 << (uint32(n) & 63)
	h.sums[uint32(n)>>12] |= 1 << (uint32(n) >> 6 & 63)
}

func (h *hits) addList(l *lists, name int32) {
	from := name + 1
	for _, n := range l.flat[from : from+l.flat[name]] {
		h.add(n)
	}
}

func (h *hits) has(n int32) bool { return h.words[uint32(n)>>6]>>(uint32(n)&63)&1 != 0 }

// each yields the numbers in ascending order, and empties the set.
func (h *hits) each(yield func(n int32)) {
	for w := h.next(0); w >= 0; w = h.next(w + 1) {
		for word := h.words[w]; word != 0; word &= word - 1 {
			yield(int32(w<<6 | bits.TrailingZeros64(word)))
		}
		h.words[w] = 0
	}
	clear(h.sums)
}

// next returns the number of the first word from w on that is not empty, or -1.
func (h *hits) next(w int) int {
	for i := w >> 6; i < len(h.sums); i++ {
		sum := h.sums[i]
		if i == w>>6 {
			sum &= ^uint64(0) << (w & 63)
		}
		if sum != 0 {
			return i<<6 | bits.TrailingZeros64(sum)
		}
	}
	return -1
}
