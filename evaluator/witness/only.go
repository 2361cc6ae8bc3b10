package witness

import (
	"errors"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
)

// Other is a rule of another program, or another version of a rule.
type Other struct {
	program   *compiler.Program
	rule      *compiler.Rule
	evaluator *evaluator.Evaluator
}

// NewOther returns a rule of a program that events of another one are compared with.
func NewOther(p *compiler.Program, r *compiler.Rule) *Other {
	return &Other{program: p, rule: r, evaluator: evaluator.New(p)}
}

// Only returns an event that a rule matches and another one does not. Where the two
// are of different logsources, it is one that the other would not match if it were
// of its logsource, if there is any. Errors are as for Matching.
func (m *Maker) Only(r *compiler.Rule, o *Other) (*Event, error) {
	e, err := m.Find(r,
		func(s *solver.Solver) *solver.Formula {
			return s.And(s.Formula(m.program, r.Expr), s.Not(s.Formula(o.program, o.rule.Expr)))
		},
		func(e evaluator.Event) bool {
			return m.evaluator.Holds(r.Expr, e) && !o.evaluator.Holds(o.rule.Expr, e)
		})
	if errors.Is(err, ErrNone) && sourceOf(r) != sourceOf(o.rule) {
		return m.Matching(r)
	}
	return e, err
}
