package proof

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/matcher"
)

// valueList looks at a list of values of one item, of which any must hold, or all.
func (a *analysis) valueList(p *Part) {
	sample := make([]*event, len(p.Parts))
	for i, v := range p.Parts {
		f := Fact{Kind: Dead, Part: v}
		switch r := a.together(a.solvers.Single, []term{{v, true}}); {
		case r.Answer == solver.Yes:
			sample[i] = newEvent(a.program, r.Model)
		case p.Op == compiler.Or && a.refuted(&f, term{v, true}):
			a.add(f)
		}
	}
	accept := a.acceptors(p)
	for i, v := range p.Parts {
		if sample[i] == nil {
			continue
		}
		for _, k := range accept(sample[i]) {
			w := p.Parts[k]
			if k == i || a.dropped[w] || a.dropped[v] {
				continue
			}
			if p.Op == compiler.Or {
				a.pair(Covered, v, w, v)
			} else {
				a.pair(Implied, v, w, w)
			}
		}
	}
	if p.Op == compiler.Or {
		a.deadValues(p)
	}
}

// pair adds a fact about one of two values if the first implies the second.
func (a *analysis) pair(kind Kind, v, w, about *Part) {
	f := Fact{Kind: kind, Part: about, By: v}
	if about == v {
		f.By = w
	}
	if !a.refuted(&f, term{v, true}, term{w, false}) {
		return
	}
	if f.Same = a.refuted(&Fact{Part: about}, term{w, true}, term{v, false}); f.Same && before(about, f.By) {
		return // the later one is found in its turn
	}
	a.add(f)
}

// acceptors returns what finds the values of a list that hold on an event, by
// their numbers. Those of long lists are looked for together.
func (a *analysis) acceptors(p *Part) func(*event) []int {
	const few = 32
	field := p.fields[0]
	var predicates []compiler.Predicate
	var atoms []int32
	var value []int // of each predicate
	if len(p.Parts) > few && len(p.fields) == 1 && field != "" {
		for i, v := range p.Parts {
			v.Expr.Each(func(leaf *compiler.Expr) {
				predicate := a.program.Predicates[leaf.Atom]
				if predicate.Op == compiler.OpNull || predicate.Op == compiler.OpExists {
					return
				}
				atoms = append(atoms, int32(len(predicates)))
				predicates = append(predicates, predicate)
				value = append(value, i)
			})
		}
	}
	if len(predicates) == 0 {
		return func(e *event) (out []int) {
			for i, v := range p.Parts {
				if e.holds(v.Expr) {
					out = append(out, i)
				}
			}
			return out
		}
	}
	m := matcher.New(predicates, atoms, (*compiler.Predicate).Accepts)
	var scratch matcher.Scratch
	return func(e *event) (out []int) {
		for _, text := range e.fields[field].texts {
			for _, hit := range m.Match(nil, compiler.StringKind, text, &scratch) {
				out = append(out, value[hit])
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
}

// deadValues looks for values that cannot hold with what must hold beside them.
func (a *analysis) deadValues(p *Part) {
	around := a.surroundings(p)
	if len(around) == 0 {
		return
	}
	for _, v := range p.Parts {
		if a.dropped[v] {
			continue
		}
		if f, useless := a.useless(v, around); useless {
			a.add(f)
		}
	}
}
