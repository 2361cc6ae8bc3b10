package solver_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/corpus"
)

// census counts the answers to questions of one kind, and the processor time that they
// took, all of them and the slowest.
type census struct {
	kind    string
	answers map[solver.Answer]int
	reasons map[string]int
	total   time.Duration
	slow    []timed // the slowest ones, the slowest first
}

// timed is a question and how long it took.
type timed struct {
	took time.Duration
	what string
}

// listed is how many of the slowest questions of a kind are told.
const listed = 5

func newCensus(kind string) *census {
	return &census{kind: kind, answers: map[solver.Answer]int{}, reasons: map[string]int{}}
}

func (c *census) ask(what string, question func() solver.Result) solver.Result {
	began := clock()
	r := question()
	took := clock() - began
	c.total += took
	at, _ := slices.BinarySearchFunc(c.slow, took, func(x timed, took time.Duration) int { return cmp.Compare(took, x.took) })
	if at < listed {
		c.slow = slices.Insert(c.slow, at, timed{took, what})
		c.slow = c.slow[:min(listed, len(c.slow))]
	}
	c.answers[r.Answer]++
	if r.Answer == solver.Unknown {
		reason, _, _ := strings.Cut(r.Reason, " for ")
		c.reasons[reason]++
	}
	return r
}

func (c *census) asked() int {
	return c.answers[solver.Yes] + c.answers[solver.No] + c.answers[solver.Unknown]
}

func (c *census) String() string {
	return fmt.Sprintf("%-12s %7d asked: %d yes, %d no, %d unknown %v; %v", c.kind, c.asked(),
		c.answers[solver.Yes], c.answers[solver.No], c.answers[solver.Unknown], c.reasons, c.total.Round(time.Millisecond))
}

// parts calls visit for the selections, alternatives and filters of a rule: every
// node of its expression that a part of the rule stands behind. A filter is a selection
// that is excluded, or what a filter document excludes.
func parts(r *compiler.Rule, visit func(kind string, e *compiler.Expr)) {
	seen := map[*compiler.Expr]bool{}
	var walk func(e *compiler.Expr, negated bool)
	walk = func(e *compiler.Expr, negated bool) {
		if seen[e] {
			return
		}
		seen[e] = true
		switch {
		case e.Selection != nil && negated, e.Filter != nil:
			visit("filter", e)
		case e.Selection != nil:
			visit("selection", e)
		case e.Value != nil:
			visit("alternative", e)
		}
		for _, a := range e.Args {
			walk(a, negated != (e.Op == compiler.Not))
		}
	}
	walk(r.Expr, false)
}

// sharing lists ordered pairs of rules of one logsource that share an atom.
func sharing(p *compiler.Program, visit func(a, b *compiler.Rule)) {
	of := map[string]map[int][]int{}
	for i, r := range p.Rules {
		source := r.Category + "/" + r.Product + "/" + r.Service
		if of[source] == nil {
			of[source] = map[int][]int{}
		}
		seen := map[int]bool{}
		r.Expr.Each(func(l *compiler.Expr) {
			if !seen[l.Atom] {
				seen[l.Atom] = true
				of[source][l.Atom] = append(of[source][l.Atom], i)
			}
		})
	}
	for i, r := range p.Rules {
		var others []int
		r.Expr.Each(func(l *compiler.Expr) {
			others = append(others, of[r.Category+"/"+r.Product+"/"+r.Service][l.Atom]...)
		})
		slices.Sort(others)
		for _, k := range slices.Compact(others) {
			if k != i {
				visit(r, p.Rules[k])
			}
		}
	}
}

// askPublicRules asks the fixed set of questions about the public rules: every
// step-th of the pairs, and all others.
func askPublicRules(t *testing.T, step int) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	s := solver.New(solver.Options{})
	kinds := map[string]*census{}
	for _, k := range []string{"rule", "selection", "alternative", "filter", "implies"} {
		kinds[k] = newCensus(k)
	}
	for _, r := range p.Rules {
		root := s.Formula(p, r.Expr)
		kinds["rule"].ask(r.Title, func() solver.Result { return s.Satisfiable(root) })
		parts(r, func(kind string, e *compiler.Expr) {
			f := s.Formula(p, e)
			kinds[kind].ask(r.Title, func() solver.Result { return s.Satisfiable(s.And(f, root)) })
		})
	}
	n := 0
	sharing(p, func(a, b *compiler.Rule) {
		if n++; n%step == 0 {
			kinds["implies"].ask(a.Title+" => "+b.Title, func() solver.Result { return s.Implies(s.Formula(p, a.Expr), s.Formula(p, b.Expr)) })
		}
	})
	asked, unknown := 0, 0
	for _, c := range slices.SortedFunc(maps(kinds), func(a, b *census) int { return cmp.Compare(a.kind, b.kind) }) {
		t.Log(c)
		for _, slow := range c.slow {
			t.Logf("    %v: %s", slow.took.Round(time.Microsecond), slow.what)
		}
		asked, unknown = asked+c.asked(), unknown+c.answers[solver.Unknown]
	}
	t.Logf("%d pairs share an atom; %d questions, %d unknown", n, asked, unknown)
	if unknown*100 > asked*3 {
		t.Errorf("%d of %d unknown, more than 3 in a hundred", unknown, asked)
	}
}

func maps(m map[string]*census) func(func(*census) bool) {
	return func(yield func(*census) bool) {
		for _, c := range m {
			if !yield(c) {
				return
			}
		}
	}
}

func TestQueries(t *testing.T) { askPublicRules(t, 40) }
