package proof

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/rules"
)

// Kind is what a Fact says.
type Kind uint8

// The kinds of facts.
const (
	Never       Kind = iota // no event satisfies the rule
	AllExcluded             // no event does, for the exclusion Part covers all the rest
	Always                  // every event satisfies the rule
	OnAbsence               // an event with none of the fields satisfies the rule
	Dead                    // Part, one of several alternatives, cannot hold with what must hold beside it
	Idle                    // Part, which is excluded, cannot hold with what is not excluded
	Covered                 // whenever Part, an alternative, decides, other alternatives hold
	Implied                 // Part, which is demanded, holds whenever the rest does
	Twin                    // Part, a selection, means the same as By, an earlier one, wherever they stand
)

// Fact is something that was proven of a rule.
type Fact struct {
	Kind Kind
	Part *Part // that it is about; the whole rule for the first ones
	// By is the part that covers or implies Part, or is the same; nil if several
	// do together, or for other kinds.
	By *Part
	// Given says that a value is covered or implied only with what must hold beside the
	// list that it stands in.
	Given bool
	// Same says that By and Part mean the same.
	Same bool
	// Sure says that the fact holds for events whose fields hold several values,
	// too.
	Sure bool
	// Clashes are what the proof rests on besides how the condition combines its
	// parts.
	Clashes []Clash
}

// Clash is a set of literals of one field that no value satisfies.
type Clash []Literal

// Nested reports whether clashes are about a field of a nested object, whose name
// has a dot. Those often hold several values at once, one for each object of a
// list, so what is proven for single values says little there.
func Nested(clashes []Clash) bool {
	return slices.ContainsFunc(clashes, func(c Clash) bool { return strings.Contains(c[0].Predicate.Field, ".") })
}

// Literal is a predicate of the rule that holds or does not, where it is written.
type Literal struct {
	Predicate *compiler.Predicate
	Holds     bool
	Place     *Part // nil if it is none of the rule
}

// Span returns where the predicate is written, unknown if nowhere.
func (l Literal) Span() rules.Span {
	switch {
	case l.Place == nil:
		return rules.Span{}
	case l.Place.Value != nil:
		return l.Place.Value.Span
	}
	return l.Place.Span()
}

// clashes finds where the literals of conflicts are written. Of several places
// one within part is taken, for the first literal that there is one for.
func (a *analysis) clashes(conflicts []solver.Conflict, part *Part) []Clash {
	var out []Clash
	for _, c := range conflicts {
		var clash Clash
		for _, l := range c.Literals {
			clash = append(clash, Literal{l.Predicate, l.Holds, a.place(l.Predicate, part, l.Holds)})
		}
		out = append(out, clash)
	}
	return out
}

// place returns the smallest part that a predicate was made of. One that holds is
// looked for within part first, one that does not outside of it.
func (a *analysis) place(p *compiler.Predicate, part *Part, within bool) *Part {
	if a.places == nil {
		a.places = map[string][]*Part{}
		a.root.each(func(x *Part) {
			if len(x.Parts) > 0 {
				return
			}
			x.Expr.Each(func(leaf *compiler.Expr) {
				text := a.program.Predicates[leaf.Atom].String()
				a.places[text] = append(a.places[text], x)
			})
		})
	}
	all := a.places[p.String()]
	for _, x := range all {
		if x.within(part) == within {
			return x
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return nil
}

func (p *Part) within(outer *Part) bool {
	for ; p != nil; p = p.Parent {
		if p == outer {
			return true
		}
	}
	return false
}
