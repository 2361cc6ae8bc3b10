package proof

import (
	"cmp"
	"math"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/matcher"
)

// index finds the rules that hold on an event by predicates of which one must hold
// if they do: for each rule those that the fewest other rules have. Immutable once
// made.
type index struct {
	program  *compiler.Program
	rules    []*compiler.Rule            // simple ones first
	matchers map[string]*matcher.Matcher // by field; "" is asked about every value
	postings map[int32][]int32           // of a predicate: the rules that it stands for
	loose    []int32                     // rules for which no predicate stands
}

func newIndex(p *compiler.Program, rules []*compiler.Rule) *index {
	x := &index{program: p, rules: slices.Clone(rules), matchers: map[string]*matcher.Matcher{}, postings: map[int32][]int32{}}
	size := make(map[*compiler.Rule]int, len(rules))
	count := make([]int, len(p.Predicates))
	for _, r := range rules {
		r.Expr.Each(func(leaf *compiler.Expr) { size[r]++; count[leaf.Atom]++ })
	}
	slices.SortStableFunc(x.rules, func(a, b *compiler.Rule) int { return cmp.Compare(size[a], size[b]) })
	atoms := map[string][]int32{}
	for i, r := range x.rules {
		stand, weight := x.witness(r.Expr, count)
		if weight == math.MaxInt {
			x.loose = append(x.loose, int32(i))
			continue
		}
		slices.Sort(stand)
		for _, atom := range slices.Compact(stand) {
			if x.postings[atom] == nil {
				field := p.Predicates[atom].Field
				atoms[field] = append(atoms[field], atom)
			}
			x.postings[atom] = append(x.postings[atom], int32(i))
		}
	}
	for field, of := range atoms {
		x.matchers[field] = matcher.New(p.Predicates, of, (*compiler.Predicate).Accepts)
	}
	return x
}

// witness returns predicates on texts of which one holds whenever an expression
// does, those of the least weight; without any the weight is math.MaxInt.
func (x *index) witness(e *compiler.Expr, count []int) (atoms []int32, weight int) {
	weight = math.MaxInt
	switch e.Op {
	case compiler.Leaf:
		switch x.program.Predicates[e.Atom].Op {
		case compiler.OpNull, compiler.OpExists, compiler.OpFieldRef:
			return nil, weight
		}
		return []int32{int32(e.Atom)}, count[e.Atom]
	case compiler.Not:
		if inner := e.Args[0]; inner.Op == compiler.Not {
			return x.witness(inner.Args[0], count)
		}
		return nil, weight
	case compiler.And:
		for _, arg := range e.Args {
			if a, w := x.witness(arg, count); w < weight {
				atoms, weight = a, w
			}
		}
		return atoms, weight
	}
	weight = 0
	for _, arg := range e.Args {
		a, w := x.witness(arg, count)
		if w == math.MaxInt {
			return nil, w
		}
		atoms, weight = append(atoms, a...), weight+w
	}
	return atoms, weight
}

// seeker asks an index, for one goroutine.
type seeker struct {
	*index
	scratch matcher.Scratch
	hits    []int32
}

// holding returns the rules that hold on a model and satisfy a condition, simple
// ones first, at most so many.
func (s *seeker) holding(m solver.Model, most int, fits func(*compiler.Rule) bool) []*compiler.Rule {
	s.hits = s.hits[:0]
	for name, f := range m {
		for _, text := range f.Texts {
			for _, field := range []string{name, ""} {
				if of := s.matchers[field]; of != nil {
					s.hits = of.Match(s.hits, compiler.StringKind, text, &s.scratch)
				}
			}
		}
	}
	slices.Sort(s.hits)
	lists := [][]int32{s.loose}
	for _, atom := range slices.Compact(s.hits) {
		lists = append(lists, s.postings[atom])
	}
	e := newEvent(s.program, m)
	var out []int32
	for _, list := range lists { // in the order of the rules, each up to the bound
		n := 0
		for _, i := range list {
			if r := s.rules[i]; fits(r) && e.holds(r.Expr) {
				out = append(out, i)
				if n++; n == most {
					break
				}
			}
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	rules := make([]*compiler.Rule, 0, min(len(out), most))
	for _, i := range out[:min(len(out), most)] {
		rules = append(rules, s.rules[i])
	}
	return rules
}
