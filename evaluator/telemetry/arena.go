package telemetry

import (
	"sync"
	"sync/atomic"
)

// arena is memory that a source is read into. Raw records are parts of it; it is used
// again once all of them have been released.
type arena struct {
	all    []byte
	pooled bool
	lent   bool         // a record of it was yielded
	held   atomic.Int32 // records that have not been released, and the reader while it fills the arena
}

// arenaSize is how much memory for raw records is taken at a time.
const arenaSize = firstWindow

var arenas = sync.Pool{New: func() any { return &arena{all: make([]byte, arenaSize), pooled: true} }}

// newArena returns one of some size or more, which the caller holds.
func newArena(size int) *arena {
	if size > arenaSize {
		a := &arena{all: make([]byte, size)} // is not used again
		a.held.Store(1)
		return a
	}
	a := arenas.Get().(*arena)
	a.lent = false
	a.held.Store(1)
	return a
}

func (a *arena) release() {
	if a.held.Add(-1) == 0 && a.pooled {
		arenas.Put(a)
	}
}

// alone reports whether nobody holds the arena but the reader, who may do with it what
// it likes then.
func (a *arena) alone() bool { return a.held.Load() == 1 }

// lend returns the arena for one more record, and how much memory that makes wait for
// its release: the first record stands for all of it.
func (a *arena) lend() (of *arena, size int) {
	a.held.Add(1)
	if !a.lent {
		a.lent, size = true, len(a.all)
	}
	return a, size
}

// window returns memory to read a source into: what the source before has left of an
// arena, if that is not too little.
func (r *reader) window() []byte {
	switch {
	case r.arena != nil && r.arena.alone():
		r.free = r.arena.all
	case len(r.free) < leastRoom:
		r.next(arenaSize)
	}
	return r.free
}

// next takes another arena, of some size or more.
func (r *reader) next(size int) {
	if r.arena != nil {
		r.arena.release()
	}
	r.arena = newArena(size)
	r.free = r.arena.all
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
