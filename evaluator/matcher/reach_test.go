package matcher_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/socctl/socctl/evaluator/matcher"
)

// Of two strings that begin with the same bytes, as many as reach says and all ASCII, the same
// predicates hold, whatever follows.
func TestReach(t *testing.T) {
	t.Parallel()
	g := generator{rand.New(rand.NewPCG(3, 4))}
	var s matcher.Scratch
	short, found := 0, 0
	for range 1500 {
		items := []string{"f|startswith: '" + g.pattern() + "'"}
		for range g.IntN(4) {
			items = append(items, g.pick("f: ['a', 'ab', '']", "f|startswith: ['"+g.pattern()+"', 'b']", "f: '"+g.pattern()+"'", "f|startswith: 'é'", g.item()))
		}
		predicates := compile(t, items...)
		atoms := byField(predicates)["f"]
		m := matcher.New(predicates, atoms, satisfies)
		reach := m.Reach()
		if reach == math.MaxInt {
			continue
		}
		short++
		for range 30 {
			head := g.text(reach+1, "a", "b", "A", "K", "k", " ", "-", "/", `\`, "1", ".")
			for len(head) < reach {
				head += g.pick("a", "b", "S", "k")
			}
			one := m.Match(nil, matcher.String, head[:reach], &s)
			two := m.Match(nil, matcher.String, head+g.value(), &s)
			if !slices.Equal(one, two) {
				t.Fatalf("%q satisfies%s\nand with more%s\nof%s", head[:reach], describe(predicates, one), describe(predicates, two), describe(predicates, atoms))
			}
			found += len(one)
		}
	}
	if short < 200 || found < 1000 {
		t.Errorf("%d matchers with a reach, %d hits", short, found)
	}
}
