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

// room is room for slices, which is used again once all of it is given up.
type room[T any] struct {
	slab []T
	used int
}

// take returns an empty slice with room for some items.
func (r *room[T]) take(count int) []T {
	if r.used+count > len(r.slab) {
		r.slab, r.used = make([]T, max(1<<14, 2*len(r.slab), count)), 0 // those before stay with whoever has them
	}
	r.used += count
	return r.slab[r.used-count : r.used-count : r.used]
}

// states divides rows into those that have the same classes in all vectors. It can be used
// again.
type states struct {
	byRow []uint32 // nil as long as all have the same
	rows  int
	count int
	slots []stateSlot // of a hash table, probed in a row
	spare []stateSlot // room for the next one
	room  []uint32
}

type stateSlot struct {
	key  uint64 // state and class
	to   uint32
	used bool
}

// begin begins with rows that are all the same.
func (s *states) begin(rows int) { s.byRow, s.rows, s.count = nil, rows, 1 }

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
		if cap(s.room) < s.rows {
			s.room = make([]uint32, s.rows+s.rows/2)
		}
		s.byRow = s.room[:s.rows]
		clear(s.byRow)
	}
	s.slots = emptied(s.slots, 64)
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
		if !slot.used {
			*slot = stateSlot{key, uint32(count), true}
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
		if slot := &s.slots[i]; !slot.used || slot.key == key {
			return slot
		}
	}
}

func (s *states) grow() {
	old := s.slots
	s.slots, s.spare = emptied(s.spare, 2*len(old)), old
	for _, slot := range old {
		if slot.used {
			*s.find(slot.key) = slot
		}
	}
}

// emptied returns a table of some size, in memory that was one before if there is enough.
func emptied(slots []stateSlot, size int) []stateSlot {
	if cap(slots) < size {
		return make([]stateSlot, size)
	}
	slots = slots[:size]
	clear(slots)
	return slots
}
