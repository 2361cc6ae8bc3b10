package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/socctl/socctl/bench/internal/clone"
	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/page"
	"github.com/socctl/socctl/bench/internal/worker"
)

// size is a set of rules with copies of them.
type size struct {
	times  int
	folder string
}

// sizes lays the rules, and sets of four and ten times as many.
func (s *shop) sizes() ([]size, error) {
	out := []size{{1, s.rules}}
	files := maps.Clone(s.files)
	for n := 1; n <= clone.Most; n++ {
		for name, text := range s.files {
			copied, err := clone.File(name, text, n)
			if err != nil {
				return nil, err
			}
			files[fmt.Sprintf("copy-%d/%s", n, name)] = copied
		}
		if times := n + 1; times == 4 || times == 10 {
			folder, err := laid(s.work, files)
			if err != nil {
				return nil, err
			}
			out = append(out, size{times, folder})
		}
	}
	return out, nil
}

// growth measures what sets of rules of all sizes take.
func (s *shop) growth(ctx context.Context, result *page.Result) error {
	s.say("growth: copying rules")
	sizes, err := s.sizes()
	if err != nil {
		return err
	}
	loads, err := s.rounds(ctx, sizes, "loading", worker.Job{Engine: "loading"})
	if err != nil {
		return err
	}
	result.Growth = &page.Growth{}
	for i, size := range sizes {
		result.Growth.Sizes = append(result.Growth.Sizes, sizeOf(size.times, loads[i]))
	}
	for _, l := range s.chosen("fleet", "recordings") {
		in, err := s.prepare(ctx, l)
		if errors.Is(err, lanes.ErrNoData) {
			result.Absent = append(result.Absent, page.Absent{Name: l.Name + " with more rules", Reason: err.Error()})
			continue
		}
		if err != nil {
			return err
		}
		reports, err := s.rounds(ctx, sizes, l.Name, worker.Job{Engine: "library", Paths: in.Paths, Routed: true, Assign: l.Assign, Warm: max(1, in.Events/2)})
		if err != nil {
			return err
		}
		lane := page.GrownLane{Name: l.Name, Events: in.Events}
		for i, size := range sizes {
			lane.Rows = append(lane.Rows, grownRow(size.times, reports[i]))
		}
		result.Growth.Lanes = append(result.Growth.Lanes, lane)
	}
	return nil
}

// rounds does a job with the sets of all sizes in turn, and returns the reports
// by size. A set must load completely: it would cost less otherwise.
func (s *shop) rounds(ctx context.Context, sizes []size, what string, job worker.Job) ([][]*worker.Report, error) {
	path, _, err := findSelf(ctx, s)
	if err != nil {
		return nil, err
	}
	out := make([][]*worker.Report, len(sizes))
	for run := range s.runs {
		for i, size := range sizes {
			s.say("growth: %s with ×%d the rules, run %d of %d", what, size.times, run+1, s.runs)
			job.Rules = size.folder
			r, err := s.worker(ctx, path, job)
			if err != nil {
				return nil, err
			}
			if r.Rules != size.times*s.loaded {
				return nil, fmt.Errorf("of %d × %d rules %d were loaded", size.times, s.loaded, r.Rules)
			}
			out[i] = append(out[i], r)
		}
	}
	return out, nil
}

func sizeOf(times int, all []*worker.Report) page.Size {
	took := func(step func(*worker.Loading) worker.Took) page.Took {
		return page.Took{
			CPU:  over(all, func(r *worker.Report) float64 { return step(r.Loading).CPU.Seconds() }),
			Wall: over(all, func(r *worker.Report) float64 { return step(r.Loading).Wall.Seconds() }),
		}
	}
	return page.Size{
		Times: times, Rules: all[0].Rules, Predicates: all[0].Loading.Predicates,
		Parse:     took(func(l *worker.Loading) worker.Took { return l.Parse }),
		Compile:   took(func(l *worker.Loading) worker.Took { return l.Compile }),
		Prepare:   took(func(l *worker.Loading) worker.Took { return l.Prepare }),
		Documents: over(all, func(r *worker.Report) float64 { return float64(r.Loading.Documents) }).Median,
		Program:   over(all, func(r *worker.Report) float64 { return float64(r.Loading.Program) }).Median,
	}
}

func grownRow(times int, all []*worker.Report) page.GrownRow {
	row := page.GrownRow{
		Times: times,
		Event: over(all, func(r *worker.Report) float64 { return each(r.CPU, r.Events) }),
		Later: over(all, func(r *worker.Report) float64 { return each(r.Later, r.LaterEvents) }),
		Peak:  over(all, func(r *worker.Report) float64 { return float64(r.Peak) }).Median,
		Heap:  over(all, func(r *worker.Report) float64 { return float64(r.Heap) }).Median,
	}
	if n := all[0].Events; n > 0 {
		row.Allocs = float64(all[0].Allocs) / float64(n)
	}
	for _, n := range all[0].Matches {
		row.Matches += n
	}
	return row
}

// each returns the seconds that one event took.
func each(took time.Duration, events int) float64 { return took.Seconds() / float64(max(1, events)) }

// over returns the spread of something that all reports tell.
func over(all []*worker.Report, tell func(*worker.Report) float64) page.Spread {
	var list []float64
	for _, r := range all {
		list = append(list, tell(r))
	}
	return page.SpreadOf(list)
}
