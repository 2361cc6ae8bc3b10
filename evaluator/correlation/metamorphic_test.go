package correlation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/reference"
)

const wordings = 2000 // random streams for each pair

// TestSameMeaningInOtherWords holds correlations that say the same in two ways
// to the same alerts, with the same events below them.
func TestSameMeaningInOtherWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, one, other string }{
		{"at least or more than", "{type: event_count, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {gte: 3}}",
			"{type: event_count, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {gt: 2}}"},
		{"order of rules", "{type: event_count, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {gte: 3}}",
			"{type: event_count, rules: [r1, r0], group-by: [u], timespan: 6s, condition: {gte: 3}}"},
		{"exactly or between", "{type: event_count, rules: [r0], group-by: [u], timespan: 6s, condition: {eq: 2}}",
			"{type: event_count, rules: [r0], group-by: [u], timespan: 6s, condition: {gte: 2, lte: 2}}"},
		{"units of time", "{type: event_count, rules: [r0, r1], group-by: [u], timespan: 60s, condition: {gte: 4}}",
			"{type: event_count, rules: [r0, r1], group-by: [u], timespan: 1m, condition: {gte: 4}}"},
		{"median or half", "{type: value_median, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {field: v, gte: 2}}",
			"{type: value_percentile, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {field: v, percentile: 50, gte: 2}}"},
		{"one field or a list of one", "{type: value_count, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {field: v, gte: 2}}",
			"{type: value_count, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {field: [v], gte: 2}}"},
		{"all or each", "{type: temporal, rules: [r0, r1], group-by: [u], timespan: 6s}",
			"{type: temporal, rules: [r0, r1], group-by: [u], timespan: 6s, condition: r0 and r1}"},
		{"all or as many as there are", "{type: temporal, rules: [r0, r1], group-by: [u], timespan: 6s}",
			"{type: temporal, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {gte: 2}}"},
		{"or either way", "{type: temporal, rules: [r0, r1, r2], group-by: [u], timespan: 6s, condition: r0 and (r1 or r2)}",
			"{type: temporal, rules: [r0, r1, r2], group-by: [u], timespan: 6s, condition: (r2 or r1) and r0}"},
		{"de Morgan", "{type: temporal, rules: [r0, r1, r2], group-by: [u], timespan: 6s, condition: r0 and not (r1 or r2)}",
			"{type: temporal, rules: [r0, r1, r2], group-by: [u], timespan: 6s, condition: r0 and not r1 and not r2}"},
		{"alias of the same name", "{type: event_count, rules: [r0, r1], group-by: [u], timespan: 6s, condition: {gte: 3}}",
			"{type: event_count, rules: [r0, r1], aliases: {a: {r0: u, r1: u}}, group-by: [a], timespan: 6s, condition: {gte: 3}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			one, other := compile(t, correlationOf(test.one)), compile(t, correlationOf(test.other))
			fired := 0
			for seed := range uint64(wordings) {
				g := generator{rand.New(rand.NewPCG(seed, 3)), &strings.Builder{}, 0}
				hits := g.hits(one)
				want := run(one, correlation.Options{}, hits)
				fired += len(want)
				got := run(other, correlation.Options{}, hits)
				if test.name == "order of rules" { // which of two matches of one event comes first
					want, got = withoutOrigins(want), withoutOrigins(got)
				}
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Fatalf("seed %d:\n%s\n%s", seed, diff, describe(hits))
				}
			}
			if fired < wordings/4 {
				t.Errorf("only %d alerts: the streams show too little", fired)
			}
		})
	}
}

func withoutOrigins(alerts []string) (out []string) {
	for _, alert := range alerts {
		head, _, _ := strings.Cut(alert, ": ")
		out = append(out, head)
	}
	return out
}

func correlationOf(text string) string {
	var b strings.Builder
	for i := range baseRules {
		fmt.Fprintf(&b, "title: r%d\nname: r%d\nlogsource: {category: test}\ndetection: {s: {k: %d}, condition: s}\n---\n", i, i, i)
	}
	return b.String() + "title: c0\nname: c0\ncorrelation: " + text + "\n"
}

// TestWhatCannotMatter changes what no correlation may depend on: the day, and
// events of other groups.
func TestWhatCannotMatter(t *testing.T) {
	t.Parallel()
	for _, kind := range types {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(wordings) {
				g := generator{rand.New(rand.NewPCG(seed, 4)), &strings.Builder{}, 0}
				g.program(kind)
				p := compile(t, g.out.String())
				hits := g.hits(p)
				want := run(p, correlation.Options{}, hits)
				if diff := gocmp.Diff(want, run(p, correlation.Options{}, onAnotherDay(hits))); diff != "" {
					t.Fatalf("seed %d, another day:\n%s\n%s", seed, diff, g.out)
				}
				if strings.Count(g.out.String(), "group-by: [u") < g.made {
					continue
				}
				got := slices.DeleteFunc(run(p, correlation.Options{}, withStrangers(hits)), func(alert string) bool { return strings.Contains(alert, `"stranger"`) })
				if diff := gocmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
					t.Fatalf("seed %d, events of another group:\n%s\n%s\n%s", seed, diff, g.out, describe(hits))
				}
			}
		})
	}
}

func onAnotherDay(hits []reference.Hit) []reference.Hit {
	moved := slices.Clone(hits)
	for i := range moved {
		moved[i].Time = moved[i].Time.Add(1000 * 24 * time.Hour)
	}
	return moved
}

// withStrangers adds, behind every hit, the same one of another group.
func withStrangers(hits []reference.Hit) []reference.Hit {
	var out []reference.Hit
	for i, h := range hits {
		stranger := h
		event := evaluator.Map{}
		for name, value := range h.Event.(evaluator.Map) {
			event[name] = value
		}
		event["u"] = "stranger"
		h.Seq *= 2
		stranger.Seq, stranger.Event, stranger.Origin = h.Seq+1, event, "stranger"
		out = append(out, h)
		if i+1 == len(hits) || hits[i+1].Seq != hits[i].Seq {
			out = append(out, stranger)
		}
	}
	return out
}
