package solver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/compiler/solver"
)

// list returns n values in the flow form of YAML.
func list(n int, form string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, form, i)
	}
	return "[" + b.String() + "]"
}

// TestHardConditions asks questions whose normal forms or products explode.
func TestHardConditions(t *testing.T) {
	var explosive strings.Builder // 2^40 combinations in disjunctive form
	for i := range 40 {
		fmt.Fprintf(&explosive, "    a%d: {F%d: x}\n    b%d: {F%d: y}\n", i, i, i, i)
	}
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf("(a%d or b%d)", i, i))
	}
	condition := strings.Join(all, " and ")
	tests := []struct {
		name, detection string
		want            solver.Answer
	}{
		{"normal form", explosive.String() + "    condition: " + condition, solver.Yes},
		{"normal form, impossible", explosive.String() + "    c: {F39: z}\n    condition: c and " + condition, solver.No},
		{"lists on both sides", "    a: {F|contains: " + list(1000, "'v%dv'") + "}\n    b: {F|contains: " + list(1000, "'w%dw'") + "}\n    condition: a and not b", solver.Yes},
		{"lists that cover each other", "    a: {F|contains: " + list(1000, "'xv%dvx'") + "}\n    b: {F|contains: " + list(1000, "'v%dv'") + "}\n    condition: a and not b", solver.No},
		{"lists of exact values", "    a: {F: " + list(1000, "'v%d'") + "}\n    b: {F: " + list(1000, "'w%d'") + "}\n    condition: a and b", solver.No},
		{"all of many", "    a: {F|contains|all: " + list(200, "'v%dv'") + "}\n    condition: a", solver.Yes},
		{"all of many but one", "    a: {F|contains|all: " + list(200, "'v%dv'") + "}\n    b: {F|contains: '9v'}\n    condition: a and not b", solver.No},
		{"nested quantifiers", `    a: {F|re: '^((a+)+)+$'}` + "\n" + `    b: {F|re: '(a*)*b'}` + "\n    condition: a and b", solver.No},
		{"repetitions", `    a: {F|re: '^(a{1,50}){1,20}$'}` + "\n" + `    b: {F|re: '^[^a]'}` + "\n    condition: a and b", solver.No},
		{"stars", `    a: {F: '*a*b*c*d*e*f*g*h*'}` + "\n" + `    b: {F: '*h*g*f*e*d*c*b*a*'}` + "\n    condition: a and not b", solver.Yes},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, f := asked(t, solver.Options{}, test.detection)
			if got := s.Satisfiable(f[0]); got.Answer != test.want {
				t.Errorf("got %v (%.300s), want %v", got.Answer, got.Reason, test.want)
			}
		})
	}
}

// A rule of a hundred expressions with large automata asks for thousands of products.
// What they may take together is bounded: the answers come soon, and none of them is
// a proof that there is not.
func TestManyExpressions(t *testing.T) {
	var b strings.Builder
	var names []string
	for i := range 100 {
		fmt.Fprintf(&b, "    s%d: {F|re: '^(a|b|ab){%d,%d}.*(x+x+)+y%d'}\n", i, i, i+40, i)
		names = append(names, fmt.Sprintf("s%d", i))
	}
	s, f := asked(t, solver.Options{}, b.String()+"    condition: "+strings.Join(names, " and "))
	began := time.Now()
	if got := s.Satisfiable(f[0]); got.Answer == solver.No {
		t.Errorf("got %v (%.300s), though there is such a text", got.Answer, got.Reason)
	}
	t.Logf("%v", time.Since(began))
}
