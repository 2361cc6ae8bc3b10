package tuning

import "slices"

// Rule is what the search has to know about a rule.
type Rule struct {
	ID, Title string
	// Constrained are the fields that what the rule wants says something about.
	Constrained []string
	// Wanted are the texts that it asks for.
	Wanted []string
}

// opens reports whether a clause names a field that a rule leaves open.
func (c Clause) opens(r *Rule) bool {
	return slices.ContainsFunc(c, func(l *Literal) bool { return !r.constrains(l.Field) })
}

// constrains reports whether the rule itself says something about a field.
func (r *Rule) constrains(field string) bool { return slices.Contains(r.Constrained, field) }
