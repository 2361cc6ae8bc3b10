package solver

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
)

// alphabet collects the code points that automata tell apart, and chooses one
// for all those that none does.
type alphabet struct {
	sensitive bool // some automaton tells letter cases apart
	literals  map[rune]bool
	folded    map[rune]bool // literals whose case does not matter
	bounds    []rune        // where ranges begin and have ended
}

func newAlphabet() *alphabet {
	return &alphabet{literals: map[rune]bool{}, folded: map[rune]bool{}}
}

// exact adds a code point that differs from the others of its orbit.
func (a *alphabet) exact(r rune) {
	a.literals[r] = true
	a.sensitive = true
}

// orbit adds a code point whose letter case does not matter.
func (a *alphabet) orbit(r rune) { a.folded[r] = true }

// between adds a range.
func (a *alphabet) between(low, high rune) { a.bounds = append(a.bounds, low, high+1) }

// readable are the code points that are taken first for one that may be any.
const readable = "xaz0 -_./\\:XAZ"

// symbols returns one code point for each class.
func (a *alphabet) symbols() []rune {
	known := map[rune]bool{}
	for r := range a.literals {
		known[r] = true
	}
	chosen := map[rune]bool{}
	for r := range a.folded {
		orbit(r, func(r rune) { known[r] = true })
		if !a.sensitive {
			chosen[lower(r)] = true
		}
	}
	if a.sensitive {
		for r := range known {
			chosen[r] = true
		}
	}
	for _, r := range a.others(known) {
		chosen[r] = true
	}
	out := make([]rune, 0, len(chosen))
	for r := range chosen {
		if utf8.ValidRune(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y rune) int {
		if a, b := rank(x), rank(y); a != b {
			return a - b
		}
		return int(x) - int(y)
	})
	return out
}

// lower returns a folded code point in lower case, if that means the same.
func lower(r rune) rune {
	if l := unicode.ToLower(r); compiler.FoldRune(l) == r {
		return l
	}
	return r
}

// rank is low for code points that read well.
func rank(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return 0
	case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z':
		return 1
	case r > ' ' && r < 0x7f:
		return 2
	case r == ' ':
		return 3
	case r > 0x7f:
		return 4
	}
	return 5
}

// others returns a code point of every range that is not among the known ones.
func (a *alphabet) others(known map[rune]bool) []rune {
	bounds := append(a.bounds, 0, utf8.MaxRune+1)
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	var out []rune
	for i := 0; i+1 < len(bounds); i++ {
		if r, ok := within(bounds[i], bounds[i+1], known); ok {
			out = append(out, r)
		}
	}
	return out
}

// within returns a code point of [low, high) that is not known.
func within(low, high rune, known map[rune]bool) (rune, bool) {
	for _, r := range readable {
		if r >= low && r < high && !known[r] {
			return r, true
		}
	}
	start := low
	if low < ' ' && high > '!' {
		start = '!'
	}
	for pass, from := range []rune{start, low} {
		for r := from; r < high; r++ {
			if !known[r] && utf8.ValidRune(r) && (pass == 1 || r != utf8.RuneError) {
				return r, true
			}
		}
	}
	return 0, false
}

// single reports whether a symbol stands for itself alone.
func (a *alphabet) single(r rune) bool {
	if a.literals[r] {
		return true
	}
	alone := false
	for l := range a.folded {
		orbit(l, func(o rune) { alone = alone || o == r })
	}
	return alone
}
