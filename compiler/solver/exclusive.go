package solver

import (
	"cmp"
	"maps"
	"slices"

	"github.com/go-air/gini/z"

	"github.com/socctl/socctl/compiler"
)

// identity is a field and a way in which a value can be exactly one thing: a text
// or a number. Predicates of one identity exclude each other, unless a field may
// hold several values.
type identity struct {
	field int
	op    compiler.Op
}

// identityOf returns the identity of an atom; false if it has none.
func (s *Solver) identityOf(n int) (identity, bool) {
	a := &s.atoms[n]
	switch p := a.predicate; {
	case p.Field == "" || s.several(p.Field):
	case p.Op == compiler.OpNumber:
		return identity{a.field, p.Op}, exact(p.Number) && p.Number.Float() != 0 // zero has a negative twin
	case p.Op == compiler.OpText && !p.Pattern.Cased():
		anchor, texts, ok := p.Pattern.Simple()
		return identity{a.field, p.Op}, ok && anchor == compiler.Whole && len(texts) == 1
	}
	return identity{}, false
}

// enoughPairs is how many pairs of values are learnt to exclude each other, one
// by one, before all of them are at once.
const enoughPairs = 24

// exclude notices lessons that two values exclude each other. Lists of a thousand
// values on both sides would teach a million of them; a ladder of as many variables
// as values says the same.
func (s *Solver) exclude(l lesson) {
	if l.unknown != "" || l.domain || len(l.literals) != 2 || !l.literals[0].sign || !l.literals[1].sign {
		return
	}
	one, ok1 := s.identityOf(l.literals[0].atom)
	two, ok2 := s.identityOf(l.literals[1].atom)
	if !ok1 || !ok2 || one != two {
		return
	}
	if s.search.pairs[one]++; s.search.pairs[one]%enoughPairs == 0 {
		s.ladder(one, l)
	}
}

// ladder learns that at most one predicate of an identity holds. Distinct
// predicates are distinct values, because each is interned by its text.
func (s *Solver) ladder(id identity, example lesson) {
	var values []int
	for _, n := range slices.SortedFunc(maps.Keys(s.search.atoms), cmp.Compare) {
		if other, ok := s.identityOf(n); ok && other == id {
			values = append(values, n)
		}
	}
	search := s.search
	sel := search.variable()
	search.selectors[sel] = len(search.lessons)
	search.lessons = append(search.lessons, lesson{selector: sel, literals: example.literals})
	var below z.Lit // some value up to here
	for i, n := range values {
		x, upTo := search.atom(n), search.variable()
		search.clause(sel.Not(), x.Not(), upTo)
		if i > 0 {
			search.clause(sel.Not(), below.Not(), upTo)
			search.clause(sel.Not(), below.Not(), x.Not())
		}
		below = upTo
	}
}
