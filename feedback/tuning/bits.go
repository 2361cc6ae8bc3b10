package tuning

import "math/bits"

// Rows is a set of events of a corpus.
type Rows []uint64

func newRows(n int) Rows { return make(Rows, (n+63)/64) }

// Add adds an event.
func (s Rows) Add(row int) { s[row/64] |= 1 << (row % 64) }

// Has reports whether an event is in the set.
func (s Rows) Has(row int) bool { return s[row/64]&(1<<(row%64)) != 0 }

// Count returns how many events are in the set.
func (s Rows) Count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Each calls visit for every event, in order.
func (s Rows) Each(visit func(row int)) {
	for i, w := range s {
		for w != 0 {
			visit(64*i + bits.TrailingZeros64(w))
			w &= w - 1
		}
	}
}

// And returns what is in both sets.
func (s Rows) And(o Rows) Rows { return s.and(o) }

func (s Rows) and(o Rows) Rows {
	out := make(Rows, len(s))
	for i := range s {
		out[i] = s[i] & o[i]
	}
	return out
}

// intersect keeps in s what a and b share.
func (s Rows) intersect(a, b Rows) {
	for i := range s {
		s[i] = a[i] & b[i]
	}
}

// Minus removes what is in the other set.
func (s Rows) Minus(o Rows) {
	for i := range s {
		s[i] &^= o[i]
	}
}

// Join adds what is in the other set.
func (s Rows) Join(o Rows) {
	for i := range s {
		s[i] |= o[i]
	}
}

// common counts what is in both.
func (s Rows) common(o Rows) int {
	n := 0
	for i := range s {
		n += bits.OnesCount64(s[i] & o[i])
	}
	return n
}

// within reports whether all of s is in the other set.
func (s Rows) within(o Rows) bool {
	for i := range s {
		if s[i]&^o[i] != 0 {
			return false
		}
	}
	return true
}
