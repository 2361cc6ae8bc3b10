package correlation_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/reference"
)

// TestMerge divides matches by user between two engines and unites their
// states half-way: the alerts are those of one engine that saw everything.
func TestMerge(t *testing.T) {
	t.Parallel()
	merged := 0
	for seed := range uint64(3000) {
		g := generator{rand.New(rand.NewPCG(seed, 2)), &strings.Builder{}, 0}
		g.program(types[seed%uint64(len(types))])
		if g.made > 1 || !strings.Contains(g.out.String(), "group-by: [u") || strings.Contains(g.out.String(), "aliases") {
			continue
		}
		p := compile(t, g.out.String())
		hits := g.hits(p)
		var got []string
		emit := func(a *correlation.Alert) { got = append(got, alertText(p, a)) }
		one, two := correlation.New(p, correlation.Options{}, emit), correlation.New(p, correlation.Options{}, emit)
		half := cut(hits, len(hits)/2)
		var mine, other []reference.Hit
		for _, h := range hits[:half] {
			if isB(h) {
				other = append(other, h)
			} else {
				mine = append(mine, h)
			}
		}
		addAll(one, mine)
		addAll(two, other)
		state, err := two.State()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := one.Load(state); err != nil {
			t.Fatal(err)
		}
		addAll(one, hits[half:])
		one.Close()
		slices.Sort(got)
		if diff := cmp.Diff(run(p, correlation.Options{}, hits), got); diff != "" {
			t.Fatalf("seed %d: (-one engine +merged)\n%s\n%s", seed, diff, g.out)
		}
		merged += len(got)
	}
	if merged < 500 {
		t.Errorf("only %d alerts: the cases show too little", merged)
	}
}

func isB(h reference.Hit) bool {
	v, ok := h.Event.(evaluator.Map).Field("u")
	return ok && v.Text() == "b"
}

func TestLoadRejects(t *testing.T) {
	t.Parallel()
	p := compile(t, "title: r\nname: r\nlogsource: {category: test}\ndetection: {s: {k: 0}, condition: s}\n---\ntitle: c\ncorrelation: {type: event_count, rules: [r], timespan: 1h, condition: {gte: 2}}\n")
	hash := p.Correlations[0].Hash
	for text, want := range map[string]string{
		"{":               "this is no state of correlations",
		`{"version": 99}`: "state of version 99, want 3",
		`{"version": 3, "correlations": [{"hash": "` + hash + `", "queue": [{"input": 7}]}]}`:                                  "damaged",
		`{"version": 3, "correlations": [{"hash": "` + hash + `", "queue": [{"input": 0, "from": {"rule": {"hash": "x"}}}]}]}`: "damaged",
		`{"version": 3, "correlations": [{"hash": "` + hash + `", "groups": [{"chain": [{"input": 5, "entries": [{}]}]}]}]}`:   "damaged",
	} {
		e := correlation.New(p, correlation.Options{}, func(*correlation.Alert) {})
		if _, err := e.Load([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	e := correlation.New(p, correlation.Options{}, func(*correlation.Alert) {})
	if unknown, err := e.Load([]byte(`{"version": 3, "correlations": [{"hash": "sha256:other"}]}`)); err != nil || unknown != 1 {
		t.Errorf("got %d unknown correlations, %v", unknown, err)
	}
}

// Of correlations that mean the same, each goes on with its own state.
func TestLoadTwins(t *testing.T) {
	t.Parallel()
	const twin = "---\ntitle: %s\ncorrelation: {type: event_count, rules: [r], timespan: 1h, condition: {gte: 2}}\n"
	p := compile(t, "title: r\nname: r\nlogsource: {category: test}\ndetection: {s: {k: 0}, condition: s}\n"+fmt.Sprintf(twin, "one")+fmt.Sprintf(twin, "two"))
	var got []string
	emit := func(a *correlation.Alert) { got = append(got, a.Correlation.Title) }
	before, after := correlation.New(p, correlation.Options{}, emit), correlation.New(p, correlation.Options{}, emit)
	before.Add(correlation.Hit{Time: epoch, Event: evaluator.Map{}})
	state, err := before.State()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Load(state); err != nil {
		t.Fatal(err)
	}
	after.Add(correlation.Hit{Time: epoch, Seq: 1, Event: evaluator.Map{}})
	after.Close()
	if slices.Sort(got); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("%q fired, want each once", got)
	}
}

// A closed engine has taken every window for over. Its state would make another one take
// all matches for late, so there is none.
func TestStateOfClosedEngine(t *testing.T) {
	t.Parallel()
	e := correlation.New(compile(t, fmt.Sprintf(limitRules, "event_count", "gte: 2")), correlation.Options{}, nil)
	for seq := range uint64(3) {
		e.Add(correlation.Hit{Time: epoch, Seq: seq, Event: evaluator.Map{"u": "a"}})
	}
	if _, err := e.State(); err != nil {
		t.Error(err)
	}
	e.Close()
	if got := e.Stats().Alerts; got != 1 {
		t.Errorf("%d alerts counted, want 1", got)
	}
	if _, err := e.State(); !errors.Is(err, correlation.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
