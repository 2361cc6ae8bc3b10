package matcher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/matcher"
)

// What is found in a long text does not depend on which of its lines were seen before, nor
// on where its lines end; literals may go beyond a line.
func TestLongTextsOfLinesThatRepeat(t *testing.T) {
	t.Parallel()
	within := []string{"f|contains: ['needle', 'Host Name', 'é1']", "f|contains|all: [alpha, beta]", "f|startswith: [first, needle]", "f|endswith: last", "f|re: 'beta.*gamma'", "f: '*alpha*last'"}
	for name, items := range map[string][]string{"in lines": within, "beyond lines": append([]string{`f|contains: "one\ntwo"`}, within...)} {
		predicates := compile(t, items...)
		atoms := byField(predicates)["f"]
		m := matcher.New(predicates, atoms, satisfies)
		var s matcher.Scratch
		r := rand.New(rand.NewPCG(11, 12))
		words := []string{"Needle", "host name = x", "É1", "ſ", "alpha", "BETA", "gamma", "one", "two", "first", "last", "\xc3", "K"}
		lines := make([]string, 40)
		for i := range lines {
			if lines[i] = fmt.Sprintf("%d %s\r", i, strings.Repeat("nothing here ", r.IntN(50))); i%3 == 0 {
				lines[i] = words[i/3%len(words)] + lines[i][:len(lines[i])/2] + words[r.IntN(len(words))]
			}
		}
		found := 0
		for range 2000 {
			some := []string{words[r.IntN(len(words))]}
			for range 5 + r.IntN(30) {
				some = append(some, lines[r.IntN(len(lines))])
			}
			text := strings.Join(append(some, words[r.IntN(len(words))]), "\n")
			got, want := m.Match(nil, matcher.String, text, &s), one(predicates, atoms, matcher.String, text)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %q\ngot %s\nwant %s", name, text, describe(predicates, got), describe(predicates, want))
			}
			found += len(got)
		}
		if found < 1000 {
			t.Errorf("%s: only %d predicates hold", name, found)
		}
	}
}
