package proof

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// FilterFact says of a part of a filter document that it excludes nothing of a rule.
// Its Kind is Idle if nothing that the rule looks for is excluded, Covered if other
// exclusions of the rule, its own or those of other documents, exclude all of it. Its
// Part is what is excluded, or the whole filter where that has no parts.
type FilterFact struct {
	Fact
	Filter *rules.Filter
}

// exclusions returns the parts of a filter document, as it stands in a rule, that
// exclude something each: alternatives of what is negated. A filter that keeps what it
// names, or is combined otherwise, is one part.
func exclusions(filter *Part) []*Part {
	var out []*Part
	for _, c := range filter.conjuncts() {
		switch {
		case c.Op != compiler.Not:
			return []*Part{filter}
		case c.Parts[0].Op == compiler.Or && c.Parts[0].Selection == nil:
			out = append(out, c.Parts[0].Parts...)
		default:
			out = append(out, c.Parts[0])
		}
	}
	return out
}

// Filters returns, for each filter document that applies to a rule, how many parts it
// has and which of them exclude nothing of the rule. Of a rule that never fires nothing
// is said.
func Filters(p *compiler.Program, r *compiler.Rule) (facts []FilterFact, parts map[*rules.Filter]int) {
	if len(r.Filters) == 0 {
		return nil, nil
	}
	a := &analysis{program: p, rule: r, root: tree(p, r.Expr, nil, false), solvers: NewSolvers(), dropped: map[*Part]bool{}}
	parts = map[*rules.Filter]int{}
	if a.refuted(&Fact{Part: a.root}, term{a.detection(), true}) {
		return nil, parts
	}
	for _, f := range a.root.Parts {
		if f.Filter == nil {
			continue
		}
		rest := a.beside(f)
		for _, x := range exclusions(f) {
			parts[f.Filter]++
			if fact, useless := a.excludesNothing(f, x, rest); useless {
				facts = append(facts, FilterFact{fact, f.Filter})
			}
		}
	}
	return facts, parts
}

// detection returns what a rule demands without the filter documents.
func (a *analysis) detection() *Part {
	for _, p := range a.root.Parts {
		if p.Expr == a.rule.Detection || p.Filter == nil {
			return p
		}
	}
	return a.root
}

// beside returns what must hold beside a filter for the rule to fire.
func (a *analysis) beside(filter *Part) []*Part {
	var out []*Part
	for _, p := range a.root.Parts {
		if p != filter {
			out = append(out, p.conjuncts()...)
		}
	}
	return out
}

// excludesNothing returns the fact that a part of a filter takes nothing away.
func (a *analysis) excludesNothing(filter, x *Part, rest []*Part) (Fact, bool) {
	excluded := term{x, x != filter} // of a filter that keeps what it names, all else is
	around := connected(x, rest)
	f := Fact{Kind: Idle, Part: x}
	if !a.refuted(&f, append(all(around), excluded)...) {
		return f, false
	}
	demanded := slices.DeleteFunc(slices.Clone(around), func(o *Part) bool { return o.Op == compiler.Not || o.Foreign() })
	alone := Fact{Kind: Idle, Part: x}
	if a.refuted(&alone, append(all(demanded), excluded)...) {
		return alone, true
	}
	f.Kind = Covered
	if x != filter {
		f.By = a.excludedBy(x, demanded, around)
	}
	return f, true
}
