package proof

import (
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// Solvers are a solver for events whose fields hold one value and one for events
// whose fields may hold several. They are for one goroutine at a time.
type Solvers struct {
	Single, Lists *solver.Solver

	spent int // predicates that they have been asked about, more or less
}

// maxSpent bounds what solvers are asked about before new ones take their place:
// they remember what they have seen, and that costs more than it saves once the
// questions are about other rules.
const maxSpent = 1_000

func newSolvers() *Solvers {
	return &Solvers{Single: solver.New(solver.Options{}), Lists: solver.New(solver.Options{Lists: true})}
}

// Pool lends solvers to workers. The zero Pool is ready to use.
type Pool struct {
	mu   sync.Mutex
	idle []*Solvers
}

// With calls do with solvers that nobody else uses meanwhile, for questions about
// so many predicates.
func (p *Pool) With(predicates int, do func(*Solvers)) {
	s := p.take()
	do(s)
	if s.spent += predicates; s.spent > maxSpent {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, s)
}

func (p *Pool) take() *Solvers {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle) - 1
	if n < 0 {
		return newSolvers()
	}
	s := p.idle[n]
	p.idle = p.idle[:n]
	return s
}

// Leaves returns how many predicates stand in an expression.
func Leaves(e *compiler.Expr) int {
	n := 0
	e.Each(func(*compiler.Expr) { n++ })
	return n
}
