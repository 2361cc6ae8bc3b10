package matcher

import (
	"slices"
	"sync"

	"github.com/socctl/socctl/compiler"
)

// workspace is memory that the building of a matcher needs for a while. There are
// hundreds of matchers, of which most are small and a few are large: what it grew to
// for one serves all others.
type workspace struct {
	sought [compiler.AtEnd + 1][]sought // by anchor
	found  []trieEntry                  // literals of one anchor
	wide   []trieEntry                  // of these, those that are not ASCII
	long   []trieEntry                  // of these, those that have grams
	places []place
	census census
	lists  lister
	atoms  []int32 // of one literal
}

var workspaces = sync.Pool{New: func() any { return &workspace{} }}

// borrow returns a workspace with nothing sought, which give takes back.
func borrow() *workspace {
	w := workspaces.Get().(*workspace)
	for anchor := range w.sought {
		w.sought[anchor] = w.sought[anchor][:0]
	}
	return w
}

func (w *workspace) give() { workspaces.Put(w) }

// lister returns an empty lister of atoms below a number.
func (w *workspace) lister(atoms int) *lister {
	l := &w.lists
	if l.known == nil {
		l.known = map[string]int32{}
	}
	clear(l.known)
	l.known[""] = 0
	l.flat = append(l.flat[:0], 0)
	l.single = zeros(l.single, atoms)
	return l
}

// zeros returns a slice of zeros, in the memory of another one if that is large enough.
func zeros[T int32 | uint16](of []T, length int) []T {
	if cap(of) < length {
		return make([]T, length)
	}
	of = of[:length]
	clear(of)
	return of
}

// room returns an empty slice for so many elements, in the memory of another one if that
// is large enough.
func room[T any](of []T, length int) []T { return slices.Grow(of[:0], length) }
