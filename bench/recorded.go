package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/page"
	"github.com/socctl/socctl/bench/internal/worker"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// Parts of the events of a lane, and numbers of rules, that are replayed; all of either
// come last.
var (
	eventParts   = []float64{0.1, 0.25, 0.5, 1}
	ruleNumbers  = []int{10, 100, 1000}
	recordedOnly = []string{"fleet", "recordings"}
)

// recorded measures what a replay of recorded telemetry takes, by the number of events
// and by that of rules, beside streaming the same events. Nothing is remembered.
func (s *shop) recorded(ctx context.Context, result *page.Result) error {
	set, _ := rules.LoadPaths(s.rules)
	for _, l := range s.chosen(recordedOnly...) {
		in, err := s.prepare(ctx, l)
		if errors.Is(err, lanes.ErrNoData) {
			result.Absent = append(result.Absent, page.Absent{Name: l.Name + " recorded", Reason: err.Error()})
			continue
		}
		if err != nil {
			return err
		}
		lane := page.RecordedLane{Name: l.Name}
		for _, part := range eventParts {
			s.say("recorded: %s, %.0f %% of the events", l.Name, 100*part)
			rows, err := replayed(ctx, s.work, in, max(1, int(part*float64(in.Events))), set, part == 1, s.runs)
			if err != nil {
				return err
			}
			lane.Rows = append(lane.Rows, rows...)
		}
		result.Recorded = append(result.Recorded, lane)
	}
	return nil
}

// replayed records some events and replays all rules, and fewer of them if that is
// wanted.
func replayed(ctx context.Context, work string, in lanes.Input, events int, set *rules.Set, fewer bool, runs int) ([]page.RecordedRow, error) {
	dir, err := os.MkdirTemp(work, "recorded-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	n := telemetry.NewNormaliser(nil)
	if err := recordSome(ctx, dir, n, in.Paths, events); err != nil {
		return nil, err
	}
	numbers := []int{len(set.Rules)}
	if fewer {
		numbers = append(append([]int{}, ruleNumbers...), numbers...)
	}
	var out []page.RecordedRow
	for _, number := range numbers {
		if number > len(set.Rules) {
			continue
		}
		some := *set
		some.Rules = nil
		for i := range number { // from all over the set, whose order is that of folders
			some.Rules = append(some.Rules, set.Rules[i*len(set.Rules)/number])
		}
		p, _ := compiler.Compile(&some, compiler.Options{})
		row := page.RecordedRow{Events: events, Rules: len(p.Rules)}
		var stream, replay []float64
		for range runs {
			matches, took, err := streamSome(ctx, n, p, in.Paths, events)
			if err != nil {
				return nil, err
			}
			stream, row.Matches = append(stream, took.Seconds()), matches
			if matches, took, err = replayAll(ctx, dir, n, p); err != nil {
				return nil, err
			}
			if replay = append(replay, took.Seconds()); matches != row.Matches {
				return nil, fmt.Errorf("a replay of %s finds %d matches, streaming %d", in.Lane.Name, matches, row.Matches)
			}
		}
		row.Stream, row.Replay = page.SpreadOf(stream), page.SpreadOf(replay)
		out = append(out, row)
	}
	return out, nil
}

// recordSome records events.
func recordSome(ctx context.Context, dir string, n *telemetry.Normaliser, paths []string, events int) error {
	w, err := record.Create(dir, record.Options{Normaliser: n})
	if err != nil {
		return err
	}
	for r, err := range telemetry.Read(ctx, paths, telemetry.ReadOptions{Raw: true}) {
		if err != nil {
			continue // what cannot be read is not streamed either
		}
		if w.Rows() == events {
			break
		}
		if err := w.Add(r); err != nil {
			return errors.Join(err, w.Abort())
		}
		r.Release()
	}
	return w.Commit()
}

// streamSome evaluates events as they are read, and returns how many matches there are
// and what CPU time it took.
func streamSome(ctx context.Context, n *telemetry.Normaliser, p *compiler.Program, paths []string, events int) (matches int, took time.Duration, err error) {
	before := worker.CPU()
	ev := evaluator.New(p)
	s := telemetry.NewStream(n, ev)
	for r, err := range telemetry.Read(ctx, paths, telemetry.ReadOptions{Raw: true}) {
		if err != nil {
			continue
		}
		if events--; events < 0 {
			break
		}
		found, _, err := s.Match(r)
		if err != nil {
			return 0, 0, err
		}
		matches += len(found)
		r.Release()
	}
	return matches, worker.CPU() - before, ctx.Err()
}

// replayAll replays a recording on one goroutine.
func replayAll(ctx context.Context, dir string, n *telemetry.Normaliser, p *compiler.Program) (matches int, took time.Duration, err error) {
	before := worker.CPU()
	err = record.Replay(ctx, dir, p, record.ReplayOptions{Workers: 1, Normaliser: n}, func(r *record.Replayed) error {
		for i := range r.Hits {
			matches += len(r.Hits[i].Matches)
		}
		return nil
	})
	return matches, worker.CPU() - before, err
}
