package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/matcher"
)

// Few literals of all lengths are found wherever they stand as a whole, and nowhere else:
// not where a text ends in them or begins within them, be it with the zeros that they have.
func TestFewLiterals(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	word := func(length int) []byte {
		out := make([]byte, length)
		for i := range out {
			out[i] = "AB\x00"[min(r.IntN(10)/4, 2)]
		}
		return out
	}
	var s matcher.Scratch
	found := 0
	for range 150 {
		var literals, quoted []string
		for range 1 + r.IntN(40) {
			literal := word(3 + r.IntN(20))
			literals = append(literals, string(literal))
			quoted = append(quoted, strings.ReplaceAll(fmt.Sprintf(`"%s"`, literal), "\x00", `\0`))
		}
		predicates := compile(t, "f|contains: ["+strings.Join(quoted, ", ")+"]")
		atoms := byField(predicates)["f"]
		m := matcher.New(predicates, atoms, satisfies)
		for range 100 {
			literal := literals[r.IntN(len(literals))]
			from, to := 0, len(literal)
			if r.IntN(2) == 0 {
				from, to = r.IntN(2), len(literal)-r.IntN(2)
			}
			text := string(word(r.IntN(80))) + literal[from:to] + string(word(r.IntN(2)*r.IntN(80)))
			text = text[r.IntN(2)*max(0, len(text)-len(literal)-r.IntN(2)):]
			got, want := m.Match(nil, matcher.String, text, &s), one(predicates, atoms, matcher.String, text)
			if !slices.Equal(got, want) {
				t.Fatalf("%q satisfies%s\nwant%s\nof%s", text, describe(predicates, got), describe(predicates, want), describe(predicates, atoms))
			}
			checkSet(t, m, got, matcher.String, text, &s)
			found += len(got)
		}
	}
	if found < 10_000 {
		t.Errorf("only %d hits", found)
	}
}
