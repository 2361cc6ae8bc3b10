package evaluator

import "github.com/socctl/socctl/compiler"

// Holds decides any part of a rule of the program on an event, as it stands: the
// logsource and the views of a Routed event say nothing here.
func (e *Evaluator) Holds(part *compiler.Expr, event Event) bool {
	e.state.begin(event)
	return e.state.holds(part)
}

// HoldsIf is Holds as it would be if one part were true, or false, whatever the
// event says of it.
func (e *Evaluator) HoldsIf(whole, part *compiler.Expr, value bool, event Event) bool {
	e.state.begin(event)
	return e.state.holdsIf(whole, part, value)
}

func (s *state) holdsIf(e, part *compiler.Expr, value bool) bool {
	if e == part {
		return value
	}
	switch e.Op {
	case compiler.Leaf:
		return s.atom(e.Atom)
	case compiler.Not:
		return !s.holdsIf(e.Args[0], part, value)
	case compiler.And:
		for _, arg := range e.Args {
			if !s.holdsIf(arg, part, value) {
				return false
			}
		}
		return true
	}
	for _, arg := range e.Args {
		if s.holdsIf(arg, part, value) {
			return true
		}
	}
	return false
}
