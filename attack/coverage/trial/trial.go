// Package trial replays labelled recordings against rules and says which rules
// fired on what the labels are about. It makes the values of which package
// coverage makes evidence.
//
// Several rule sets, such as those before and after a change, are tried in one
// pass: rules that mean the same are evaluated once.
package trial

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Options say how recordings are read. The zero value is ready to use.
type Options struct {
	Normaliser *telemetry.Normaliser // nil for the built-in views
	Read       telemetry.ReadOptions
	Jobs       int         // workers; 0 means one
	Problem    func(error) // told what cannot be read; may be nil
	Progress   func(backtest.Progress)
}

// Rules are a rule set to be tried.
type Rules struct {
	Program *compiler.Program
	// Key names a rule or a correlation (*compiler.Rule, *compiler.Correlation) in
	// the result.
	Key func(rule any) string
}

// Result is what happened.
type Result struct {
	Firings   [][]coverage.Firing  // of each rule set; by rule and recording
	Telemetry []coverage.Logsource // of rules, of which there were events
	Events    int
	Problems  int // things that could not be read
}

// Run replays recordings, each file once. The error is that of the replayer; with
// ctx done it returns what was found so far.
func Run(ctx context.Context, sets []Rules, recordings []coverage.Recording, o Options) (*Result, error) {
	r := &run{sets: sets, out: &Result{Firings: make([][]coverage.Firing, len(sets))}, byPath: map[string][]*excerpt{}}
	var paths []string
	for i := range recordings {
		rec := &recordings[i]
		if r.byPath[rec.Path] == nil {
			paths = append(paths, rec.Path)
		}
		r.byPath[rec.Path] = append(r.byPath[rec.Path], newExcerpt(rec, sets))
	}
	if len(paths) == 0 || len(sets) == 0 {
		return r.out, nil
	}
	program := sets[0].Program
	for _, s := range sets[1:] {
		program = backtest.NewSubject(program, s.Program).Program()
	}
	streaming := &backtest.Streaming{Recordings: paths, Normaliser: o.Normaliser, Read: o.Read, Jobs: o.Jobs, Problem: o.Problem, Progress: o.Progress}
	exposure, err := streaming.Replay(ctx, program, r.take)
	if err != nil {
		return nil, err
	}
	r.out.Events, r.out.Problems = exposure.Events, exposure.Problems
	r.telemetry(exposure)
	for _, path := range paths {
		for _, x := range r.byPath[path] {
			r.settle(x)
		}
	}
	return r.out, nil
}

// run is one call of Run.
type run struct {
	sets   []Rules
	byPath map[string][]*excerpt
	out    *Result
	seq    uint64
}

// take gives a hit to the recordings that it belongs to.
func (r *run) take(h *backtest.Hit) {
	path, _, _ := strings.Cut(h.Source, "!/")
	r.seq++
	for _, x := range r.byPath[path] {
		if x.about(h) {
			x.add(h, r.seq)
		}
	}
}

// telemetry notes the logsources of which there were events.
func (r *run) telemetry(e *backtest.Exposure) {
	for l, ground := range e.Grounds {
		if ground.Events > 0 && l != (backtest.Logsource{}) {
			r.out.Telemetry = append(r.out.Telemetry, coverage.Logsource{Category: l.Category, Product: l.Product, Service: l.Service})
		}
	}
	slices.SortFunc(r.out.Telemetry, func(a, b coverage.Logsource) int {
		return strings.Compare(a.Product+"\x00"+a.Category+"\x00"+a.Service, b.Product+"\x00"+b.Category+"\x00"+b.Service)
	})
}

// excerpt is a recording, or the part of it that its labels are about, with what
// rules did there.
type excerpt struct {
	*coverage.Recording
	records map[int]bool
	fired   map[string]*tally // by hash of the rule
	engines []*engine         // by rule set; nil for one without correlations
}

// tally counts what one rule did.
type tally struct {
	alerts int
	first  *coverage.Occurrence
	held   map[string]int // by title of the filter
}

func newExcerpt(rec *coverage.Recording, sets []Rules) *excerpt {
	x := &excerpt{Recording: rec, fired: map[string]*tally{}}
	if len(rec.Records) > 0 {
		x.records = map[int]bool{}
		for _, n := range rec.Records {
			x.records[n] = true
		}
	}
	for _, s := range sets {
		x.engines = append(x.engines, newEngine(s))
	}
	return x
}

// about reports whether the labels are about an event.
func (x *excerpt) about(h *backtest.Hit) bool {
	switch {
	case x.records != nil && !x.records[h.Record]:
		return false
	case !x.From.IsZero() && (h.Time.IsZero() || h.Time.Before(x.From)):
		return false
	case !x.To.IsZero() && (h.Time.IsZero() || h.Time.After(x.To)):
		return false
	case len(x.Where) == 0:
		return true
	}
	event, _, err := h.Load()
	if err != nil {
		return false
	}
	for field, values := range x.Where {
		if v, ok := event.Field(field); !ok || !ruletest.HasText(v, values) {
			return false
		}
	}
	return true
}

