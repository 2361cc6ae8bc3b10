package proof

import (
	"slices"

	"github.com/socctl/socctl/compiler/solver"
)

// twins looks for selections that mean the same as an earlier one, wherever the
// condition puts them.
func (a *analysis) twins() {
	selections := a.selections()
	samples := make([]*event, len(selections))
	for i, p := range selections {
		if r := a.together(a.solvers.Single, []term{{p, true}}); r.Answer == solver.Yes {
			samples[i] = newEvent(a.program, r.Model)
		}
		for k, earlier := range selections[:i] {
			if samples[i] == nil || samples[k] == nil || !slices.Equal(p.fields, earlier.fields) ||
				!samples[i].holds(earlier.Expr) || !samples[k].holds(p.Expr) {
				continue
			}
			if a.twin(p, earlier) {
				break
			}
		}
	}
}

// twin adds a fact if two selections mean the same.
func (a *analysis) twin(p, earlier *Part) bool {
	forth, back := Fact{Part: p}, Fact{Part: p}
	if !a.refuted(&forth, term{p, true}, term{earlier, false}) || !a.refuted(&back, term{earlier, true}, term{p, false}) {
		return false
	}
	a.facts = append(a.facts, Fact{Kind: Twin, Part: p, By: earlier, Same: true, Sure: forth.Sure && back.Sure, Clashes: append(forth.Clashes, back.Clashes...)})
	return true
}

// selections returns the selections of the rule that its condition names, each
// once, in the order of the file.
func (a *analysis) selections() []*Part {
	var out []*Part
	a.root.each(func(p *Part) {
		if p.Selection != nil && !p.Foreign() && !slices.ContainsFunc(out, func(q *Part) bool { return q.Selection == p.Selection }) {
			out = append(out, p)
		}
	})
	slices.SortStableFunc(out, func(p, q *Part) int {
		if p.Selection.Name.Span.Start.Before(q.Selection.Name.Span.Start) {
			return -1
		}
		return 1
	})
	return out
}

// withoutTwins leaves out what is said of two parts because they are twins.
func (a *analysis) withoutTwins(facts []Fact) []Fact {
	type pair [2]any
	twins := map[pair]bool{}
	for _, f := range facts {
		if f.Kind == Twin {
			twins[pair{f.Part.Selection, f.By.Selection}], twins[pair{f.By.Selection, f.Part.Selection}] = true, true
		}
	}
	return slices.DeleteFunc(facts, func(f Fact) bool {
		return f.Kind != Twin && f.Same && f.By != nil && f.Part.Selection != nil && f.By.Selection != nil && twins[pair{f.Part.Selection, f.By.Selection}]
	})
}
