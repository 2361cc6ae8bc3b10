package evaluator

import "math/bits"

// watchers tells which rules of a group a predicate wakes. It does not change.
type watchers struct {
	slots []watchSlot // by the hash of the predicate, at most half of them in use
	shift uint
	rules []int32 // of all predicates, one behind the other
}

// watchSlot is a predicate with the end of its rules, which is 0 in a free slot.
type watchSlot struct{ atom, from, to int32 }

// of returns the rules that a predicate wakes, in their order.
func (w *watchers) of(atom int32) []int32 {
	if len(w.slots) == 0 {
		return nil
	}
	if s := w.slot(atom); s.to > 0 {
		return w.rules[s.from:s.to]
	}
	return nil
}

// slot returns the slot of a predicate, or the free one where it belongs.
func (w *watchers) slot(atom int32) *watchSlot {
	for at := uint32(atom) * 0x9e3779b1 >> w.shift; ; at++ {
		s := &w.slots[at&uint32(len(w.slots)-1)]
		if s.to == 0 || s.atom == atom {
			return s
		}
	}
}

// watchersOf returns the watchers of some rules.
func (t *tables) watchersOf(rules []int32) watchers {
	if t.tally == nil {
		t.tally = make([]int32, len(t.atoms))
	}
	distinct, total := 0, int32(0)
	for _, n := range rules {
		for _, atom := range t.rules[n].witness {
			if t.tally[atom] == 0 {
				distinct++
			}
			t.tally[atom]++
			total++
		}
	}
	if distinct == 0 {
		return watchers{}
	}
	log := bits.Len(uint(2*distinct - 1))
	w := watchers{slots: make([]watchSlot, 1<<log), shift: uint(32 - log), rules: make([]int32, total)}
	next := int32(0)
	for _, n := range rules {
		for _, atom := range t.rules[n].witness {
			s := w.slot(atom)
			if s.to == 0 {
				*s = watchSlot{atom, next, next + t.tally[atom]}
				next, t.tally[atom] = s.to, s.from
			}
			w.rules[t.tally[atom]] = n
			t.tally[atom]++
		}
	}
	for i := range w.slots {
		if w.slots[i].to > 0 {
			t.tally[w.slots[i].atom] = 0
		}
	}
	return w
}
