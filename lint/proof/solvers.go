package proof

import (
	"sync"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// Solvers are a solver for events whose fields hold one value and one for events
// whose fields may hold several. They are for one goroutine, and best made anew for
// each rule: they remember what they have seen, which costs more than it saves once
// the questions are about other rules, and lets answers depend on them.
type Solvers struct {
	Single, Lists *solver.Solver
}

// NewSolvers returns solvers that were asked nothing yet.
func NewSolvers() *Solvers {
	return &Solvers{Single: solver.New(solver.Options{}), Lists: solver.New(solver.Options{Lists: true})}
}

// Models remembers models of rules. The zero Models is ready to use, by several
// goroutines at once.
type Models struct {
	mu     sync.Mutex
	byHash map[string]solver.Model // nil for a rule of which none is known
}

// maxModels bounds the models that are remembered.
const maxModels = 50_000

// of returns an event that a rule matches; nil if none is known.
func (m *Models) of(p *compiler.Program, r *compiler.Rule) solver.Model {
	m.mu.Lock()
	model, known := m.byHash[r.Hash]
	m.mu.Unlock()
	if known {
		return model
	}
	s := solver.New(solver.Options{})
	model = s.Satisfiable(s.Formula(p, r.Expr)).Model
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byHash == nil || len(m.byHash) >= maxModels {
		m.byHash = map[string]solver.Model{}
	}
	m.byHash[r.Hash] = model
	return model
}
