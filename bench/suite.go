package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/socctl/socctl/bench/internal/agree"
	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/page"
	"github.com/socctl/socctl/bench/internal/worker"
)

// found is an engine that is here.
type found struct {
	*engine
	path, version string
	broken        map[string]error // by lane on which it was given up
}

// part is something that is measured apart, with sections of its own on the page.
type part struct {
	name    string
	measure func(*shop, context.Context, *page.Result) error
}

func parts() []part {
	return []part{{"engines", (*shop).compareEngines}, {"growth", (*shop).growth}, {"cores", (*shop).cores}, {"recorded", (*shop).recorded}}
}

// measure measures all parts. With an error it returns what was measured until
// then.
func (s *shop) measure(ctx context.Context) (*page.Result, error) {
	result := &page.Result{Date: time.Now().UTC().Format(time.DateOnly), Machine: thisMachine(), Rules: s.loaded, Without: s.without, Runs: s.runs, Held: canHold, Revision: s.revision()}
	// Outputs carry the number of this process: a program that outlived an earlier
	// run must not write into ours.
	defer s.removeOutputs()
	for _, part := range parts() {
		if len(s.parts) > 0 && !slices.Contains(s.parts, part.name) {
			continue
		}
		if err := part.measure(s, ctx, result); err != nil {
			return result, err
		}
	}
	return result, nil
}

// chosen returns the lanes that were asked for, or else those named, or else all.
func (s *shop) chosen(otherwise ...string) (out []lanes.Lane) {
	names := s.lanes
	if len(names) == 0 {
		names = otherwise
	}
	for _, l := range lanes.All() {
		if len(names) == 0 || slices.Contains(names, l.Name) {
			out = append(out, l)
		}
	}
	return out
}

// compareEngines runs all engines on all lanes.
func (s *shop) compareEngines(ctx context.Context, result *page.Result) error {
	here := s.gather(ctx, result)
	told := map[string]*page.Engine{}
	var err error
	for _, l := range s.chosen() {
		if err = s.measureLane(ctx, result, here, l, told); err != nil {
			break
		}
	}
	for _, f := range here {
		if e := told[f.name]; e != nil && !f.floor() {
			result.Engines = append(result.Engines, *e)
		}
		for _, lane := range slices.Sorted(maps.Keys(f.broken)) {
			result.Absent = append(result.Absent, page.Absent{Name: f.name + " on " + lane, Reason: "it failed: " + f.broken[lane].Error()})
		}
	}
	return err
}

