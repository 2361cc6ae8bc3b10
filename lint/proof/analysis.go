package proof

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// analysis is what is being found out about one rule.
type analysis struct {
	program *compiler.Program
	rule    *compiler.Rule
	root    *Part
	solvers *Solvers

	facts   []Fact
	dropped map[*Part]bool // parts that the rule does not need, given the others
	times   map[*compiler.Expr]int
	places  map[string][]*Part // by the text of a predicate
}

// Analyse returns what can be proven of a rule of a program, in the order in
// which it is written, outer parts first. Of a part that never matters, nothing
// more is said; of a rule that never fires or always does, nothing else at all.
func Analyse(p *compiler.Program, r *compiler.Rule) []Fact {
	a := &analysis{program: p, rule: r, root: tree(p, r.Expr, nil, false), solvers: NewSolvers(), dropped: map[*Part]bool{}, times: map[*compiler.Expr]int{}}
	a.root.each(func(x *Part) { a.times[x.Expr]++ })
	if a.whole() {
		return a.facts
	}
	a.part(a.root)
	a.facts = a.repeated()
	a.twins()
	return a.withoutTwins(a.facts)
}

// term is a part that is to hold, or not.
type term struct {
	part  *Part
	holds bool
}

func all(parts []*Part) []term {
	out := make([]term, len(parts))
	for i, p := range parts {
		out[i] = term{p, true}
	}
	return out
}

// together asks whether terms can hold together.
func (a *analysis) together(s *solver.Solver, terms []term) solver.Result {
	args := make([]*solver.Formula, len(terms))
	for i, t := range terms {
		args[i] = s.Formula(a.program, t.part.Expr)
		if !t.holds {
			args[i] = s.Not(args[i])
		}
	}
	return s.Satisfiable(s.And(args...))
}

// refuted reports whether terms are proven not to hold together. If they are, the
// fact learns whether that is sure, and why.
func (a *analysis) refuted(f *Fact, terms ...term) bool {
	r := a.together(a.solvers.Single, terms)
	if r.Answer != solver.No {
		return false
	}
	f.Clashes = a.clashes(r.Conflicts, f.Part)
	f.Sure = a.together(a.solvers.Lists, terms).Answer == solver.No
	return true
}

func (a *analysis) add(f Fact) {
	a.facts = append(a.facts, f)
	a.dropped[f.Part] = true
}

// whole looks at the rule as a whole; true if there is no use in looking further.
func (a *analysis) whole() bool {
	never := Fact{Kind: Never, Part: a.root}
	if a.refuted(&never, term{a.root, true}) {
		if culprit := a.excludesAll(); culprit != nil {
			never.Kind, never.Part = AllExcluded, culprit
		}
		a.facts = append(a.facts, never)
		return true
	}
	always := Fact{Kind: Always, Part: a.root}
	if a.refuted(&always, term{a.root, false}) {
		a.facts = append(a.facts, always)
		return true
	}
	if newEvent(a.program, nil).holds(a.rule.Expr) {
		a.facts = append(a.facts, Fact{Kind: OnAbsence, Part: a.root, Sure: true})
	}
	return false
}

// excludesAll returns the exclusion without which the rule could fire, nil if
// there is none such.
func (a *analysis) excludesAll() *Part {
	if a.root.Op != compiler.And {
		return nil
	}
	conjuncts := a.root.conjuncts()
	for i, c := range conjuncts {
		if c.Op != compiler.Not {
			continue
		}
		rest := slices.Delete(slices.Clone(conjuncts), i, i+1)
		if a.together(a.solvers.Single, all(rest)).Answer != solver.Yes {
			continue
		}
		inner := c.Parts[0]
		if inner.Op != compiler.Or {
			return inner
		}
		for _, alternative := range inner.Parts {
			if a.together(a.solvers.Single, append(all(rest), term{alternative, false})).Answer == solver.No {
				return alternative
			}
		}
		return inner
	}
	return nil
}

// conjuncts returns what must all hold for the part to hold.
func (p *Part) conjuncts() []*Part {
	if p.Op != compiler.And {
		return []*Part{p}
	}
	var out []*Part
	for _, part := range p.Parts {
		out = append(out, part.conjuncts()...)
	}
	return out
}

// part looks at what a part combines, and at what that combines in turn.
func (a *analysis) part(p *Part) {
	switch {
	case len(p.Parts) == 0 || p.Foreign():
		return
	case p.values():
		a.valueList(p)
		return
	case p.Op == compiler.Or:
		a.alternatives(p)
	case p.Op == compiler.And:
		a.conditions(p)
	}
	for _, child := range p.Parts {
		if !a.dropped[child] {
			a.part(child)
		}
	}
}

// live leaves out what was found not to matter.
func (a *analysis) live(parts []*Part) []*Part {
	return slices.DeleteFunc(slices.Clone(parts), func(p *Part) bool { return a.dropped[p] })
}

// surroundings returns what must hold for a part to decide, as far as it can
// matter.
func (a *analysis) surroundings(p *Part) []*Part { return connected(p, a.live(p.context())) }

// maxAlternatives bounds of how many alternatives each is compared with all others.
const maxAlternatives = 2_000

