package solver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler/solver"
)

// A question is given up when it is told to stop, and nothing is claimed then.
func TestStop(t *testing.T) {
	t.Parallel()
	var hard strings.Builder
	condition := "a0"
	for i := range 14 {
		fmt.Fprintf(&hard, "    a%d: {F|re: '(a|b)*a(a|b){%d}c.*%d.*x', B|contains|all: [%d, b%d]}\n", i, 18+i, i, i, i)
		if i > 0 {
			condition += fmt.Sprintf(" and%s a%d", []string{"", " not"}[i%2], i)
		}
	}
	asks := 0
	stop := func() bool { asks++; return asks > 10 }
	s, f := asked(t, solver.Options{Stop: stop}, hard.String()+"    condition: "+condition)
	if got := s.Satisfiable(f[0]); got.Answer != solver.Unknown || got.Reason != "it was stopped" {
		t.Errorf("got %v, %q", got.Answer, got.Reason)
	}
	if asks > 1000 {
		t.Errorf("it went on for %d more", asks)
	}
	s, f = asked(t, solver.Options{Stop: func() bool { return false }}, "    a: {F: x}\n    b: {F: y}\n    condition: a and b")
	if got := s.Satisfiable(f[0]); got.Answer != solver.No {
		t.Errorf("got %v, %q", got.Answer, got.Reason)
	}
}
