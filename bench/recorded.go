package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	wholeNumbers = []int{10} // of files that -replay names
	recordedOnly = []string{"fleet", "recordings"}
)

// allEvents is as many as there are.
const allEvents = math.MaxInt

// recorded measures what a replay of recorded telemetry takes, by the number of events
// and by that of rules, beside streaming the same events. Nothing is remembered.
func (s *shop) recorded(ctx context.Context, result *page.Result) error {
	set, _ := rules.LoadPaths(s.rules)
	chosen := s.chosen(recordedOnly...)
	if len(s.replay) > 0 && len(s.lanes) == 0 {
		chosen = nil
	}
	for _, l := range chosen {
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
			var fewer []int
			if part == 1 {
				fewer = ruleNumbers
			}
			rows, err := s.replayed(ctx, in, max(1, int(part*float64(in.Events))), set, fewer)
			if err != nil {
				return err
			}
			lane.Rows = append(lane.Rows, rows...)
		}
		result.Recorded = append(result.Recorded, lane)
	}
	for _, path := range s.replay {
		s.say("recorded: %s", path)
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		rows, err := s.replayed(ctx, lanes.Input{Lane: lanes.Lane{Name: name}, Paths: []string{path}}, allEvents, set, wholeNumbers)
		if err != nil {
			return err
		}
		result.Recorded = append(result.Recorded, page.RecordedLane{Name: name, Rows: rows})
	}
	return nil
}

// replayed records some events and replays all rules, and some numbers of fewer.
func (s *shop) replayed(ctx context.Context, in lanes.Input, events int, set *rules.Set, fewer []int) ([]page.RecordedRow, error) {
	dir, err := os.MkdirTemp(s.work, "recorded-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	n := telemetry.NewNormaliser(nil)
	events, err = recordSome(ctx, dir, n, in.Paths, events)
	if err != nil {
		return nil, err
	}
	var out []page.RecordedRow
	for _, number := range slices.Concat(fewer, []int{len(set.Rules)}) {
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
		for range s.runs {
			matches, fresh, took, err := streamSome(ctx, n, p, in.Paths, events)
			if err != nil {
				return nil, err
			}
			stream, row.Matches, row.Fresh = append(stream, took.Seconds()), matches, fresh
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

// recordSome records events, and returns how many there are.
func recordSome(ctx context.Context, dir string, n *telemetry.Normaliser, paths []string, events int) (int, error) {
	w, err := record.Create(dir, record.Options{Normaliser: n})
	if err != nil {
		return 0, err
	}
	for r, err := range telemetry.Read(ctx, paths, telemetry.ReadOptions{Raw: true}) {
		if err != nil {
			continue // what cannot be read is not streamed either
		}
		if w.Rows() == events {
			break
		}
		if err := w.Add(r); err != nil {
			return 0, errors.Join(err, w.Abort())
		}
		r.Release()
	}
	return w.Rows(), w.Commit()
}

// streamSome evaluates events as they are read, and returns how many matches there are,
// which part of the values that rules look at was not met before, and what CPU time it took.
func streamSome(ctx context.Context, n *telemetry.Normaliser, p *compiler.Program, paths []string, events int) (matches int, fresh float64, took time.Duration, err error) {
	before := worker.CPU()
	ev := evaluator.New(p)
	stream := telemetry.NewStream(n, ev)
	for r, err := range telemetry.Read(ctx, paths, telemetry.ReadOptions{Raw: true}) {
		if err != nil {
			continue
		}
		if events--; events < 0 {
			break
		}
		found, _, err := stream.Match(r)
		if err != nil {
			return 0, 0, 0, err
		}
		matches += len(found)
		r.Release()
	}
	if s := stream.Statistics(); s.Asked > 0 {
		fresh = float64(s.Asked-s.Found) / float64(s.Asked)
	}
	return matches, fresh, worker.CPU() - before, ctx.Err()
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
