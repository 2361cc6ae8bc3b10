package evaluator_test

import (
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

// Many rules together match what each of them alone does by the plain evaluator,
// although they share what is known of values and wake each other's neighbours.
func TestTogetherAgreesWithReference(t *testing.T) {
	t.Parallel()
	programs := 40
	if testing.Short() {
		programs = 4
	}
	checkTogether(t, 7, programs, 60, 300)
}

func checkTogether(t *testing.T, seed uint64, programs, size, events int) {
	t.Helper()
	g := generator{rand.New(rand.NewPCG(seed, 1))}
	pairs, matched := 0, 0
	for range programs {
		set, plain := g.set(t, size)
		prog, diags := compiler.Compile(set, compiler.Options{Placeholders: placeholderValues})
		if diags.Err() != nil {
			t.Fatal(diags)
		}
		ev := evaluator.New(prog)
		for range events {
			event := g.event()
			hit := map[*rules.Rule]bool{}
			for _, m := range ev.Match(event) {
				hit[m.Rule.Source] = true
			}
			for i, r := range prog.Rules {
				if want := plain[i].Match(event); want != hit[r.Source] {
					t.Fatalf("match = %v, reference says %v\n%s\n%s", hit[r.Source], want, r.Source.Span.File.Source, evaluator.ValueOf(map[string]any(event)).Text())
				}
				pairs++
			}
			matched += len(hit)
		}
	}
	t.Logf("%d pairs, %d match", pairs, matched)
	if matched == 0 {
		t.Error("nothing matched")
	}
}

// set returns random rules that compile, and the plain form of each.
func (g generator) set(t *testing.T, size int) (*rules.Set, []*reference.Rule) {
	t.Helper()
	set := &rules.Set{}
	var plain []*reference.Rule
	for len(plain) < size {
		docs, diags := rules.Parse("rule.yml", []byte(g.rule()))
		if diags.Err() != nil {
			continue
		}
		alone := &rules.Set{}
		alone.Add(rules.Copy(docs[0]))
		if _, diags := compiler.Compile(alone, compiler.Options{Placeholders: placeholderValues}); diags.Err() != nil {
			continue
		}
		r, err := reference.Prepare(docs[0].(*rules.Rule), placeholderValues)
		if err != nil {
			t.Fatal(err)
		}
		set.Add(docs[0])
		plain = append(plain, r)
	}
	return set, plain
}
