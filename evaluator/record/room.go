package record

import (
	"unsafe"

	"github.com/socctl/socctl/evaluator"
)

// room is memory for what is read of a row group. It is used again for the next one, when
// nothing of the first is needed any more: a replay that took memory anew for each would
// spend a third of its time on taking and freeing it. It is for one goroutine.
type room struct {
	bytes   arena[byte]
	numbers arena[uint32]
	texts   arena[string]
	rows    arena[int32]
	ints    arena[int64]
	columns arena[evaluator.Column]
	leaves  arena[leafColumn]
	filled  arena[occupiedRows]
	grams   pool[evaluator.Grams]
	spoil   bool // overwrites what is given back, so that tests see whoever still reads it
}

// release takes everything back.
func (m *room) release() {
	m.bytes.release(m.spoil, 0xa5)
	m.numbers.release(m.spoil, 0xa5a5a5a5)
	m.texts.release(m.spoil, "of another row group")
	m.rows.release(m.spoil, -1)
	m.ints.release(m.spoil, -1)
	m.columns.release(m.spoil, nil)
	m.leaves.release(m.spoil, leafColumn{})
	m.filled.release(m.spoil, occupiedRows{})
	if m.grams.used = 0; m.spoil {
		m.grams.items = nil
	}
}

// pool is items that are used again, each for itself.
type pool[T any] struct {
	items []*T
	used  int
}

// take returns an item, which may have been used before.
func (p *pool[T]) take() *T {
	if p.used == len(p.items) {
		p.items = append(p.items, new(T))
	}
	p.used++
	return p.items[p.used-1]
}

// arena is room for slices: small ones share slabs, larger ones have their own.
type arena[T any] struct {
	shared []slab[T]
	at     int // the one of shared from which is taken
	own    []slab[T]
}

type slab[T any] struct {
	items []T // its length is what is in use
	idle  bool
}

// Sizes of slabs in bytes: of a shared one, and how much stays of either kind.
const (
	slabBytes   = 4 << 20
	slabDoubles = 5 // times, until shared ones have that size
	keptBytes   = 64 << 20
)

// take returns an empty slice with room for n items, of which nothing is cleared.
func (a *arena[T]) take(n int) []T {
	size := itemsIn[T](slabBytes)
	if n > size/2 {
		return a.takeMuch(n)
	}
	for ; a.at < len(a.shared); a.at++ {
		s := &a.shared[a.at]
		if from := len(s.items); n <= cap(s.items)-from {
			s.items = s.items[:from+n]
			return s.items[from : from : from+n]
		}
	}
	// The first ones are smaller, for replays of a few files.
	smaller := max(0, slabDoubles-len(a.shared))
	a.shared = append(a.shared, slab[T]{items: make([]T, n, max(n, size>>smaller))})
	return a.shared[a.at].items[0:0:n]
}

func itemsIn[T any](bytes int) int {
	var item T
	return bytes / int(unsafe.Sizeof(item))
}

// takeMuch takes the smallest slab that is idle and has room. If none has, the largest of
// them is replaced, so that there are never more than were in use at a time.
func (a *arena[T]) takeMuch(n int) []T {
	best := -1
	for i := range a.own {
		s := &a.own[i]
		if !s.idle {
			continue
		}
		switch fits := cap(s.items) >= n; {
		case best < 0,
			fits && (cap(a.own[best].items) < n || cap(s.items) < cap(a.own[best].items)),
			!fits && cap(a.own[best].items) < cap(s.items):
			best = i
		}
	}
	if best < 0 {
		best = len(a.own)
		a.own = append(a.own, slab[T]{})
	}
	s := &a.own[best]
	if cap(s.items) < n {
		s.items = make([]T, 0, n+n/16)
	}
	s.idle, s.items = false, s.items[:n]
	return s.items[0:0:n]
}

// release takes everything back.
func (a *arena[T]) release(spoil bool, with T) {
	kept, left := a.own[:0], itemsIn[T](keptBytes)
	for i := range a.own {
		s := &a.own[i]
		s.release(spoil, with)
		if left -= cap(s.items); left >= 0 {
			kept = append(kept, *s)
		}
	}
	clear(a.own[len(kept):])
	a.own = kept
	for i := range a.shared {
		a.shared[i].release(spoil, with)
	}
	if most := keptBytes / slabBytes; most < len(a.shared) {
		clear(a.shared[most:])
		a.shared = a.shared[:most]
	}
	a.at = 0
}

func (s *slab[T]) release(spoil bool, with T) {
	for n := 0; spoil && n < cap(s.items); n++ {
		s.items[:cap(s.items)][n] = with
	}
	s.items, s.idle = s.items[:0], true
}

// Room for texts and numbers, which is used again where the reader has a memory.

func (r *reader) roomForBytes(n int) []byte {
	if r.room == nil {
		return make([]byte, 0, n)
	}
	return r.room.bytes.take(n)
}

func (r *reader) roomForNumbers(n int) []uint32 {
	if r.room == nil {
		return make([]uint32, 0, n)
	}
	return r.room.numbers.take(n)
}

func (r *reader) roomForRows(n int) []int32 {
	if r.room == nil {
		return make([]int32, 0, n)
	}
	return r.room.rows.take(n)
}

func (r *reader) roomForInts(n int) []int64 {
	if r.room == nil {
		return make([]int64, 0, n)
	}
	return r.room.ints.take(n)
}

func (r *reader) roomForColumns(n int) []evaluator.Column {
	if r.room == nil {
		return make([]evaluator.Column, n)
	}
	columns := r.room.columns.take(n)[:n]
	clear(columns)
	return columns
}

func (r *reader) roomForLeaf() *leafColumn {
	if r.room == nil {
		return &leafColumn{}
	}
	return &r.room.leaves.take(1)[:1][0]
}

func (r *reader) roomForGrams() *evaluator.Grams {
	if r.room == nil {
		return &evaluator.Grams{}
	}
	return r.room.grams.take()
}

func (r *reader) roomForOccupancy(n int) occupancy {
	if r.room == nil {
		return make(occupancy, n)
	}
	p := r.room.filled.take(n)[:n]
	clear(p)
	return p
}

func (r *reader) roomForTexts(n int) []string {
	if r.room == nil {
		return make([]string, 0, n)
	}
	return r.room.texts.take(n)
}
