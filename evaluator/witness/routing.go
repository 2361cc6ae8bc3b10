package witness

import (
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/rules/logsource"
)

// routing returns what an event must hold to be seen as a view: the ways in which
// it may, in the order of the table.
func (q *request) routing(s *solver.Solver, v *logsource.ViewDef) []*solver.Formula {
	ways := make([]*solver.Formula, len(v.When))
	for i, match := range v.When {
		conditions := make([]*solver.Formula, len(match))
		for k, c := range match {
			conditions[k] = condition(s, v, c)
		}
		ways[i] = s.And(conditions...)
	}
	return ways
}

// beneath marks the name of a field of the event that the view hides by another
// one of the same name.
const beneath = "\x00"

// condition returns a condition on the event itself, not on what the view shows.
func condition(s *solver.Solver, v *logsource.ViewDef, c logsource.Condition) *solver.Formula {
	if name, _ := native(v, c.Field); name != c.Field {
		c.Field = beneath + c.Field
	}
	if c.Op == logsource.Exists || c.Op == logsource.Missing {
		return s.Predicate(&compiler.Predicate{Field: c.Field, Op: compiler.OpExists, Bool: c.Op == logsource.Exists})
	}
	anchor := map[logsource.Op]compiler.Anchor{logsource.StartsWith: compiler.AtStart, logsource.EndsWith: compiler.AtEnd,
		logsource.Contains: compiler.Anywhere}[c.Op] // else Whole
	values := make([]*solver.Formula, len(c.Values))
	for i, v := range c.Values {
		p := compiler.LiteralPredicate(c.Field, v, anchor, false)
		values[i] = s.Predicate(&p)
	}
	if c.Op == logsource.NotEquals {
		return s.Not(s.Or(values...))
	}
	return s.Or(values...)
}

// native returns the name under which an event has to hold what a view shows under
// another one; false if the view makes it out of something else.
func native(v *logsource.ViewDef, field string) (string, bool) {
	if name, hidden := strings.CutPrefix(field, beneath); hidden {
		return name, true
	}
	if v == nil {
		return field, true
	}
	for _, f := range v.Fields {
		if f.Name != field {
			continue
		}
		for _, source := range f.Sources {
			if source.Transform == logsource.Copy && len(source.From) == 1 {
				return source.From[0], true
			}
		}
		return field, false
	}
	return field, v.Native
}
