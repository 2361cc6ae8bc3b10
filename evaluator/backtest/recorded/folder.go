package recorded

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// folderReplay is the replay of one folder.
type folderReplay struct {
	*Replayer
	program  *compiler.Program
	out      *backtest.Exposure
	take     func(*backtest.Hit)
	baseline bool
	progress backtest.Progress
	order    *record.Order

	withoutIndex int // files
}

func (f *folderReplay) replay(ctx context.Context, folder string) error {
	o := record.ReplayOptions{Workers: f.Stream.Jobs, Normaliser: f.Stream.Normaliser, Exposure: true, Anyway: f.Stream.Anyway, Cache: true, Unread: f.unread}
	return record.Replay(ctx, folder, f.program, o, func(r *record.Replayed) error {
		f.deliver(ctx, r.Hits)
		f.account(r)
		if r.WithoutIndex {
			f.withoutIndex++
		}
		f.progress.Source = filepath.Join(folder, filepath.FromSlash(r.Path))
		f.progress.Bytes = r.Bytes
		f.progress.Events, f.progress.Hits = f.progress.Events+r.Rows, f.progress.Hits+len(r.Hits)
		if f.Stream.Progress != nil {
			f.Stream.Progress(f.progress)
		}
		return nil
	})
}

// unread tells of a file that cannot be read. As of other recordings, what is left is
// replayed.
func (f *folderReplay) unread(is record.File, err error) error {
	f.out.Problems++
	if f.Stream.Problem != nil {
		f.Stream.Problem(is.LeftOut(err))
	}
	return nil
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
