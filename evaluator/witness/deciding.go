package witness

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
)

// Deciding returns an event on which one part of a rule holds, or does not, and
// decides: the rule would say the opposite if the part were the other way round.
// The event keeps what it can of the fields of like, which may be nil; its fields hold
// several values only if one of those does. Errors are as for Matching; ErrNone says
// that the part can never decide in that way, on such events.
func (m *Maker) Deciding(r *compiler.Rule, part *compiler.Expr, holds bool, like evaluator.Event) (*Event, error) {
	return m.find(m.near(r, like, func(s *solver.Solver) *solver.Formula {
		f := s.Formula(m.program, part)
		if !holds {
			f = s.Not(f)
		}
		yes, no := s.Replaced(m.program, r.Expr, part, true), s.Replaced(m.program, r.Expr, part, false)
		return s.And(f, s.Or(s.And(yes, s.Not(no)), s.And(no, s.Not(yes))))
	}, func(e evaluator.Event) bool { return m.Decides(r, part, holds, e) }))
}

// near asks for an event that is like another one.
func (m *Maker) near(r *compiler.Rule, like evaluator.Event, wanted func(*solver.Solver) *solver.Formula, shows func(evaluator.Event) bool) *request {
	q := &request{maker: m, rule: r, like: textsOf(r, like), wanted: wanted, shows: shows}
	for _, texts := range q.like {
		q.lists = q.lists || len(texts) > 1
	}
	return q
}

// Differing returns an event that a rule matches and another expression over the
// predicates of the program does not, or the other way round. like and errors are as
// for Deciding; ErrNone says that the two are equivalent for the rule's logsource.
func (m *Maker) Differing(r *compiler.Rule, expr *compiler.Expr, like evaluator.Event) (*Event, error) {
	return m.find(m.near(r, like,
		func(s *solver.Solver) *solver.Formula {
			a, b := s.Formula(m.program, r.Expr), s.Formula(m.program, expr)
			return s.Or(s.And(a, s.Not(b)), s.And(b, s.Not(a)))
		},
		func(e evaluator.Event) bool { return m.evaluator.Holds(r.Expr, e) != m.evaluator.Holds(expr, e) }))
}

// Decides reports whether Deciding could return an event.
func (m *Maker) Decides(r *compiler.Rule, part *compiler.Expr, holds bool, e evaluator.Event) bool {
	return m.evaluator.Holds(part, e) == holds &&
		m.evaluator.HoldsIf(r.Expr, part, true, e) != m.evaluator.HoldsIf(r.Expr, part, false, e)
}

// textsOf returns what the fields of a rule hold in an event.
func textsOf(r *compiler.Rule, e evaluator.Event) map[string][]string {
	if e == nil {
		return nil
	}
	out := map[string][]string{}
	for _, name := range r.Fields {
		v, ok := e.Field(name)
		switch {
		case !ok || v.IsNull():
		case v.Kind() == evaluator.List:
			for _, item := range v.Items() {
				out[name] = append(out[name], item.Text())
			}
		default:
			out[name] = []string{v.Text()}
		}
	}
	return out
}
