package solver_test

import (
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/rules"
)

// asked compiles rules, each a detection, and returns their formulas.
func asked(t testing.TB, o solver.Options, detections ...string) (*solver.Solver, []*solver.Formula) {
	t.Helper()
	set := &rules.Set{}
	for _, d := range detections {
		docs, diags := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: p}\ndetection:\n"+d))
		if diags.Count(rules.Error) > 0 {
			t.Fatal(diags)
		}
		set.Rules = append(set.Rules, docs[0].(*rules.Rule))
	}
	p, diags := compiler.Compile(set, compiler.Options{})
	if diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	s := solver.New(o)
	var out []*solver.Formula
	for _, r := range p.Rules {
		out = append(out, s.Formula(p, r.Expr))
	}
	return s, out
}

// TestReferenceNeedsAText: that a field refers to itself asks for it to be
// there, which is why it cannot refuse every text; without the reference it can.
func TestReferenceNeedsAText(t *testing.T) {
	s, f := asked(t, solver.Options{}, `
    a: {B|fieldref|startswith: B}
    b: {B|contains: ''}
    condition: a and not b
`, `
    b: {B|contains: ''}
    condition: not b
`)
	if got := s.Satisfiable(f[0]).Answer; got != solver.No {
		t.Errorf("text that is none: %v", got)
	}
	if got := s.Satisfiable(f[1]).Answer; got != solver.Yes {
		t.Errorf("absent field: %v", got)
	}
}

// TestNullSatisfiesNothing: a field that has to be there and may hold no text
// holds null.
func TestNullSatisfiesNothing(t *testing.T) {
	s, f := asked(t, solver.Options{}, `
    a: {B|exists: true}
    b: {B|contains: ''}
    condition: a and not b
`, `
    a: {B|exists: true}
    b: {B|contains: ''}
    c: {B: null}
    condition: a and not b and not c
`)
	if got := s.Satisfiable(f[0]); got.Answer != solver.Yes || !got.Model["B"].Null {
		t.Errorf("null: %v", got)
	}
	if got := s.Satisfiable(f[1]).Answer; got != solver.No {
		t.Errorf("neither text nor null: %v", got)
	}
}
