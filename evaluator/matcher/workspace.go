package matcher

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"sync"

	"github.com/socctl/socctl/compiler"
)

// workspace is memory that the building of a matcher needs for a while. There are
// hundreds of matchers, of which most are small and a few are large: what it grew to
// for one serves all others.
type workspace struct {
	sought  [compiler.AtEnd + 1][]sought // by anchor
	found   []trieEntry                  // literals of one anchor
	wide    []trieEntry                  // of these, those that are not ASCII
	long    []trieEntry                  // of these, those that have grams
	places  []place
	census  census
	counted []uint32 // where in the census the grams of literals are
	lists   lister
	steps   table // of a trie

	// Literals of one anchor, each once: see group.
	texts  []string
	slots  []int32 // by hash: one more than the number of a literal, 0 for none
	number []int32 // of what is sought: which literal it is
	counts []int32 // by literal
	starts []int32 // by literal: where its candidates begin in atoms
	atoms  []int32
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

// seed decides where literals are looked for, but not in which order they are kept.
var seed = maphash.MakeSeed()

// group finds the literals in what is sought, and the candidates of each.
func (w *workspace) group(all []sought) {
	log := bits.Len(uint(2 * len(all)))
	w.slots, w.number = zeros(w.slots, 1<<log), zeros(w.number, len(all))
	w.texts, w.counts = room(w.texts, len(all)), room(w.counts, len(all))
	for i := range all {
		n := w.literal(all[i].text)
		w.number[i] = n
		w.counts[n]++
	}
	w.starts, w.atoms = append(w.starts[:0], 0), zeros(w.atoms, len(all))
	for _, count := range w.counts {
		w.starts = append(w.starts, w.starts[len(w.starts)-1]+count)
	}
	for i := range slices.Backward(all) {
		n := w.number[i]
		w.counts[n]--
		w.atoms[w.starts[n]+w.counts[n]] = all[i].candidate
	}
}

// literal returns the number of a literal, which is a new one if it was not met yet.
func (w *workspace) literal(text string) int32 {
	mask := uint64(len(w.slots) - 1)
	for at := maphash.String(seed, text); ; at++ {
		slot := &w.slots[at&mask]
		if *slot == 0 {
			w.texts, w.counts = append(w.texts, text), append(w.counts, 0)
			*slot = int32(len(w.texts))
		}
		if n := *slot - 1; w.texts[n] == text {
			return n
		}
	}
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
func zeros[T int32 | uint16 | uint64 | slot](of []T, length int) []T {
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
