package backtest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

func compiled(t testing.TB, set *rules.Set) *compiler.Program {
	t.Helper()
	p, _ := compiler.Compile(set, compiler.Options{})
	if len(p.Rules) == 0 {
		t.Fatal("no rule")
	}
	return p
}

func starter(t testing.TB) *compiler.Program {
	t.Helper()
	set, diags := rules.LoadPaths(filepath.Join("..", "..", "rules", "starter", "rules"))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return compiled(t, set)
}

func parsed(t testing.TB, texts ...string) *compiler.Program {
	t.Helper()
	set := &rules.Set{}
	for _, text := range texts {
		docs, diags := rules.Parse("rules.yml", []byte(text))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	return compiled(t, set)
}

// plainly is what Streaming must come to, by making an event of every record and
// asking it for everything.
func plainly(t testing.TB, p *compiler.Program, recordings ...string) (*backtest.Exposure, map[string]int) {
	t.Helper()
	normaliser, ev := telemetry.NewNormaliser(nil), evaluator.New(p)
	x := &backtest.Exposure{Grounds: map[backtest.Logsource]*backtest.Ground{{}: backtest.NewGround()}}
	fields := map[backtest.Logsource]map[string]bool{{}: {}}
	for _, r := range p.Rules {
		l := backtest.LogsourceOf(r)
		if x.Grounds[l] == nil {
			x.Grounds[l], fields[l] = backtest.NewGround(), map[string]bool{}
		}
		for _, f := range r.Fields {
			fields[l][f] = true
		}
	}
	matches := map[string]int{}
	for record, err := range telemetry.Read(t.Context(), recordings, telemetry.ReadOptions{}) {
		if err != nil {
			x.Problems++
			continue
		}
		e := normaliser.Event(record)
		x.Events++
		if len(e.Views()) == 0 {
			x.Unrouted++
		}
		at, _, ok := e.Time()
		if !ok {
			at = time.Time{}
		}
		for l, g := range x.Grounds {
			tried := false
			for _, v := range e.Views() {
				if !evaluator.Satisfies(v.Logsource, &compiler.Rule{Category: l.Category, Product: l.Product, Service: l.Service}) {
					continue
				}
				tried = true
				for f := range fields[l] {
					if _, ok := v.Event.Field(f); ok {
						g.Fields[f] = true
					}
				}
			}
			if tried {
				g.Count(at, 1)
			}
		}
		for _, m := range ev.Match(e) {
			matches[m.Rule.Hash]++
		}
	}
	return x, matches
}

// What was there for rules to look at is found without making an event of every
// record: it is the same as if one had been made, with any number of workers.
func TestStreamingFindsWhatThereIs(t *testing.T) {
	t.Parallel()
	testStreaming(t, starter(t), filepath.Join("..", "..", "testdata", "recordings"))
}

func TestStreamingOnCorpus(t *testing.T) {
	t.Parallel()
	p := compiled(t, corpus.Rules(t))
	for _, below := range []string{"evtx/EVTX-ATTACK-SAMPLES", "cloud", "network", "web", "windows-json/atomic/windows/discovery", "windows-xml"} {
		path := corpus.Path(t, below)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		testStreaming(t, p, path)
	}
}

func testStreaming(t *testing.T, p *compiler.Program, recordings ...string) {
	t.Helper()
	want, wantMatches := plainly(t, p, recordings...)
	if want.Events == 0 {
		t.Fatalf("no event in %v", recordings)
	}
	for _, jobs := range []int{1, 4} {
		matches := map[string]int{}
		s := &backtest.Streaming{Recordings: recordings, Jobs: jobs}
		got, err := s.Replay(t.Context(), p, func(h *backtest.Hit) {
			for _, m := range h.Matches {
				matches[m.Rule.Hash]++
			}
			e, _, err := h.Load()
			if err != nil {
				t.Error(err)
				return
			}
			if at, _, ok := e.Time(); ok != !h.Time.IsZero() || ok && !at.Equal(h.Time) {
				t.Errorf("%s record %d: time %v, want %v", h.Source, h.Record, h.Time, at)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantMatches, matches); diff != "" {
			t.Errorf("%v with %d workers: matches (- want, + got)\n%s", recordings, jobs, diff)
		}
		if diff := cmp.Diff(want.Grounds, got.Grounds); diff != "" {
			t.Errorf("%v with %d workers (- want, + got)\n%s", recordings, jobs, diff)
		}
		if want.Events != got.Events || want.Unrouted != got.Unrouted || want.Problems != got.Problems {
			t.Errorf("%v: %d events, %d unrouted, %d problems, want %d, %d, %d", recordings, got.Events, got.Unrouted, got.Problems, want.Events, want.Unrouted, want.Problems)
		}
	}
}

// Results do not depend on how many workers there are.
func TestRunIsTheSameWithAnyWorkers(t *testing.T) {
	t.Parallel()
	p := starter(t)
	var first *backtest.Result
	for _, jobs := range []int{1, 2, 7} {
		r, err := backtest.Run(t.Context(), backtest.NewSubject(p, nil), &backtest.Streaming{Recordings: []string{filepath.Join("..", "..", "testdata", "recordings")}, Jobs: jobs}, backtest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r
		}
		if diff := cmp.Diff(first, r); diff != "" {
			t.Errorf("with %d workers:\n%s", jobs, diff)
		}
	}
	if first.Summary.Fired == 0 || first.Summary.NotExercised == 0 {
		t.Errorf("%+v", first.Summary)
	}
}

// The rules of before are evaluated beside those of now, and yield what they would
// alone.
func TestBaseIsAsAlone(t *testing.T) {
	t.Parallel()
	set, diags := rules.LoadPaths(filepath.Join("..", "..", "rules", "starter", "rules"))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	base, head := compiled(t, set), &rules.Set{}
	for i, r := range set.Rules {
		switch i % 3 {
		case 0: // taken over
			docs, _ := rules.Parse(r.Span.Path(), []byte(printed(t, r)))
			head.Add(docs[0])
		case 1: // means something else
			docs, _ := rules.Parse(r.Span.Path(), []byte(printed(t, r)))
			changed := docs[0].(*rules.Rule)
			changed.Logsource.Category.Text, changed.Logsource.Product.Text, changed.Logsource.Service.Text = "", "", ""
			head.Add(changed)
		}
	}
	recordings := []string{filepath.Join("..", "..", "testdata", "recordings")}
	run := func(s *backtest.Subject) *backtest.Result {
		r, err := backtest.Run(t.Context(), s, &backtest.Streaming{Recordings: recordings, Jobs: 2}, backtest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	now := compiled(t, head)
	both, alone, before := run(backtest.NewSubject(now, base)), run(backtest.NewSubject(now, nil)), run(backtest.NewSubject(base, nil))
	alerts := map[string]int{}
	for _, r := range before.Rules {
		alerts[r.ID] = r.Alerts
	}
	for i, r := range both.Rules {
		c := r.Change
		if c == nil || c.AlertsBefore != alerts[r.ID] || r.Alerts != c.AlertsBefore+c.Gained-c.Lost {
			t.Errorf("%s: %d alerts, before %d, alone %d: %+v", r.Title, r.Alerts, c.AlertsBefore, alerts[r.ID], c)
		}
		if c.Status == backtest.Removed {
			continue
		}
		r.Change = nil
		if diff := cmp.Diff(alone.Rules[i], r); diff != "" {
			t.Errorf("%s (- alone, + compared)\n%s", r.Title, diff)
		}
	}
	d := both.Summary.Delta
	if d.Removed == 0 || d.Changed == 0 || d.Added != 0 || d.Lost == 0 || len(now.Rules)+d.Removed != len(both.Rules) {
		t.Errorf("%+v", d)
	}
}

func printed(t *testing.T, r *rules.Rule) string {
	t.Helper()
	var b writer
	if err := rules.Print(&b, r); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

// After an interrupt the result is about what was read, and says so.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := &backtest.Streaming{Recordings: []string{filepath.Join("..", "..", "testdata", "recordings")}, Progress: func(backtest.Progress) { cancel() }}
	r, err := backtest.Run(ctx, backtest.NewSubject(starter(t), nil), s, backtest.Options{})
	if err != nil || !r.Partial || r.Summary.Events == 0 {
		t.Errorf("%v %+v", err, r)
	}
}
