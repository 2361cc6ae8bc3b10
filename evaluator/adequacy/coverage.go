package adequacy

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules/logsource"
)

// Subject is a rule with the tests that passed.
type Subject struct {
	Rule  *compiler.Rule
	Tests []*ruletest.CaseResult
}

// Subjects returns the rules of a run with ruletest.RunOptions.Keep, in the order of
// its program: those with tests, of which only the ones that passed count, and those
// without that were asked for. Tests of correlations are left out.
func Subjects(r *ruletest.Result) []Subject {
	tests, wanted := map[*compiler.Rule][]*ruletest.CaseResult{}, map[*compiler.Rule]bool{}
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Compiled == nil {
			continue
		}
		wanted[c.Compiled] = true
		if c.Status == ruletest.Pass {
			tests[c.Compiled] = append(tests[c.Compiled], c)
		}
	}
	for _, rule := range r.Untested {
		wanted[rule] = true
	}
	var out []Subject
	for _, rule := range r.Program.Rules {
		if wanted[rule] {
			out = append(out, Subject{rule, tests[rule]})
		}
	}
	return out
}

// example returns an event of a test that events should be like: one with several
// values in a field of the rule if there is any, because then fields may hold that,
// and one that the rule matches rather than not. It is nil if there is none.
func (s *Subject) example() evaluator.Event {
	var best evaluator.Event
	rank := 0
	for _, t := range s.Tests {
		for i := range t.Seen {
			n := 1 + count(t.Seen[i].Matched) + 2*count(severalValues(s.Rule, t.Seen[i].Event))
			if n > rank {
				best, rank = t.Seen[i].Event, n
			}
		}
	}
	return best
}

func severalValues(r *compiler.Rule, e evaluator.Event) bool {
	return slices.ContainsFunc(r.Fields, func(name string) bool {
		v, ok := e.Field(name)
		return ok && v.Kind() == evaluator.List && len(v.Items()) > 1
	})
}

// Matching returns the first event that stands in a test and that the rule matches;
// null if there is none.
func (s *Subject) Matching() evaluator.Value {
	for _, t := range s.Tests {
		for i := range t.Seen {
			if t.Seen[i].Matched && t.Seen[i].Value.Kind() == evaluator.Object {
				return t.Seen[i].Value
			}
		}
	}
	return evaluator.Value{}
}

// Coverage is what the tests of one rule have shown.
type Coverage struct {
	Rule  *compiler.Rule
	Tests int // that passed
	Parts []*Part
}

// Counts are numbers of parts.
type Counts struct {
	Parts    int `json:"parts"`
	True     int `json:"seen_true"`
	False    int `json:"seen_false"`
	Holding  int `json:"decides_true"`   // decide where they hold
	Lacking  int `json:"decides_false"`  // decide where they do not
	Decisive int `json:"decisive"`       // both, as far as they can
	Never    int `json:"never_decisive"` // of Decisive: proven that the part cannot decide in one way
}

// Add adds other counts.
func (c *Counts) Add(o Counts) {
	c.Parts += o.Parts
	c.True += o.True
	c.False += o.False
	c.Holding += o.Holding
	c.Lacking += o.Lacking
	c.Decisive += o.Decisive
	c.Never += o.Never
}

// Percent returns how many of the parts are decisive, in percent; 100 if there is none.
func (c *Counts) Percent() float64 {
	if c.Parts == 0 {
		return 100
	}
	return 100 * float64(c.Decisive) / float64(c.Parts)
}

// Counts returns the numbers of a rule.
func (c *Coverage) Counts() Counts {
	n := Counts{Parts: len(c.Parts)}
	for _, p := range c.Parts {
		n.True += count(p.True)
		n.False += count(p.False)
		n.Holding += count(p.DecidesTrue)
		n.Lacking += count(p.DecidesFalse)
		n.Decisive += count(p.Decisive())
		n.Never += count(p.Decisive() && (p.NeverTrue || p.NeverFalse))
	}
	return n
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Cover measures subjects of a program with a number of workers. Where tests leave
// a gap, it is looked for a proof that nothing can fill it, unless there is no test
// at all. A nil table is the built-in one.
func Cover(p *compiler.Program, subjects []Subject, jobs int, table *logsource.Table) []Coverage {
	out := make([]Coverage, len(subjects))
	each(len(subjects), jobs, func() func(int) {
		e, m := evaluator.New(p), witness.NewMaker(p, table)
		return func(i int) {
			out[i] = cover(e, subjects[i])
			if len(subjects[i].Tests) > 0 {
				out[i].prove(m, subjects[i].example())
			}
		}
	})
	return out
}

// Observe is Cover without the proofs, which are most of what it costs.
func Observe(p *compiler.Program, subjects []Subject) []Coverage {
	e := evaluator.New(p)
	out := make([]Coverage, len(subjects))
	for i := range subjects {
		out[i] = cover(e, subjects[i])
	}
	return out
}

// Prover looks for proofs that parts of rules never decide. It is for one goroutine.
type Prover struct{ maker *witness.Maker }

// NewProver returns a prover for the rules of a program. A nil table is the built-in
// one.
func NewProver(p *compiler.Program, table *logsource.Table) *Prover {
	return &Prover{witness.NewMaker(p, table)}
}

// Never reports whether it is proven that a part of the subject's rule never decides
// where it holds, or where it does not.
func (x *Prover) Never(s *Subject, p *Part, holds bool) bool {
	_, err := x.maker.Deciding(s.Rule, p.Expr, holds, s.example())
	return errors.Is(err, witness.ErrNone)
}

// each calls what start returns, one for each worker, for 0 to n-1.
func each(n, jobs int, start func() func(int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range max(1, min(jobs, n)) {
		wg.Go(func() {
			do := start()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

func cover(e *evaluator.Evaluator, s Subject) Coverage {
	out := Coverage{Rule: s.Rule, Tests: len(s.Tests), Parts: partsOf(s.Rule.Expr)}
	for _, t := range s.Tests {
		for i := range t.Seen {
			out.see(e, t.Seen[i].Event)
		}
	}
	return out
}

// see notes what one event shows.
func (c *Coverage) see(e *evaluator.Evaluator, event evaluator.Event) {
	for _, p := range c.Parts {
		holds := e.Holds(p.Expr, event)
		if holds {
			p.True = true
		} else {
			p.False = true
		}
		if holds && p.DecidesTrue || !holds && p.DecidesFalse {
			continue
		}
		if e.HoldsIf(c.Rule.Expr, p.Expr, true, event) != e.HoldsIf(c.Rule.Expr, p.Expr, false, event) {
			p.DecidesTrue, p.DecidesFalse = p.DecidesTrue || holds, p.DecidesFalse || !holds
		}
	}
}

// prove looks for proofs that gaps cannot be filled.
func (c *Coverage) prove(m *witness.Maker, like evaluator.Event) {
	for _, p := range c.Parts {
		never := func(holds bool) bool {
			_, err := m.Deciding(c.Rule, p.Expr, holds, like)
			return errors.Is(err, witness.ErrNone)
		}
		p.NeverTrue = !p.DecidesTrue && never(true)
		p.NeverFalse = !p.DecidesFalse && never(false)
	}
}

// Total adds up the counts of rules.
func Total(all []Coverage) Counts {
	var out Counts
	for i := range all {
		out.Add(all[i].Counts())
	}
	return out
}
