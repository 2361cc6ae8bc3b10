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
	room  []uint32 // of byRow
	other []uint32 // room for the next one

	places leadTable   // of classes in table
	table  []uint32    // by class and state, counted from one
	slots  []stateSlot // of a hash table, probed in a row
	spare  []stateSlot // room for the next one
}

// maxPairs is how many pairs of a state and a class have a place in a table.
const maxPairs = 1 << 16

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
			s.room, s.other = make([]uint32, s.rows+s.rows/2), make([]uint32, s.rows+s.rows/2)
		}
		s.byRow = s.room[:s.rows]
		clear(s.byRow)
	}
	if !s.divideFew(v.byRow) {
		s.divideMany(v.byRow)
	}
}

// divideFew is divide if few classes and states meet, which is mostly so. Otherwise it does
// nothing, and reports false.
func (s *states) divideFew(classes []uint32) bool {
	if s.table == nil {
		s.table = make([]uint32, maxPairs)
	}
	places, used, count := s.places.begin(maxClasses), 0, uint32(0)
	epoch, table, out := s.places.epoch, s.table, s.other[:len(s.byRow)]
	for i, state := range s.byRow {
		class := classes[i]
		if class >= uint32(len(places)) {
			return false // as absent is
		}
		place := places[class]
		if place.epoch != epoch {
			if used+s.count > len(table) {
				return false
			}
			clear(table[used : used+s.count])
			place = lead{epoch, uint32(used)}
			places[class] = place
			used += s.count
		}
		to := &table[place.to+state]
		if *to == 0 {
			count++
			*to = count
		}
		out[i] = *to - 1
	}
	s.byRow, s.room, s.other, s.count = out, s.other, s.room, int(count)
	return true
}

// divideMany is divide by way of a hash table.
func (s *states) divideMany(classes []uint32) {
	s.slots = emptied(s.slots, 64)
	count := 0
	var lastKey uint64
	last, known := uint32(0), false
	for i, state := range s.byRow {
		key := uint64(state)<<32 | uint64(classes[i])
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