// add counts a hit, once for every meaning of rules.
func (x *excerpt) add(h *backtest.Hit, seq uint64) {
	seen := map[string]bool{}
	for _, m := range h.Matches {
		if seen[m.Rule.Hash] {
			continue
		}
		seen[m.Rule.Hash] = true
		t := x.tally(m.Rule.Hash)
		t.alerts++
		if t.first == nil {
			t.first = occurrence(h)
		}
	}
	for _, s := range h.Suppressed {
		if seen[s.Rule.Hash] {
			continue
		}
		seen[s.Rule.Hash] = true
		for _, f := range s.By {
			x.tally(s.Rule.Hash).hold(f.Title.Text)
		}
	}
	for _, e := range x.engines {
		if e != nil {
			e.add(h, seq)
		}
	}
}

func (x *excerpt) tally(hash string) *tally {
	if x.fired[hash] == nil {
		x.fired[hash] = &tally{}
	}
	return x.fired[hash]
}

func (t *tally) hold(filter string) {
	if t.held == nil {
		t.held = map[string]int{}
	}
	t.held[filter]++
}

func occurrence(h *backtest.Hit) *coverage.Occurrence {
	out := &coverage.Occurrence{Record: h.Record}
	if !h.Time.IsZero() {
		out.Time = h.Time.UTC().Format(time.RFC3339Nano)
	}
	if event, _, err := h.Load(); err == nil {
		out.Fingerprint = event.Fingerprint()
	}
	return out
}

// settle makes firings of what was counted on a recording.
func (r *run) settle(x *excerpt) {
	for i, s := range r.sets {
		for _, rule := range s.Program.Rules {
			if t := x.fired[rule.Hash]; t != nil {
				r.out.Firings[i] = append(r.out.Firings[i], x.firing(s.Key(rule), rule.Hash, t))
			}
		}
		if x.engines[i] == nil {
			continue
		}
		fired := x.engines[i].close()
		for _, c := range s.Program.Correlations {
			if t := fired[c]; t != nil {
				r.out.Firings[i] = append(r.out.Firings[i], x.firing(s.Key(c), c.Hash, t))
			}
		}
	}
}

func (x *excerpt) firing(key, hash string, t *tally) coverage.Firing {
	f := coverage.Firing{Rule: key, Hash: hash, Recording: x.ID, SHA256: x.SHA256, Alerts: t.alerts, First: t.first}
	for _, title := range slices.Sorted(maps.Keys(t.held)) {
		f.Suppressed = append(f.Suppressed, coverage.Held{Filter: title, Events: t.held[title]})
	}
	return f
}

// engine computes the correlations of a rule set on one recording, which is as
// far as a label reaches.
type engine struct {
	*correlation.Engine
	feeds map[string][]int // hash of a rule that feeds one -> indices in the program
	fired map[*compiler.Correlation]*tally
}

// newEngine returns nil if there are no correlations.
func newEngine(s Rules) *engine {
	if len(s.Program.Correlations) == 0 {
		return nil
	}
	e := &engine{feeds: map[string][]int{}, fired: map[*compiler.Correlation]*tally{}}
	for _, c := range s.Program.Correlations {
		for _, in := range c.Inputs {
			if in.Rule < 0 {
				continue
			}
			hash := s.Program.Rules[in.Rule].Hash
			if !slices.Contains(e.feeds[hash], in.Rule) {
				e.feeds[hash] = append(e.feeds[hash], in.Rule)
			}
		}
	}
	e.Engine = correlation.New(s.Program, correlation.Options{Lateness: -1}, func(a *correlation.Alert) {
		if e.fired[a.Correlation] == nil {
			e.fired[a.Correlation] = &tally{first: &coverage.Occurrence{Time: a.Time.UTC().Format(time.RFC3339Nano)}}
		}
		e.fired[a.Correlation].alerts++
	})
	return e
}

func (e *engine) add(h *backtest.Hit, seq uint64) {
	var hits []correlation.Hit
	seen := map[int]bool{}
	for _, m := range h.Matches {
		for _, index := range e.feeds[m.Rule.Hash] {
			if event := seenBy(m, h); event != nil && !seen[index] {
				seen[index] = true
				hits = append(hits, correlation.Hit{Rule: index, Time: h.Time, Event: event, Seq: seq})
			}
		}
	}
	e.Add(hits...)
}

func (e *engine) close() map[*compiler.Correlation]*tally {
	e.Close()
	return e.fired
}

// seenBy returns the view of an event on which a rule matched; nil if it cannot
// be had.
func seenBy(m evaluator.Match, h *backtest.Hit) evaluator.Event {
	event, views, err := h.Load()
	if err != nil {
		return nil
	}
	for _, v := range views {
		if v.Name == m.View && evaluator.Satisfies(v.Logsource, m.Rule) {
			return v.Event
		}
	}
	return event
}
