package rules

import "slices"

// mostTogether bounds the rules of a condition that is tried on all their sets.
const mostTogether = 12

// lintTogether looks for conditions over rules that no set of rules meets. A
// group exists only once a match is in it, so the empty set does not count.
func (p *parser) lintTogether(c *Correlation) {
	if c.Type.Text != "temporal" || c.Expression == nil || c.Expression.Root == nil {
		return
	}
	names, ok := namesIn(c.Expression.Root)
	if !ok || len(names) > mostTogether {
		return
	}
	for set := 1; set < 1<<len(names); set++ {
		if holdsFor(c.Expression.Root, names, set) {
			return
		}
	}
	at := c.Expression.Text.Span
	if holdsFor(c.Expression.Root, names, 0) {
		p.warnf("correlation/empty-group", at, "the condition holds only if none of the rules matches; a group exists only once an event is in it, so it never fires", "the absence of events cannot be detected")
		return
	}
	p.warnf("correlation/contradiction", at, "whichever rules match, the condition does not hold, so the correlation never fires", "check its parts")
}

// namesIn returns the different names in a condition. It is false if there are
// patterns, which a correlation cannot have.
func namesIn(root *Expr) (names []string, ok bool) {
	ok = true
	root.Walk(func(e *Expr) {
		switch {
		case e.Op == OneOf || e.Op == AllOf:
			ok = false
		case e.Op == Ref && !slices.Contains(names, e.Name):
			names = append(names, e.Name)
		}
	})
	return names, ok
}

// holdsFor evaluates a condition if the names in set, a bit for each, are true.
func holdsFor(e *Expr, names []string, set int) bool {
	holds := func(arg *Expr) bool { return holdsFor(arg, names, set) }
	switch e.Op {
	case And:
		return !slices.ContainsFunc(e.Args, func(arg *Expr) bool { return !holds(arg) })
	case Or:
		return slices.ContainsFunc(e.Args, holds)
	case Not:
		return !holds(e.Args[0])
	}
	return set&(1<<slices.Index(names, e.Name)) != 0
}
