package backtest

import (
	"slices"

	"github.com/socctl/socctl/compiler"
)

// Subject is the rules that are replayed: those of now, and those of before if
// they are compared. Rules that mean the same on both sides are evaluated once.
type Subject struct {
	Head *compiler.Program
	Base *compiler.Program // nil if nothing is compared

	program *compiler.Program
	index   map[*compiler.Rule]int // in program
	base    []int                  // rule of Base -> rule of program
}

// NewSubject puts rules together. base may be nil.
func NewSubject(head, base *compiler.Program) *Subject {
	s := &Subject{Head: head, Base: base, program: head}
	if base != nil {
		s.join()
	}
	s.index = make(map[*compiler.Rule]int, len(s.program.Rules))
	for i, r := range s.program.Rules {
		s.index[r] = i
	}
	return s
}

// Program returns what a Replayer evaluates: the rules of now, in their order, and
// behind them those of before that mean something else. It has no correlations.
func (s *Subject) Program() *compiler.Program { return s.program }

// join makes the program of both sides.
func (s *Subject) join() {
	j := joiner{atoms: make(map[string]int, len(s.Head.Predicates)), predicates: slices.Clone(s.Head.Predicates)}
	for i := range j.predicates {
		j.atoms[j.predicates[i].String()] = i
	}
	byHash := make(map[string]int, len(s.Head.Rules))
	rules := slices.Clone(s.Head.Rules)
	for i, r := range rules {
		if _, known := byHash[r.Hash]; !known {
			byHash[r.Hash] = i
		}
	}
	s.base = make([]int, len(s.Base.Rules))
	for i, r := range s.Base.Rules {
		n, known := byHash[r.Hash]
		if !known {
			n = len(rules)
			byHash[r.Hash] = n
			rules = append(rules, j.adopt(r, s.Base.Predicates))
		}
		s.base[i] = n
	}
	s.program = &compiler.Program{Predicates: j.predicates, Rules: rules}
}

// joiner gives predicates of another program the numbers of this one.
type joiner struct {
	predicates []compiler.Predicate
	atoms      map[string]int
	copied     map[*compiler.Expr]*compiler.Expr
}

// adopt returns a rule of another program over the predicates of this one.
func (j *joiner) adopt(r *compiler.Rule, predicates []compiler.Predicate) *compiler.Rule {
	j.copied = map[*compiler.Expr]*compiler.Expr{}
	out := *r
	out.Expr = j.expr(r.Expr, predicates)
	out.Detection = j.expr(r.Detection, predicates)
	out.Filters, out.Witness = nil, nil
	for _, f := range r.Filters {
		out.Filters = append(out.Filters, j.expr(f, predicates))
	}
	for _, n := range r.Witness {
		out.Witness = append(out.Witness, j.atom(&predicates[n]))
	}
	return &out
}

// expr copies an expression; parts that are the same object stay so.
func (j *joiner) expr(e *compiler.Expr, predicates []compiler.Predicate) *compiler.Expr {
	if known := j.copied[e]; known != nil {
		return known
	}
	out := *e
	j.copied[e] = &out
	if e.Op == compiler.Leaf {
		out.Atom = j.atom(&predicates[e.Atom])
	}
	out.Args = make([]*compiler.Expr, len(e.Args))
	for i, arg := range e.Args {
		out.Args[i] = j.expr(arg, predicates)
	}
	return &out
}

func (j *joiner) atom(p *compiler.Predicate) int {
	text := p.String()
	n, known := j.atoms[text]
	if !known {
		n = len(j.predicates)
		j.atoms[text] = n
		j.predicates = append(j.predicates, *p)
	}
	return n
}
