package audit

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules/logsource"
)

// prover looks for events that hide in exclusions.
type prover struct {
	program *compiler.Program
	table   *logsource.Table
	judge   *trust.Judge
	solvers map[logsource.Logsource]*solver.Solver
	maker   *witness.Maker
	replay  *evaluator.Evaluator
}

func newProver(p *compiler.Program, table *logsource.Table) *prover {
	v := &prover{program: p, table: table, judge: trust.New(table), solvers: map[logsource.Logsource]*solver.Solver{}}
	v.maker, v.replay = witness.NewMaker(p, table).Within(v.domain, `C:\Users\Public\`, "/tmp/"), evaluator.New(p)
	return v
}

func (v *prover) solver(source logsource.Logsource) *solver.Solver {
	s := v.solvers[source]
	if s == nil {
		s = solver.New(solver.Options{Domain: v.domain(source)})
		v.solvers[source] = s
	}
	return s
}

// domain leaves out numbers and addresses: what is compared with one says all
// there is to say.
func (v *prover) domain(source logsource.Logsource) func(string) []compiler.Predicate {
	of := v.judge.Domain(source)
	return func(field string) []compiler.Predicate {
		if d := v.table.DomainOf(source, field); d != nil && (d.Kind == logsource.NumberKind || d.Kind == logsource.AddressKind) {
			return nil
		}
		return of(field)
	}
}

// prove fills in what can be shown of an exclusion, and returns the easiest way
// that an event can take, the first one if none is known.
func (v *prover) prove(r *compiler.Rule, x *trust.Exclusion, ways []trust.Way, out *Exclusion) *trust.Way {
	if len(ways) == 0 {
		out.State, out.Why = Dead, "it has no values"
		return &trust.Way{}
	}
	s := v.solver(trust.Logsource(r))
	without := rewrite(r.Expr, x, false)
	hidden := s.And(s.Formula(v.program, without), s.Not(s.Formula(v.program, r.Expr)))
	any := s.Satisfiable(hidden)
	switch any.Answer {
	case solver.No:
		v.nothing(s, r, x, any, out)
		return &ways[0]
	case solver.Unknown:
		out.State, out.Why = Unknown, any.Reason
		return &ways[0]
	}
	for i := range ways {
		if found := s.Satisfiable(s.And(append(v.steps(s, &ways[i]), hidden)...)); found.Answer == solver.Yes && v.witness(r, without, &ways[i], out) {
			return &ways[i]
		}
	}
	if !v.witness(r, without, nil, out) {
		out.State, out.Why = Unknown, "the evaluator does not confirm the event that was found"
	}
	return &ways[0]
}

// nothing says why no event hides in an exclusion: because the rule looks for
// nothing of the kind, or because other exclusions are there first.
func (v *prover) nothing(s *solver.Solver, r *compiler.Rule, x *trust.Exclusion, proof solver.Result, out *Exclusion) {
	alone := r.Expr
	for _, other := range trust.Exclusions(r) {
		if other.Body != x.Body && !other.Inverted {
			alone = rewrite(alone, &other, false)
		}
	}
	without := rewrite(alone, x, false)
	if s.Satisfiable(s.And(s.Formula(v.program, without), s.Not(s.Formula(v.program, alone)))).Answer == solver.Yes {
		out.State, out.Why = Covered, "other exclusions of the rule exclude all of it"
		return
	}
	out.State, out.Why = Dead, clash(proof.Conflicts)
	out.ByTable = slices.ContainsFunc(proof.Conflicts, func(c solver.Conflict) bool { return c.Domain })
}

func (v *prover) steps(s *solver.Solver, w *trust.Way) (out []*solver.Formula) {
	for _, step := range w.Steps {
		f := s.Predicate(&v.program.Predicates[step.Leaf.Atom])
		if !step.Holds {
			f = s.Not(f)
		}
		out = append(out, f)
	}
	return out
}

// witness looks for an event on which the rule is silent and would not be without the
// exclusion, by one way into it; nil for any.
func (v *prover) witness(r *compiler.Rule, without *compiler.Expr, w *trust.Way, out *Exclusion) bool {
	e, err := v.maker.Find(r, func(s *solver.Solver) *solver.Formula {
		hidden := s.And(s.Formula(v.program, without), s.Not(s.Formula(v.program, r.Expr)))
		if w == nil {
			return hidden
		}
		return s.And(append(v.steps(s, w), hidden)...)
	}, func(e evaluator.Event) bool { return !v.replay.Holds(r.Expr, e) && v.replay.Holds(without, e) })
	if err != nil {
		return false
	}
	out.State, out.Witness, out.View = Proven, &e.Value, e.View
	out.Decisive = slices.DeleteFunc(slices.Clone(e.Decisive), func(f string) bool { return !slices.Contains(r.Fields, f) })
	return true
}

// rewrite returns an expression in which the exclusion excludes nothing: where it
// is negated it never holds. Of an inverted filter, the filter always holds.
func rewrite(e *compiler.Expr, x *trust.Exclusion, negated bool) *compiler.Expr {
	switch {
	case x.Inverted && e == x.Body.Args[0]:
		return &compiler.Expr{Op: compiler.And}
	case negated && e == x.Body:
		return &compiler.Expr{Op: compiler.Or}
	case e.Op == compiler.Leaf:
		return e
	}
	args, changed := make([]*compiler.Expr, len(e.Args)), false
	for i, arg := range e.Args {
		args[i] = rewrite(arg, x, negated != (e.Op == compiler.Not))
		changed = changed || args[i] != arg
	}
	if !changed {
		return e
	}
	return &compiler.Expr{Op: e.Op, Args: args}
}

// clash says which comparisons cannot hold together.
func clash(conflicts []solver.Conflict) string {
	if len(conflicts) == 0 {
		return "the condition itself leaves nothing to exclude"
	}
	var parts []string
	for _, l := range conflicts[0].Literals {
		parts = append(parts, trust.Says(l.Predicate, l.Holds))
	}
	if conflicts[0].Domain {
		return strings.Join(parts, ", and ") + ", which is not what " + conflicts[0].Field + " holds"
	}
	return "it cannot be that " + strings.Join(parts, ", and ")
}
