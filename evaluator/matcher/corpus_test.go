package matcher_test

import (
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/matcher"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// sample is a scalar as a matcher gets it.
type sample struct {
	kind matcher.Kind
	text string
}

// public returns the predicates of the public rules, compiled once.
func public(t testing.TB) []compiler.Predicate {
	t.Helper()
	set := corpus.Rules(t)
	compileOnce.Do(func() {
		prog, _ := compiler.Compile(set, compiler.Options{})
		publicPredicates = prog.Predicates
	})
	return publicPredicates
}

var (
	compileOnce      sync.Once
	publicPredicates []compiler.Predicate

	samplesOnce   [2]sync.Once
	publicSamples [2]map[string][]sample
)

// samples returns the distinct values that public recordings hold of the fields
// that rules ask for, under "" some of all values, in a fixed order. The
// recordings are those that come with the rules, or all.
func samples(t testing.TB, all int) map[string][]sample {
	t.Helper()
	fields := byField(public(t))
	sources := []string{corpus.Path(t, "sigma/regression_data")}
	if all == 1 {
		sources = append(sources, corpus.Path(t, "windows-json"), corpus.Path(t, "evtx"))
	}
	samplesOnce[all].Do(func() { publicSamples[all] = readSamples(sources, fields) })
	return publicSamples[all]
}

func readSamples(sources []string, fields map[string][]int32) map[string][]sample {
	seen := map[string]map[sample]bool{"": {}}
	n := telemetry.NewNormaliser(nil)
	for record, err := range telemetry.Read(context.Background(), sources, telemetry.ReadOptions{}) {
		if err != nil {
			continue
		}
		event := n.Event(record)
		for _, m := range event.Members() {
			if len(seen[""]) < 20_000 {
				collect(seen[""], m.Value)
			}
			if fields[m.Name] == nil {
				continue
			}
			if seen[m.Name] == nil {
				seen[m.Name] = map[sample]bool{}
			}
			collect(seen[m.Name], m.Value)
		}
	}
	out := map[string][]sample{}
	for field, set := range seen {
		out[field] = slices.SortedFunc(maps.Keys(set), func(a, b sample) int {
			return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.kind, b.kind))
		})
		r := rand.New(rand.NewPCG(7, 7))
		r.Shuffle(len(out[field]), func(i, j int) { out[field][i], out[field][j] = out[field][j], out[field][i] })
	}
	return out
}

func collect(into map[sample]bool, v evaluator.Value) {
	switch v.Kind() {
	case evaluator.String:
		into[sample{matcher.String, v.Text()}] = true
	case evaluator.Number:
		into[sample{matcher.Number, v.Text()}] = true
	case evaluator.Bool:
		into[sample{matcher.Bool, v.Text()}] = true
	case evaluator.Object:
		into[sample{matcher.Composite, v.Text()}] = true
	case evaluator.List:
		for _, item := range v.Items() {
			collect(into, item)
		}
	}
}

// The tables agree with one predicate at a time on the public rules and the
// values of public recordings: some values of every field.
func TestAgreesOnTheCorpus(t *testing.T) { checkCorpus(t, 0, 100, 1_000_000) }

// checkCorpus tests values of every field, as many as go with about so many
// comparisons, but at least least.
func checkCorpus(t *testing.T, all, least, comparisons int) {
	t.Helper()
	predicates := public(t)
	values := samples(t, all)
	var s matcher.Scratch
	var hits []int32
	tested, found := 0, 0
	for field, atoms := range byField(predicates) {
		m := matcher.New(predicates, atoms, satisfies)
		some := values[field]
		some = some[:min(len(some), max(least, comparisons/len(atoms)))]
		for _, v := range some {
			hits = m.Match(hits[:0], v.kind, v.text, &s)
			if want := one(predicates, atoms, v.kind, v.text); !slices.Equal(hits, want) {
				t.Fatalf("%s: %q satisfies%s\nwant%s", field, v.text, describe(predicates, hits), describe(predicates, want))
			}
			checkSet(t, m, hits, v.kind, v.text, &s)
			tested++
			found += len(hits)
		}
	}
	t.Logf("%d values, %d hits", tested, found)
}
