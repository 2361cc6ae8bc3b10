package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// recordings replays folders that `socctl record` has made, and as a stream what is
// none.
type recordings struct {
	stream         *backtest.Streaming
	folders        []string
	baselineBehind int // how many of the folders are no baseline

	warn func(text string) // tells what is no error; nil for nobody
}

// newRecordings parts folders of recorded telemetry from other recordings.
func newRecordings(stream *backtest.Streaming) *recordings {
	r := &recordings{stream: stream}
	part := func(names []string) (other []string) {
		for _, name := range names {
			if record.Is(name) {
				r.folders = append(r.folders, name)
			} else {
				other = append(other, name)
			}
		}
		return other
	}
	stream.Recordings = part(stream.Recordings)
	r.baselineBehind = len(r.folders)
	stream.Baseline = part(stream.Baseline)
	return r
}

// Replay implements backtest.Replayer.
func (r *recordings) Replay(ctx context.Context, p *compiler.Program, take func(*backtest.Hit)) (*backtest.Exposure, error) {
	out, err := r.stream.Replay(ctx, p, take)
	if err != nil {
		return nil, err
	}
	order, err := record.OrderOf(r.folders...)
	if err != nil {
		return nil, err
	}
	for i, folder := range r.folders {
		f := &folderReplay{order: order, recordings: r, program: p, out: out, take: take, baseline: i >= r.baselineBehind, progress: backtest.Progress{Source: folder}}
		if err := f.replay(ctx, folder); err != nil && ctx.Err() == nil {
			return nil, err
		}
		f.tellWithoutIndex(folder)
	}
	return out, nil
}

// folderReplay is the replay of one folder.
type folderReplay struct {
	*recordings
	program  *compiler.Program
	out      *backtest.Exposure
	take     func(*backtest.Hit)
	baseline bool
	progress backtest.Progress
	order    *record.Order

	withoutIndex int // files
}

// tellWithoutIndex tells once of files that were read because their indexes are of no use.
func (f *folderReplay) tellWithoutIndex(folder string) {
	if f.withoutIndex > 0 && f.warn != nil {
		f.warn(fmt.Sprintf("the index of %s in %s is gone or damaged, so what it would tell was read from there; `socctl record compact %s` makes indexes anew",
			report.Count(f.withoutIndex, "file"), folder, folder))
	}
}

func (f *folderReplay) replay(ctx context.Context, folder string) error {
	o := record.ReplayOptions{Workers: f.stream.Jobs, Normaliser: f.stream.Normaliser, Exposure: true, Anyway: f.stream.Anyway, Cache: true, Unread: f.unread}
	return record.Replay(ctx, folder, f.program, o, func(r *record.Replayed) error {
		f.deliver(ctx, r.Hits)
		f.account(r)
		if r.WithoutIndex {
			f.withoutIndex++
		}
		f.progress.Source = filepath.Join(folder, filepath.FromSlash(r.Path))
		f.progress.Bytes = r.Bytes
		f.progress.Events, f.progress.Hits = f.progress.Events+r.Rows, f.progress.Hits+len(r.Hits)
		if f.stream.Progress != nil {
			f.stream.Progress(f.progress)
		}
		return nil
	})
}

// unread tells of a file that cannot be read. As of other recordings, what is left is
// replayed.
func (f *folderReplay) unread(is record.File, err error) error {
	f.out.Problems++
	if f.stream.Problem != nil {
		f.stream.Problem(without(is, err))
	}
	return nil
}

// without is the error of a file of a recording that is left out.
func without(f record.File, err error) error {
	return fmt.Errorf("%w; left out: %s", err, report.Count(f.Rows, "event"))
}

// deliver counts the hits of a file. Their events are not made any more once ctx is done,
// which takes most of the time: matches and alerts are those of the whole file then.
func (f *folderReplay) deliver(ctx context.Context, hits []record.Hit) {
	for i := range hits {
		h := &hits[i]
		f.take(&backtest.Hit{Source: h.Source, Record: h.Index, Baseline: f.baseline, Time: h.Time, Order: f.order.Of(h.Source, h.Index), Matches: h.Matches, Suppressed: h.Suppressed, Load: func() (*telemetry.Event, []evaluator.View, error) {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			event, err := h.Event()
			if err != nil {
				return nil, nil, err
			}
			return event, event.Views(), nil
		}})
	}
}

// account adds what rules were tried on.
func (f *folderReplay) account(r *record.Replayed) {
	hits := map[string]int{}
	for i := range r.Hits {
		hits[r.Hits[i].Source]++
	}
	for _, source := range slices.Sorted(maps.Keys(r.Sources)) {
		f.source(source, r.Sources[source], hits[source])
	}
	f.out.Events += r.Rows
	f.out.Unrouted += r.Unrouted
	for l, g := range r.Grounds {
		f.ground(backtest.Logsource(l), g)
	}
}

// source adds events of a source, which may be in several files.
func (f *folderReplay) source(name string, events, hits int) {
	n := slices.IndexFunc(f.out.Recordings, func(r backtest.Recording) bool { return r.Source == name && r.Baseline == f.baseline })
	if n < 0 {
		n = len(f.out.Recordings)
		f.out.Recordings = append(f.out.Recordings, backtest.Recording{Source: name, Baseline: f.baseline})
	}
	f.out.Recordings[n].Events += events
	f.out.Recordings[n].Hits += hits
}

// ground adds what rules of a logsource were tried on.
func (f *folderReplay) ground(l backtest.Logsource, g *record.Ground) {
	to := f.out.Grounds[l]
	if to == nil {
		return
	}
	to.Events += g.Events
	to.Undated += g.Undated
	for name, found := range g.Fields {
		to.Fields[name] = to.Fields[name] || found
	}
	for day, s := range g.Days {
		to.Note(backtest.Day(day), backtest.Span(*s))
	}
}
