package solver_test

import (
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/corpus"
)

// TestPublicRules asks of every public rule whether it can fire. The one that
// cannot wants a command line to be RUNWIZARD and to hold a GUID.
func TestPublicRules(t *testing.T) {
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	s := solver.New(solver.Options{})
	var never []string
	for _, r := range p.Rules {
		switch res := s.Satisfiable(s.Formula(p, r.Expr)); res.Answer {
		case solver.Unknown:
			t.Errorf("%s: unknown: %s", r.Source.Span.Path(), res.Reason)
		case solver.No:
			if len(res.Conflicts) != 1 || len(res.Conflicts[0].Literals) != 2 {
				t.Errorf("%s: conflicts %v, want one of two predicates", r.Title, res.Conflicts)
			}
			never = append(never, r.Source.Span.Path())
		}
	}
	if len(never) != 1 || !strings.HasSuffix(never[0], "proc_creation_win_xwizard_runwizard_com_object_exec.yml") {
		t.Errorf("rules that cannot fire: %q", never)
	}
}
