package witness

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
)

// Deciding returns an event on which one part of a rule holds, or does not, and
// decides: the rule would say the opposite if the part were the other way round.
// The event keeps what it can of the fields of like, which may be nil. Errors are
// as for Matching; ErrNone says that the part can never decide in that way.
func (m *Maker) Deciding(r *compiler.Rule, part *compiler.Expr, holds bool, like evaluator.Event) (*Event, error) {
	return m.find(&request{maker: m, rule: r, like: textsOf(r, like),
		wanted: func(s *solver.Solver) *solver.Formula {
			f := s.Formula(m.program, part)
			if !holds {
				f = s.Not(f)
			}
			yes, no := s.Replaced(m.program, r.Expr, part, true), s.Replaced(m.program, r.Expr, part, false)
			return s.And(f, s.Or(s.And(yes, s.Not(no)), s.And(no, s.Not(yes))))
		},
		shows: func(e evaluator.Event) bool { return m.Decides(r, part, holds, e) }})
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
