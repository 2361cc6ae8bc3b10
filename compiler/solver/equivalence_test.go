package solver_test

import (
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// TestEquivalenceIsTransitive writes random conditions in other ways, step by step:
// each step is equivalent to the one before, and so is the last to the first.
func TestEquivalenceIsTransitive(t *testing.T) {
	proven := 0
	for n := range 200 {
		m := maker{rand.New(rand.NewPCG(9, uint64(n)))}
		p := m.program(t, 1)
		for _, lists := range []bool{false, true} {
			s := solver.New(solver.Options{Lists: lists})
			first := s.Formula(p, p.Rules[0].Expr)
			steps := []*solver.Formula{first}
			for range 3 {
				steps = append(steps, m.rewritten(s, steps[len(steps)-1]))
			}
			chain := true
			for i := 1; i < len(steps); i++ {
				switch s.Equivalent(steps[i-1], steps[i]).Answer {
				case solver.No:
					t.Fatalf("step %d is not equivalent\n%s", i, p)
				case solver.Unknown:
					chain = false
				}
			}
			if got := s.Equivalent(first, steps[len(steps)-1]).Answer; got == solver.No {
				t.Fatalf("the last is not equivalent to the first\n%s", p)
			} else if got == solver.Yes && chain {
				proven++
			}
		}
	}
	if proven < 300 {
		t.Errorf("only %d chains are proven", proven)
	}
}

// rewritten returns a formula that means the same: absorbed, distributed or negated
// twice over, with another random predicate.
func (m maker) rewritten(s *solver.Solver, f *solver.Formula) *solver.Formula {
	text := compiler.TextPredicate(pick(m, "A", "B", "C"), m.text(), compiler.Anywhere, false)
	other := s.Predicate(&text)
	switch m.IntN(4) {
	case 0:
		return s.Or(f, s.And(f, other))
	case 1:
		return s.And(f, s.Or(f, other))
	case 2:
		return s.Or(s.And(f, other), s.And(f, s.Not(other)))
	}
	return s.Not(s.And(s.Not(f), s.Or(s.Not(f), other)))
}