func (s *shop) measureLane(ctx context.Context, result *page.Result, here []*found, l lanes.Lane, told map[string]*page.Engine) error {
	in, err := s.prepare(ctx, l)
	if errors.Is(err, lanes.ErrNoData) {
		result.Absent = append(result.Absent, page.Absent{Name: l.Name, Reason: err.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	lane, err := s.lane(ctx, here, in, told)
	if err == nil {
		result.Lanes = append(result.Lanes, *lane)
	}
	return err
}

// gather finds the engines that were asked for, and says which are not here.
func (s *shop) gather(ctx context.Context, result *page.Result) (here []*found) {
	for _, e := range engines() {
		if len(s.engines) > 0 && !slices.Contains(s.engines, e.name) || len(s.engines) == 0 && e.extra {
			continue
		}
		path, version, err := e.find(ctx, s)
		if err != nil {
			s.say("%s is left out: %v", e.name, err)
			result.Absent = append(result.Absent, page.Absent{Name: e.name, Reason: firstLine(err.Error())})
			continue
		}
		here = append(here, &found{engine: e, path: path, version: version, broken: map[string]error{}})
	}
	return here
}

func (s *shop) prepare(ctx context.Context, l lanes.Lane) (lanes.Input, error) {
	in, err := lanes.Prepare(l, s.data, s.work, s.options.events)
	if err == nil && l.EVTX() {
		in.Events = countEvents(ctx, in.Paths)
	}
	return in, err
}

// lane runs the engines on one input, in turn.
func (s *shop) lane(ctx context.Context, here []*found, in lanes.Input, told map[string]*page.Engine) (*page.Lane, error) {
	reports := map[string][]*worker.Report{}
	for run := range s.runs {
		for _, f := range here {
			if !f.reads(in) || f.broken[in.Lane.Name] != nil {
				continue
			}
			s.say("%s: %s, run %d of %d", in.Lane.Name, f.name, run+1, s.runs)
			r, err := s.sampled(ctx, f, in)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				f.broken[in.Lane.Name] = err
				delete(reports, f.name)
				s.say("%s is left out: %v", f.name, err)
				continue
			}
			reports[f.name] = append(reports[f.name], r)
		}
	}
	lane := &page.Lane{Name: in.Lane.Name, Title: in.Lane.Title, Events: in.Events, Bytes: in.Bytes}
	ours := &references{s, in, map[referenceKey]map[string]int{}}
	for _, f := range here {
		all := reports[f.name]
		if len(all) == 0 {
			continue
		}
		row := s.row(f.engine, in, all)
		if f.floor() && row.Events > 0 {
			lane.Floors = append(lane.Floors, row)
		}
		if f.floor() {
			continue
		}
		if f.reference != "" {
			var err error
			if row.Differences, err = ours.differences(ctx, f, all[0]); err != nil {
				return nil, err
			}
			row.Reference = f.reference
		}
		lane.Rows = append(lane.Rows, row)
		told[f.name] = describe(f, all[0])
	}
	lane.Compare()
	return lane, nil
}

func describe(f *found, r *worker.Report) *page.Engine {
	version := f.version
	if r.Version != "" {
		version = r.Version
	}
	return &page.Engine{Name: f.name, Version: version, How: f.how, Rules: r.Rules, Refused: len(r.Refused)}
}

// long is how much processor time a sample of events is to take, so that it tells
// something.
const long = 500 * time.Millisecond

// sampled runs an engine. One that turns out to be fast on the lane is given more events
// than few, in this run and in those after it.
func (s *shop) sampled(ctx context.Context, f *found, in lanes.Input) (*worker.Report, error) {
	for {
		every := s.every(f.engine, in)
		r, err := f.run(ctx, s, f.path, job{f.engine, in, every})
		if err != nil || every == 1 || r.CPU >= long/2 {
			return r, err
		}
		more := min(100, float64(long)/float64(max(1, r.CPU)))
		s.samples[sample{f.name, in.Lane.Name}] = max(1, int(float64(every)/more))
	}
}

// sample is what an engine is given of a lane.
type sample struct{ engine, lane string }

// every says which of the events an engine is given.
func (s *shop) every(e *engine, in lanes.Input) int {
	few := s.few
	if e.unrouted {
		few = max(1, few/6)
	}
	switch n, known := s.samples[sample{e.name, in.Lane.Name}]; {
	case !e.slow:
		return 1
	case known:
		return n
	}
	return max(1, in.Events/few)
}

// row sums up the runs of an engine. Floors run over their input several times.
func (s *shop) row(e *engine, in lanes.Input, all []*worker.Report) page.Row {
	row := page.Row{Engine: e.name, Every: s.every(e, in), Events: all[0].Events, Against: cmp.Or(e.against, e.base), Also: e.brief, Allocs: -1, Caches: all[0].Caches}
	took := evaluating(all)
	row.Core, row.Wall, row.Short = page.Rates(row.Events, took.cpu), page.Rates(row.Events, took.wall), took.short
	var load []float64
	for _, r := range all {
		load = append(load, r.Load.Seconds())
		row.Peak = max(row.Peak, r.Peak)
		if r.Allocs > 0 && r.Events > 0 {
			row.Allocs = float64(r.Allocs) / float64(r.Events)
		}
	}
	row.Load = page.SpreadOf(load)
	if in.Events > 0 {
		row.Bytes = row.Core.Median * float64(in.Bytes) / float64(in.Events)
	}
	for _, n := range all[0].Matches {
		row.Matches += n
	}
	if e.floor() {
		row.Engine = e.how
	}
	return row
}

// references are our own matches, with routing and without, in every n-th event;
// each set is found once, and not measured.
type references struct {
	*shop
	input lanes.Input
	known map[referenceKey]map[string]int
}

type referenceKey struct {
	unrouted bool
	every    int
}

// all returns what we find.
func (r *references) all(ctx context.Context, unrouted bool, every int) (map[string]int, error) {
	k := referenceKey{unrouted, every}
	if m, ok := r.known[k]; ok {
		return m, nil
	}
	m, err := r.find(ctx, worker.Job{Routed: !unrouted, Every: every})
	if err == nil {
		r.known[k] = m
	}
	return m, err
}

func (r *references) find(ctx context.Context, job worker.Job) (map[string]int, error) {
	path, _, err := findSelf(ctx, r.shop)
	if err != nil {
		return nil, err
	}
	job.Engine, job.Rules, job.Paths, job.Assign = "library", r.rules, r.input.Paths, r.input.Lane.Assign
	report, err := r.worker(ctx, path, job)
	if err != nil {
		return nil, err
	}
	if report.Matches == nil {
		return map[string]int{}, nil // nothing matched, which is not the same as nothing known
	}
	return report.Matches, nil
}

// differences compares the matches of an engine with ours, and looks for
// reasons where they differ.
func (r *references) differences(ctx context.Context, f *found, report *worker.Report) ([]agree.Difference, error) {
	every := r.every(f.engine, r.input)
	reference, err := r.all(ctx, f.unrouted, every)
	if err != nil {
		return nil, err
	}
	c := agree.Comparison{Ours: agree.Side{Engine: f.reference, Matches: reference}, Rules: map[string]agree.Rule{},
		Theirs: agree.Side{Engine: f.name, Matches: report.Matches, Refused: report.Refused, Errors: report.Errors}}
	for id, text := range r.texts {
		c.Rules[id] = agree.Rule{Title: r.title[id], Text: string(text)}
	}
	var ids []string
	for _, d := range c.Differences() {
		ids = append(ids, d.Rule)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if c.Unrouted, err = r.find(ctx, worker.Job{Only: ids, Every: every}); err != nil {
		return nil, err
	}
	if c.Bare, err = r.find(ctx, worker.Job{Only: ids, Every: every, Bare: true}); err != nil {
		return nil, err
	}
	return c.Differences(), nil
}
