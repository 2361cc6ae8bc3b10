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
		a.besides(p, sample, accept)
	} else {
		a.impliedTogether(p)
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

// besides looks for values that cannot hold with what must hold beside them, or then
// only where others of the list do. An event on which a value alone holds shows that it
// matters, and is nearly always there: only what else holds leads to a proof.
func (a *analysis) besides(p *Part, sample []*event, accept func(*event) []int) {
	around := a.surroundings(p)
	for i, v := range p.Parts {
		if a.dropped[v] || sample[i] == nil {
			continue
		}
		e := sample[i]
		if len(around) > 0 {
			r := a.together(a.solvers.Single, append(all(around), term{v, true}))
			if r.Answer != solver.Yes {
				if f, useless := a.useless(v, around); useless {
					a.add(f)
				}
				continue
			}
			e = newEvent(a.program, r.Model)
		}
		var others []*Part
		for _, k := range accept(e) {
			if w := p.Parts[k]; k != i && !a.dropped[w] {
				others = append(others, w)
			}
		}
		if len(others) > 0 {
			a.coveredTogether(v, others, around)
		}
	}
}

// maxTogether bounds how many alternatives are looked at together.
const maxTogether = 256

// coveredTogether adds a fact if an alternative holds only where one of the others
// does, with what must hold beside them. First are those that are likely to.
func (a *analysis) coveredTogether(v *Part, first, around []*Part) {
	for _, w := range first[:min(len(first), maxTogether)] {
		f := Fact{Kind: Covered, Part: v, By: w, Given: true}
		if v.Parent.values() && len(around) > 0 && a.refuted(&f, append(all(around), term{v, true}, term{w, false})...) {
			a.add(f)
			return
		}
	}
	others := slices.Clone(first)
	for _, w := range v.Parent.Parts {
		if w != v && !a.dropped[w] && !slices.Contains(first, w) {
			others = append(others, w)
		}
	}
	if len(others) < 2 {
		return
	}
	terms := []term{{v, true}}
	for _, w := range others[:min(len(others), maxTogether)] {
		terms = append(terms, term{w, false})
	}
	f := Fact{Kind: Covered, Part: v}
	if a.refuted(&f, terms...) {
		a.add(f)
		return
	}
	f = Fact{Kind: Covered, Part: v, Given: true}
	if len(around) > 0 && a.refuted(&f, append(all(around), terms...)...) {
		a.add(f)
	}
}

// impliedTogether looks for values, of which all must be there, that others of the
// list imply together, or what must hold beside it.
func (a *analysis) impliedTogether(p *Part) {
	around := a.surroundings(p)
	for _, v := range slices.Backward(p.Parts) {
		if a.dropped[v] {
			continue
		}
		terms := []term{{v, false}}
		for _, w := range p.Parts {
			if w != v && !a.dropped[w] {
				terms = append(terms, term{w, true})
			}
		}
		f := Fact{Kind: Implied, Part: v}
		if a.together(a.solvers.Single, append(all(around), terms...)).Answer != solver.No {
			continue
		}
		if len(terms) > 2 && a.refuted(&f, terms...) {
			a.add(f)
			continue
		}
		f.Given = true
		if a.refuted(&f, append(all(around), terms...)...) {
			f.By, _ = a.implies(around, v)
			a.add(f)
		}
	}
}