// alternatives looks at the operands of an or, or what an exclusion takes out.
func (a *analysis) alternatives(p *Part) {
	events := map[*Part]*event{}
	for _, c := range p.Parts {
		around := a.surroundings(c)
		if r := a.together(a.solvers.Single, append(all(around), term{c, true})); r.Answer == solver.Yes {
			events[c] = newEvent(a.program, r.Model)
		} else if f, useless := a.useless(c, around); useless {
			a.add(f)
		}
	}
	if len(p.Parts) > maxAlternatives {
		return
	}
	others := func(c *Part, visit func(other *Part)) {
		for _, other := range p.Parts {
			if c != other && events[c] != nil && events[other] != nil && !a.dropped[other] && !a.dropped[c] && events[c].holds(other.Expr) {
				visit(other)
			}
		}
	}
	for _, c := range p.Parts {
		others(c, func(other *Part) { a.covered(c, other) })
	}
	for _, c := range p.Parts {
		var likely []*Part
		others(c, func(other *Part) { likely = append(likely, other) })
		if len(likely) > 0 {
			a.coveredTogether(c, likely, a.surroundings(c))
		}
	}
}

// useless returns the fact that an alternative, or what is excluded, cannot hold
// with its surroundings; false if it is not proven. What other exclusions exclude
// already is covered by them.
func (a *analysis) useless(p *Part, around []*Part) (Fact, bool) {
	f := Fact{Kind: Dead, Part: p}
	if p.Negated && (p.Selection != nil || p.Parent.Op == compiler.Not) {
		f.Kind = Idle
	}
	if !a.refuted(&f, append(all(around), term{p, true})...) {
		return f, false
	}
	demanded := slices.DeleteFunc(slices.Clone(around), func(o *Part) bool { return o.Op == compiler.Not })
	if !p.Negated || len(demanded) == len(around) {
		return f, true
	}
	alone := Fact{Kind: f.Kind, Part: p}
	if a.refuted(&alone, append(all(demanded), term{p, true})...) {
		return alone, true
	}
	f.Kind, f.By = Covered, a.excludedBy(p, demanded, around)
	return f, true
}

// excludedBy returns the exclusion among the surroundings of a part that alone
// excludes it already, as small a part as possible; nil if none does.
func (a *analysis) excludedBy(p *Part, demanded, around []*Part) *Part {
	covers := func(other *Part) bool {
		return a.refuted(&Fact{Part: p}, append(all(demanded), term{p, true}, term{other, false})...)
	}
	for _, other := range around {
		if other.Op != compiler.Not || !covers(other.Parts[0]) {
			continue
		}
		by := other.Parts[0]
		for i := 0; by.Op == compiler.Or && i < len(by.Parts); i++ {
			if covers(by.Parts[i]) {
				by, i = by.Parts[i], -1
			}
		}
		return by
	}
	return nil
}

// covered adds a fact if whenever an alternative holds, another one does.
func (a *analysis) covered(p, by *Part) {
	around := a.surroundings(p)
	f := Fact{Kind: Covered, Part: p, By: by}
	if !a.refuted(&f, append(all(around), term{p, true}, term{by, false})...) {
		return
	}
	back := Fact{Part: by}
	if a.refuted(&back, append(all(around), term{by, true}, term{p, false})...) {
		f.Same = true
		if before(p, by) {
			return // by is found to be the same as p in its turn
		}
	}
	a.add(f)
}

// before reports whether one operand stands before another.
func before(p, q *Part) bool {
	return slices.Index(p.Parent.Parts, p) < slices.Index(q.Parent.Parts, q)
}

// conditions looks at the operands of an and, the last ones first, so that of two
// that mean the same the first one stays.
func (a *analysis) conditions(p *Part) {
	for _, c := range slices.Backward(p.Parts) {
		if c.Filter != nil || a.dropped[c] {
			continue
		}
		around := a.surroundings(c)
		if len(around) == 0 {
			continue
		}
		if c.Op == compiler.Not {
			if f, useless := a.useless(c.Parts[0], around); useless {
				a.add(f)
				a.dropped[c] = true
			}
			continue
		}
		f := Fact{Kind: Implied, Part: c}
		if a.refuted(&f, append(all(around), term{c, false})...) {
			f.By, f.Same = a.implies(around, c)
			a.add(f)
		}
	}
}

// implies returns the part that alone implies another one, nil if none does.
func (a *analysis) implies(around []*Part, c *Part) (by *Part, same bool) {
	for _, other := range around {
		if !a.refuted(&Fact{Part: c}, term{other, true}, term{c, false}) {
			continue
		}
		return other, a.refuted(&Fact{Part: c}, term{c, true}, term{other, false})
	}
	return nil, false
}

// repeated leaves out facts about a part of a selection that the condition names
// more than once, unless they were found each time, and then keeps one.
func (a *analysis) repeated() []Fact {
	type key struct {
		kind Kind
		expr *compiler.Expr
	}
	found := map[key]int{}
	for _, f := range a.facts {
		found[key{f.Kind, f.Part.Expr}]++
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(a.facts, func(f Fact) bool {
		k := key{f.Kind, f.Part.Expr}
		twice := seen[k]
		seen[k] = true
		return f.Kind >= Dead && (twice || found[k] < a.times[f.Part.Expr])
	})
}
