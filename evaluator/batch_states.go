package evaluator

// vector is a class for each of some rows.
type vector struct {
	same  uint32   // of all rows, if byRow is nil
	byRow []uint32 // in the order of the rows
}

func (v *vector) at(i int) uint32 {
	if v.byRow == nil {
		return v.same
	}
	return v.byRow[i]
}

// states divides rows into those that have the same classes in all vectors.
type states struct {
	byRow []uint32 // nil as long as all have the same
	rows  int
	count int
	slots []stateSlot // of a hash table, probed in a row
}

type stateSlot struct {
	key  uint64 // state and class
	to   uint32
	used uint32 // number of the division that has put it there
}

func newStates(rows int) *states { return &states{rows: rows, count: 1} }

func (s *states) of(i int) uint32 {
	if s.byRow == nil {
		return 0
	}
	return s.byRow[i]
}

// divide divides states by one more vector.
func (s *states) divide(v vector) {
	if v.byRow == nil {
		return
	}
	if s.byRow == nil {
		s.byRow = make([]uint32, s.rows)
	}
	size := 64
	s.slots = make([]stateSlot, size)
	count := 0
	var lastKey uint64
	last, known := uint32(0), false
	for i, state := range s.byRow {
		key := uint64(state)<<32 | uint64(v.byRow[i])
		if known && key == lastKey {
			s.byRow[i] = last
			continue
		}
		if 2*count >= len(s.slots) {
			s.grow()
		}
		slot := s.find(key)
		if slot.used == 0 {
			*slot = stateSlot{key, uint32(count), 1}
			count++
		}
		lastKey, last, known = key, slot.to, true
		s.byRow[i] = last
	}
	s.count = count
}

func (s *states) find(key uint64) *stateSlot {
	mask := uint64(len(s.slots) - 1)
	for i := key * 0x9e3779b97f4a7c15 >> 32 & mask; ; i = (i + 1) & mask {
		if slot := &s.slots[i]; slot.used == 0 || slot.key == key {
			return slot
		}
	}
}

func (s *states) grow() {
	old := s.slots
	s.slots = make([]stateSlot, 2*len(old))
	for _, slot := range old {
		if slot.used != 0 {
			*s.find(slot.key) = slot
		}
	}
}
