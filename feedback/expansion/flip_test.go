package expansion

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// TestFlipsAreAllOfThem: on random rules and events, the parts that are found are those
// that the evaluator says decide, and no item that decides is left out.
func TestFlipsAreAllOfThem(t *testing.T) {
	found := 0
	randomRules(t, 1500, func(p *compiler.Program, r *compiler.Rule, event fields, text string) {
		ev := evaluator.New(p)
		tr := &truth{ev, event, map[int]bool{}}
		flips := tr.flips(r.Expr)
		found += len(flips)
		if ev.Holds(r.Expr, event) {
			if len(flips) > 0 {
				t.Fatalf("a rule that matches misses nothing: %v\n%s", flips, text)
			}
			return
		}
		for _, f := range flips {
			if ev.Holds(f.part, event) != f.holds || !ev.HoldsIf(r.Expr, f.part, !f.holds, event) {
				t.Fatalf("%v does not decide\n%s", f.part.String(p.Predicates), text)
			}
		}
		nodes(r.Expr, func(e *compiler.Expr) {
			if e.Item == nil || e.Op != compiler.Or || ev.Holds(e, event) || !ev.HoldsIf(r.Expr, e, true, event) {
				return
			}
			if !slices.ContainsFunc(flips, func(f flip) bool { return f.part == e }) {
				t.Fatalf("%s decides and is not found on %v\n%s", e.String(p.Predicates), event, text)
			}
		})
	})
	if found < 500 {
		t.Errorf("only %d parts were found", found)
	}
}

// randomRules makes rules of three selections, each with an event.
func randomRules(t *testing.T, n int, visit func(p *compiler.Program, r *compiler.Rule, event fields, text string)) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 8))
	conditions := []string{"a and b", "a or b", "a and not b", "all of *", "1 of *", "not a and (b or c)", "(a or b) and not c", "not (a or b) and c"}
	for range n {
		var b strings.Builder
		for _, s := range []string{"a", "b", "c"} {
			fmt.Fprintf(&b, "    %s:\n", s)
			for _, field := range []string{"F", "G"} {
				switch random.IntN(4) {
				case 0:
					fmt.Fprintf(&b, "        %s: v%d\n", field, random.IntN(3))
				case 1:
					fmt.Fprintf(&b, "        %s|contains: [v%d, w%d]\n", field, random.IntN(3), random.IntN(3))
				case 2:
					fmt.Fprintf(&b, "        %s|contains|all: [v, '%d', w]\n", field, random.IntN(3))
				default:
					fmt.Fprintf(&b, "        %s|startswith: ['v%d', x]\n", field, random.IntN(3))
				}
			}
		}
		p, r := ruleOf(t, head+b.String()+"    condition: "+conditions[random.IntN(len(conditions))]+"\n")
		visit(p, r, fields{"F": fmt.Sprintf("v%dw", random.IntN(3)), "G": fmt.Sprintf("v%d", random.IntN(3))}, b.String())
	}
}

func nodes(e *compiler.Expr, visit func(*compiler.Expr)) {
	visit(e)
	for _, a := range e.Args {
		nodes(a, visit)
	}
}

// A rule that shares one part between two places still decides as a whole.
func TestReplacedKeepsTheRest(t *testing.T) {
	p, r := ruleOf(t, head+"    a: {F: x, G: y}\n    b: {F: z}\n    condition: a and not b\n")
	n := missOf(r, 0, "")
	without := replaced(r.Expr, []flip{n.flip}, map[*compiler.Expr]*compiler.Expr{})
	ev := evaluator.New(p)
	for _, e := range []fields{{"F": "x", "G": "y"}, {"F": "q", "G": "y"}, {"F": "z", "G": "y"}, {"G": "n"}} {
		if got, want := ev.Holds(without, e), ev.HoldsIf(r.Expr, n.part, true, e); got != want {
			t.Errorf("%v: %v, want %v", e, got, want)
		}
	}
}
