package solver

import (
	"slices"

	"github.com/socctl/socctl/compiler"
)

// Formula is a condition over predicates that a Solver can be asked about. It
// belongs to the Solver that made it and is immutable.
type Formula struct {
	op   compiler.ExprOp
	args []*Formula
	atom int // of a Leaf: index into Solver.atoms
	id   int
}

// atom is a predicate that some formula holds.
type atom struct {
	predicate *compiler.Predicate
	field     int // index into Solver.fields
	ref       int // of an OpFieldRef: the other field
	machine   *machine
	absent    bool // true of an event without the field
}

// Formula returns an expression of a program as a formula. Predicates of several
// programs that mean the same become the same.
func (s *Solver) Formula(p *compiler.Program, e *compiler.Expr) *Formula {
	if f, known := s.known[e]; known {
		return f
	}
	var f *Formula
	switch e.Op {
	case compiler.Leaf:
		f = s.leaf(&p.Predicates[e.Atom])
	case compiler.Not:
		f = s.Not(s.Formula(p, e.Args[0]))
	default:
		args := make([]*Formula, len(e.Args))
		for i, arg := range e.Args {
			args[i] = s.Formula(p, arg)
		}
		f = s.gate(e.Op, args)
	}
	s.known[e] = f
	return f
}

// Predicate returns the formula that is a single predicate.
func (s *Solver) Predicate(p *compiler.Predicate) *Formula { return s.leaf(p) }

// And returns the conjunction; without arguments it is always true.
func (s *Solver) And(args ...*Formula) *Formula { return s.gate(compiler.And, args) }

// Or returns the disjunction; without arguments it is never true.
func (s *Solver) Or(args ...*Formula) *Formula { return s.gate(compiler.Or, args) }

// Not returns the negation.
func (s *Solver) Not(f *Formula) *Formula {
	if f.op == compiler.Not {
		return f.args[0]
	}
	if s.negations[f] == nil {
		s.negations[f] = s.node(&Formula{op: compiler.Not, args: []*Formula{f}})
	}
	return s.negations[f]
}

// gate returns a conjunction or disjunction, each argument once.
func (s *Solver) gate(op compiler.ExprOp, args []*Formula) *Formula {
	var flat []*Formula
	for _, a := range args {
		if a.op == op {
			flat = append(flat, a.args...)
		} else {
			flat = append(flat, a)
		}
	}
	if len(flat) < 32 {
		for i := len(flat) - 1; i > 0; i-- {
			if slices.Contains(flat[:i], flat[i]) {
				flat = slices.Delete(flat, i, i+1)
			}
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return s.node(&Formula{op: op, args: flat})
}

func (s *Solver) node(f *Formula) *Formula {
	f.id = s.nodes
	s.nodes++
	return f
}

func (s *Solver) leaf(p *compiler.Predicate) *Formula {
	text := p.String()
	if f, known := s.leaves[text]; known {
		return f
	}
	a := atom{predicate: p, field: s.fieldNumber(p.Field), ref: -1, absent: p.TrueOnAbsence()}
	if p.Op == compiler.OpFieldRef {
		a.ref = s.fieldNumber(p.Ref)
	}
	f := s.node(&Formula{op: compiler.Leaf, atom: len(s.atoms)})
	s.atoms = append(s.atoms, a)
	s.leaves[text] = f
	return f
}

func (s *Solver) fieldNumber(name string) int {
	n, known := s.fieldNumbers[name]
	if !known {
		n = len(s.fields)
		s.fields = append(s.fields, name)
		s.fieldNumbers[name] = n
	}
	return n
}

// literal is a predicate or its negation.
type literal struct {
	atom int
	sign bool
}

// Replaced returns an expression of a program in which one node, wherever it
// stands, is true or false: what the rest makes of it.
func (s *Solver) Replaced(p *compiler.Program, e, node *compiler.Expr, value bool) *Formula {
	seen := map[*compiler.Expr]*Formula{}
	var replace func(e *compiler.Expr) *Formula
	replace = func(e *compiler.Expr) *Formula {
		if f := seen[e]; f != nil {
			return f
		}
		var f *Formula
		switch {
		case e == node && value:
			f = s.And()
		case e == node:
			f = s.Or()
		case e.Op == compiler.Leaf:
			f = s.Formula(p, e)
		case e.Op == compiler.Not:
			f = s.Not(replace(e.Args[0]))
		default:
			args := make([]*Formula, len(e.Args))
			for i, a := range e.Args {
				args[i] = replace(a)
			}
			f = s.gate(e.Op, args)
		}
		seen[e] = f
		return f
	}
	return replace(e)
}
