package telemetry

import (
	"sync"
	"sync/atomic"
)

// arena is memory for raw records, which is used again once all of them have been
// released.
type arena struct {
	free []byte
	all  []byte
	held atomic.Int32 // records that have not been released, and the reader while it fills the arena
}

// arenaSize is how much memory for raw records is taken at a time.
const arenaSize = 256 << 10

var arenas = sync.Pool{New: func() any { return &arena{all: make([]byte, arenaSize)} }}

func newArena(size int) *arena {
	if size > arenaSize {
		return &arena{free: make([]byte, size)} // is not used again
	}
	a := arenas.Get().(*arena)
	a.free = a.all
	a.held.Store(1)
	return a
}

func (a *arena) release() {
	if a.held.Add(-1) == 0 && a.all != nil {
		arenas.Put(a)
	}
}

// keep copies a line, which outlives the window.
func (r *reader) keep(line []byte) ([]byte, *arena) {
	if r.arena == nil || len(r.arena.free) < len(line) {
		if r.arena != nil {
			r.arena.release()
		}
		r.arena = newArena(len(line))
	}
	a := r.arena
	out := a.free[:len(line):len(line)]
	a.free = a.free[len(line):]
	copy(out, line)
	a.held.Add(1)
	return out, a
}

// Release says that a raw or unrendered record, all copies of it included, is not looked at any
// more, so that its memory may hold another. It is called once or not at all, and
// does nothing for other records. What a Stream has returned of the record stays
// valid.
func (r *Record) Release() {
	if a := r.place.arena; a != nil {
		r.place.arena, r.place.context, r.Raw = nil, nil, nil
		a.release()
	}
	if u := r.unrendered; u != nil {
		r.unrendered = nil
		u.Release()
	}
}
