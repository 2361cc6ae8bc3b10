// Package recorded replays telemetry that package record keeps in columns, as backtests
// and whatever else takes a backtest.Replayer want it. What it delivers is what
// backtest.Streaming delivers of the recordings that were recorded, but for the order in
// which recordings are listed. Rules that have not changed since the last replay of a
// folder are not evaluated again: what they found is remembered beside it.
package recorded

import (
	"context"
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/record"
)

// Replayer replays folders that package record has made, and as a stream what is none. One
// may replay several times, and several the same folders at once. A folder that is
// compacted or redacted meanwhile ends the replay with record.ErrChanged.
type Replayer struct {
	// Stream says what else is replayed, and how all is: Normaliser, Anyway, Jobs, Problem
	// and Progress are about folders too. With Route, folders are an error: they keep the
	// views that they were recorded with.
	Stream   *backtest.Streaming
	Folders  []string
	Baseline []string // further folders, whose events are known to be benign

	// WithoutIndex is told of a folder with files that were read as a whole, because their
	// indexes are gone or damaged; record.Compact makes them anew. Nil tells nobody.
	WithoutIndex func(folder string, files int)
}

// New parts what a stream was to replay into folders that package record has made and
// what is none. The stream itself stays as it is.
func New(s *backtest.Streaming) *Replayer {
	stream := *s
	r := &Replayer{Stream: &stream}
	r.Folders, stream.Recordings = part(s.Recordings)
	r.Baseline, stream.Baseline = part(s.Baseline)
	return r
}

func part(names []string) (folders, others []string) {
	for _, name := range names {
		if record.Is(name) {
			folders = append(folders, name)
		} else {
			others = append(others, name)
		}
	}
	return folders, others
}

// Replay implements backtest.Replayer.
func (r *Replayer) Replay(ctx context.Context, p *compiler.Program, take func(*backtest.Hit)) (*backtest.Exposure, error) {
	folders := slices.Concat(r.Folders, r.Baseline)
	if len(folders) > 0 && r.Stream.Route != nil {
		return nil, fmt.Errorf("what is recorded in %s keeps its own views: they cannot be routed otherwise", folders[0])
	}
	out, err := r.Stream.Replay(ctx, p, take)
	if err != nil {
		return nil, err
	}
	order, err := record.OrderOf(folders...)
	if err != nil {
		return nil, err
	}
	for i, folder := range folders {
		f := &folderReplay{order: order, Replayer: r, program: p, out: out, take: take, baseline: i >= len(r.Folders), progress: backtest.Progress{Source: folder}}
		if err := f.replay(ctx, folder); err != nil && ctx.Err() == nil {
			return nil, err
		}
		if f.withoutIndex > 0 && r.WithoutIndex != nil {
			r.WithoutIndex(folder, f.withoutIndex)
		}
	}
	return out, nil
}
