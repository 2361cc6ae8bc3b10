package tuning

import "math/bits"

// set is a set of rows.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// and returns what is in both.
func (s set) and(o set) set {
	out := make(set, len(s))
	for i := range s {
		out[i] = s[i] & o[i]
	}
	return out
}

// minus removes what is in o.
func (s set) minus(o set) {
	for i := range s {
		s[i] &^= o[i]
	}
}

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// common counts what is in both.
func (s set) common(o set) int {
	n := 0
	for i := range s {
		n += bits.OnesCount64(s[i] & o[i])
	}
	return n
}

func (s set) equal(o set) bool {
	for i := range s {
		if s[i] != o[i] {
			return false
		}
	}
	return true
}

// each calls visit for every member.
func (s set) each(visit func(int)) {
	for i, w := range s {
		for w != 0 {
			visit(64*i + bits.TrailingZeros64(w))
			w &= w - 1
		}
	}
}
