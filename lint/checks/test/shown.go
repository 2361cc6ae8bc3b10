package test

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// shown is what the tests of one rule show of it.
type shown struct {
	subject adequacy.Subject
	gaps    []gap
	weak    []*ruletest.Case  // tests of no match, of which no part of the rule is the reason
	program *compiler.Program // of the rules that are measured
}

// gap is a part that no test shows to decide as it could.
type gap struct {
	*adequacy.Part
	excludes bool // where it holds, or a filter document does not, the rule does not match
	seen     bool // on some event it was so, though it did not decide
}

type shownKey struct{}

// shows returns what the tests of the rule show, nil if that is not known: tests that
// replay recordings are not run here, and of a rule that has such a test nothing is
// said, nor of one of which a test fails.
func shows(p *lint.Pass) *shown {
	if p.Compiled == nil || len(p.Tests) == 0 {
		return nil
	}
	return p.Corpus.Derived(shownKey{}, func() any { return observe(p.Corpus) }).(map[*lint.Subject]*shown)[p.Subject]
}

// observe runs the tests of all rules that findings are asked for.
func observe(c *lint.Corpus) map[*lint.Subject]*shown {
	out := map[*lint.Subject]*shown{}
	if c.Program == nil {
		return out
	}
	// The rules with all predicates of the program, but no other rules.
	small := &compiler.Program{Predicates: c.Program.Predicates}
	compiled := map[*rules.Rule]*compiler.Rule{}
	var cases []*ruletest.Case
	var asked []*lint.Subject
	for _, s := range c.Subjects {
		if s.Compiled == nil || len(s.Tests) == 0 || !c.Wanted(s) || !inline(s.Tests) {
			continue
		}
		small.Rules = append(small.Rules, s.Compiled)
		asked, cases = append(asked, s), append(cases, s.Tests...)
		for _, t := range s.Tests {
			if r, is := t.Rule.(*rules.Rule); is {
				compiled[r] = s.Compiled
			}
		}
	}
	results := ruletest.Probe(small, compiled, cases, c.Normaliser())
	var all []*shown
	at := 0
	for _, s := range asked {
		mine := results[at : at+len(s.Tests)]
		at += len(s.Tests)
		if x := of(s.Compiled, mine); x != nil {
			x.program = small
			out[s] = x
			all = append(all, x)
		}
	}
	measure(c, small, all)
	return out
}

// inline reports whether all tests can be run without reading a file.
func inline(tests []*ruletest.Case) bool {
	for _, t := range tests {
		if !t.Inline() {
			return false
		}
	}
	return true
}

// of gathers the results of a rule; nil if any test did not pass.
func of(r *compiler.Rule, results []ruletest.CaseResult) *shown {
	x := &shown{subject: adequacy.Subject{Rule: r}}
	for i := range results {
		if results[i].Status != ruletest.Pass {
			return nil
		}
		x.subject.Tests = append(x.subject.Tests, &results[i])
	}
	return x
}

// chunk is how many rules are measured with the same tools.
const chunk = 16

// measure finds the gaps. What is proven never to decide is none.
func measure(c *lint.Corpus, p *compiler.Program, all []*shown) {
	subjects := make([]adequacy.Subject, len(all))
	for i, x := range all {
		subjects[i] = x.subject
	}
	covered := adequacy.Observe(p, subjects)
	e := evaluator.New(p)
	for i, x := range all {
		x.weak = weakOf(e, x, covered[i].Parts)
	}
	c.Parallel((len(all)+chunk-1)/chunk, func(n int) {
		prover := adequacy.NewProver(p, c.Table)
		for i := n * chunk; i < min(len(all), (n+1)*chunk); i++ {
			all[i].find(prover, covered[i].Parts)
		}
	})
}

// find notes the parts that decide too little: selections, values and filters that
// nothing matches, or is left out, through.
func (x *shown) find(prover *adequacy.Prover, parts []*adequacy.Part) {
	var open []*compiler.Expr // of parts that were noted, which what stands inside shares
	for _, part := range parts {
		if part.Kind == adequacy.Item || within(open, part.Expr) {
			continue
		}
		g := gap{Part: part, excludes: negated(x.subject.Rule.Expr, part.Expr, false), seen: part.True}
		holds, decides := true, part.DecidesTrue
		if part.Kind == adequacy.Filter {
			holds, decides, g.seen, g.excludes = false, part.DecidesFalse, part.False, true
		}
		if decides || prover.Never(&x.subject, part, holds) {
			continue
		}
		x.gaps = append(x.gaps, g)
		if part.Kind != adequacy.Value {
			open = append(open, part.Expr)
		}
	}
}

// within reports whether an expression is part of any of others.
func within(others []*compiler.Expr, e *compiler.Expr) bool {
	for _, o := range others {
		if o == e || within(o.Args, e) {
			return true
		}
	}
	return false
}

// negated reports whether a part stands in an expression behind an odd number of not.
func negated(e, part *compiler.Expr, odd bool) bool {
	if e == part {
		return odd
	}
	for _, arg := range e.Args {
		if negated(arg, part, odd != (e.Op == compiler.Not)) {
			return true
		}
	}
	return false
}

// weakOf returns the tests of no match in which no part of the rule, by itself, keeps
// the rule from matching. A test that says because says which one does.
func weakOf(e *evaluator.Evaluator, x *shown, parts []*adequacy.Part) (out []*ruletest.Case) {
	if len(parts) == 0 {
		return nil // of a rule with one part only, that part decides
	}
	for _, t := range x.subject.Tests {
		if !t.Case.Negative() || len(t.Seen) == 0 {
			continue
		}
		near := false
		for i := range t.Seen {
			near = near || t.Seen[i].Matched || decided(e, x.subject.Rule, parts, t.Seen[i].Event)
		}
		if !near {
			out = append(out, t.Case)
		}
	}
	return out
}

// decided reports whether any part decides that the rule does not match an event.
func decided(e *evaluator.Evaluator, r *compiler.Rule, parts []*adequacy.Part, event evaluator.Event) bool {
	for _, p := range parts {
		if e.HoldsIf(r.Expr, p.Expr, !e.Holds(p.Expr, event), event) {
			return true
		}
	}
	return false
}
