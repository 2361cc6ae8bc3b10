package audit

import (
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// prover looks for events that hide in exclusions.
type prover struct {
	program *compiler.Program
	table   *logsource.Table
	judge   *trust.Judge
	spelt   map[string]string // literals of rules as they are written, by their folded form
	solvers map[logsource.Logsource]*solver.Solver
}

func newProver(p *compiler.Program, table *logsource.Table) *prover {
	v := &prover{program: p, table: table, judge: trust.New(table), spelt: map[string]string{}, solvers: map[logsource.Logsource]*solver.Solver{}}
	for _, r := range p.Rules {
		v.learn(r.Expr)
	}
	return v
}

// learn notes how the rules write what they compare with, so that events can be read.
func (v *prover) learn(e *compiler.Expr) {
	if e.Op == compiler.Leaf && e.Value != nil {
		text := strings.ReplaceAll(strings.Trim(e.Value.Text, "*"), `\\`, `\`)
		for _, l := range v.program.Predicates[e.Atom].Pattern.Literals() {
			if _, known := v.spelt[l]; !known && compiler.Fold(text) == l {
				v.spelt[l] = text
			}
		}
	}
	for _, arg := range e.Args {
		v.learn(arg)
	}
}

func (v *prover) solver(source logsource.Logsource) *solver.Solver {
	s := v.solvers[source]
	if s == nil {
		s = solver.New(solver.Options{
			Domain: v.domain(source),
			Prefer: func(field string) []string { return v.table.Realistic(source, field) },
			Spell: func(folded string) string {
				if text, known := v.spelt[folded]; known {
					return text
				}
				return strings.ToLower(folded)
			},
		})
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
		if found := s.Satisfiable(s.And(append(v.steps(s, &ways[i]), hidden)...)); found.Answer == solver.Yes && v.witness(r, without, found.Model, out) {
			return &ways[i]
		}
	}
	if !v.witness(r, without, any.Model, out) {
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

// witness takes an event if the evaluator says that the rule is silent on it and
// would not be without the exclusion.
func (v *prover) witness(r *compiler.Rule, without *compiler.Expr, m solver.Model, out *Exclusion) bool {
	event := evaluator.Map{}
	for name, f := range m {
		if name == "" {
			name = "Message"
		}
		switch {
		case len(f.Texts) == 1 && !f.Null:
			event[name] = f.Texts[0]
		case len(f.Texts) == 0:
			event[name] = nil
		default:
			event[name] = f.Texts
		}
	}
	small, silent, fires := v.pair(r, without)
	e := evaluator.New(small)
	for _, m := range []evaluator.Map{tidied(event), event} {
		if !e.MatchRule(silent, m) && e.MatchRule(fires, m) {
			out.State, out.Witness = Proven, m
			return true
		}
	}
	return false
}

var (
	anyDrive = regexp.MustCompile(`^a:[\\/]+`)
	another  = regexp.MustCompile(`^a:[\\/]?([A-Za-z]:\\)`) // in front of the one that is asked for
	some     = regexp.MustCompile(`^a:[\\/]?:\\`)           // where any drive is
	root     = regexp.MustCompile(`^//+`)
	twice    = regexp.MustCompile(`([^\\])\\{2,}`)
)

// tidied writes paths as they usually are: where any folder will do, in one that
// every user may write to. Whether they still show the same is up to the evaluator.
func tidied(event evaluator.Map) evaluator.Map {
	out := evaluator.Map{}
	for name, value := range event {
		if text, ok := value.(string); ok {
			text = some.ReplaceAllString(text, `C:\`)
			text = another.ReplaceAllString(text, "$1")
			text = root.ReplaceAllString(anyDrive.ReplaceAllString(text, `C:\Users\Public\`), "/tmp/")
			value = twice.ReplaceAllString(text, `$1\`)
		}
		out[name] = value
	}
	return out
}

// pair returns a program of the rule as it is and without the exclusion, with
// just the predicates that they need.
func (v *prover) pair(r *compiler.Rule, without *compiler.Expr) (p *compiler.Program, silent, fires *compiler.Rule) {
	p = &compiler.Program{}
	numbers := map[int]int{}
	var copyOf func(e *compiler.Expr) *compiler.Expr
	copyOf = func(e *compiler.Expr) *compiler.Expr {
		c := &compiler.Expr{Op: e.Op}
		if e.Op == compiler.Leaf {
			n, known := numbers[e.Atom]
			if !known {
				n = len(p.Predicates)
				numbers[e.Atom] = n
				p.Predicates = append(p.Predicates, v.program.Predicates[e.Atom])
			}
			c.Atom = n
		}
		for _, arg := range e.Args {
			c.Args = append(c.Args, copyOf(arg))
		}
		return c
	}
	for _, e := range []*compiler.Expr{r.Expr, without} {
		c := copyOf(e)
		p.Rules = append(p.Rules, &compiler.Rule{Title: r.Title, Hash: r.Hash, Expr: c, Detection: c, Fields: r.Fields, Alerts: true, Source: r.Source})
	}
	return p, p.Rules[0], p.Rules[1]
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
