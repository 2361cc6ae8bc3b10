package trust

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Exclusion is a part of a rule that keeps it from firing.
type Exclusion struct {
	// Body holds on the events that are excluded.
	Body *compiler.Expr

	// Selections are those that it is made of, in the order of the condition. It
	// is empty for a comparison with the modifier neq.
	Selections []*rules.Selection

	Filter *rules.Filter // the document that excludes; nil if the rule does itself
	Item   *rules.Item   // with the modifier neq; nil otherwise

	// Inverted is set for a filter document without not: it keeps only what its
	// selections name, and excludes everything else.
	Inverted bool
}

// Name returns the names of the selections, or the field of a neq.
func (x *Exclusion) Name() string {
	if x.Item != nil {
		return x.Item.Key.Text
	}
	names := make([]string, len(x.Selections))
	for i, s := range x.Selections {
		names[i] = s.Name.Text
	}
	return strings.Join(names, " and ")
}

// Span returns where the exclusion is written.
func (x *Exclusion) Span() rules.Span {
	switch {
	case x.Item != nil:
		return x.Item.Key.Span
	case len(x.Selections) > 0:
		return x.Selections[0].Name.Span
	case x.Filter != nil:
		return x.Filter.Meta().Span
	}
	return rules.Span{}
}

// Exclusions returns what a rule excludes, each alternative of a condition on its
// own, in the order of the condition, and then what filter documents exclude.
func Exclusions(r *compiler.Rule) []Exclusion {
	f := finder{}
	f.find(r.Detection, true)
	for _, filter := range r.Filters {
		f.filter = filter.Filter
		before := len(f.found)
		f.find(filter, true)
		if len(f.found) == before {
			f.add(Exclusion{Body: &compiler.Expr{Op: compiler.Not, Args: []*compiler.Expr{filter}}, Selections: selectionsOf(filter), Inverted: true})
		}
	}
	return f.found
}

type finder struct {
	found  []Exclusion
	filter *rules.Filter
	seen   []*compiler.Expr
}

func (f *finder) add(x Exclusion) {
	if slices.Contains(f.seen, x.Body) {
		return
	}
	f.seen = append(f.seen, x.Body)
	x.Filter = f.filter
	f.found = append(f.found, x)
}

// find walks an expression that is asked for, or refused.
func (f *finder) find(e *compiler.Expr, wanted bool) {
	switch {
	case e.Op == compiler.Not && wanted:
		if e.Item != nil {
			f.add(Exclusion{Body: e.Args[0], Item: e.Item})
			return
		}
		f.split(e.Args[0])
	case e.Op == compiler.Leaf || e.Op == compiler.Not:
	default:
		for _, arg := range e.Args {
			f.find(arg, wanted)
		}
	}
}

// split takes the alternatives of a condition apart.
func (f *finder) split(e *compiler.Expr) {
	if e.Op == compiler.Or && e.Selection == nil && e.Condition != nil {
		for _, arg := range e.Args {
			f.split(arg)
		}
		return
	}
	if e.Op == compiler.Not && e.Condition != nil { // not not
		f.find(e.Args[0], true)
		return
	}
	f.add(Exclusion{Body: e, Selections: selectionsOf(e)})
}

func selectionsOf(e *compiler.Expr) (out []*rules.Selection) {
	if e.Selection != nil {
		return []*rules.Selection{e.Selection}
	}
	for _, arg := range e.Args {
		for _, s := range selectionsOf(arg) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Wanted calls do for every leaf of an expression that is not negated.
func Wanted(e *compiler.Expr, do func(leaf *compiler.Expr)) {
	switch e.Op {
	case compiler.Leaf:
		do(e)
	case compiler.Not:
	default:
		for _, arg := range e.Args {
			Wanted(arg, do)
		}
	}
}

// Defines reports whether a way through an exclusion is to call a program what it
// calls itself, in a rule that looks for it by that: the exclusion is then what
// the rule means, namely that the program goes by another name.
func Defines(p *compiler.Program, r *compiler.Rule, w *Way) bool {
	own := map[string]bool{}
	Wanted(r.Detection, func(leaf *compiler.Expr) {
		if p := &p.Predicates[leaf.Atom]; p.Field == "OriginalFileName" {
			for _, l := range literals(p) {
				own[strings.TrimLeft(l, `\`)] = true
			}
		}
	})
	return slices.ContainsFunc(w.Steps, func(s Step) bool {
		return s.Holds && s.Scored.Basename != "" && own[strings.TrimLeft(s.Scored.Basename, `\/`)]
	})
}
