package backtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/telemetry/batch"
)

// Streaming replays recordings of any kind: several goroutines read blocks of them in
// turn and evaluate each what it has read. It delivers the same, in the same order, with
// any number of workers, and what it remembers does not grow with the recordings.
type Streaming struct {
	Recordings []string              // as telemetry.Read takes them
	Baseline   []string              // further ones, which are known to be benign
	Normaliser *telemetry.Normaliser // nil for the built-in views
	Read       telemetry.ReadOptions
	Route      func(*telemetry.Event) evaluator.Routed // see telemetry.RouteBy; nil for the views of the event
	Anyway     bool                                    // every rule is tried on every event, see evaluator.IgnoreLogsource
	Jobs       int                                     // workers; 0 means one
	Problem    func(error)                             // told what cannot be read, in order; may be nil; like others, called by one goroutine at a time
	Progress   func(at Progress)                       // told now and then how far it is; may be nil
}

// Progress is how far a replay is.
type Progress struct {
	Events, Hits int
	Source       string // of the latest record
	Bytes        int64  // read of the source so far, as far as known
}

// Replay implements Replayer.
func (s *Streaming) Replay(ctx context.Context, p *compiler.Program, take func(*Hit)) (*Exposure, error) {
	if s.Normaliser == nil {
		with := *s
		with.Normaliser = telemetry.NewNormaliser(nil)
		s = &with
	}
	r := &replay{Streaming: s, probed: newProbed(p)}
	r.out.Grounds = map[Logsource]*Ground{}
	for _, l := range r.logsources {
		r.out.Grounds[l] = NewGround()
	}
	r.replay(ctx, s.Recordings, false, take)
	r.replay(ctx, s.Baseline, true, take)
	for _, w := range r.idle {
		w.survey.settle()
		for i, l := range r.logsources {
			r.out.Grounds[l].Merge(w.survey.grounds[i])
		}
	}
	return &r.out, nil
}

// replay is one run of Streaming.
type replay struct {
	*Streaming
	*probed
	numbering batch.Numbering
	progress  Progress

	out Exposure

	mu   sync.Mutex
	idle []*worker // as many as there were at a time
}

// parcel is what a block of records comes to.
type parcel struct {
	baseline         bool
	hits             []*Hit
	shifts           []shift
	runs             []run
	problems         []error
	events, unrouted int
}

// shift is one of records within a parcel.
type shift struct {
	batch.Shift
	hits int // before it
}

// run is records of one source in a row.
type run struct {
	source       string
	events, hits int
	bytes        int64
}

func (r *replay) replay(ctx context.Context, recordings []string, baseline bool, take func(*Hit)) {
	if len(recordings) == 0 {
		return
	}
	options := r.Read
	options.Raw, options.Unrendered = true, true
	work := func(line *batch.Line[*parcel]) {
		w := r.worker()
		line.Each(func(b *telemetry.Block) *parcel { return w.block(b, baseline) })
		r.mu.Lock()
		r.idle = append(r.idle, w)
		r.mu.Unlock()
	}
	batch.Run(telemetry.Blocks(ctx, recordings, options), r.Jobs, work, func(b *parcel) { r.deliver(b, take) })
}

// deliver hands over the hits of a parcel, with their final numbers.
func (r *replay) deliver(b *parcel, take func(*Hit)) {
	shifts := b.shifts
	for i, h := range b.hits {
		for len(shifts) > 0 && shifts[0].hits <= i {
			r.numbering.Pass(shifts[0].Shift)
			shifts = shifts[1:]
		}
		h.Record = r.numbering.Final(h.Source, h.Record)
		take(h)
	}
	for _, s := range shifts {
		r.numbering.Pass(s.Shift)
	}
	for _, err := range b.problems {
		if r.Problem != nil {
			r.Problem(err)
		}
	}
	r.account(b)
}

// account adds up what is not about single hits.
func (r *replay) account(b *parcel) {
	r.out.Events += b.events
	r.out.Unrouted += b.unrouted
	r.out.Problems += len(b.problems)
	for _, n := range b.runs {
		last := len(r.out.Recordings) - 1
		if last < 0 || r.out.Recordings[last].Source != n.source || r.out.Recordings[last].Baseline != b.baseline {
			r.out.Recordings = append(r.out.Recordings, Recording{Source: n.source, Baseline: b.baseline})
			r.progress.Source, r.progress.Bytes = n.source, 0
			last++
		}
		r.out.Recordings[last].Events += n.events
		r.out.Recordings[last].Hits += n.hits
		r.progress.Bytes += n.bytes
	}
	r.progress.Events, r.progress.Hits = r.out.Events, r.progress.Hits+len(b.hits)
	if r.Progress != nil {
		r.Progress(r.progress)
	}
}

// worker returns one that is idle, or else a new one.
func (r *replay) worker() *worker {
	r.mu.Lock()
	if last := len(r.idle) - 1; last >= 0 {
		defer r.mu.Unlock()
		w := r.idle[last]
		r.idle = r.idle[:last]
		return w
	}
	r.mu.Unlock()
	var ignoring []evaluator.Option
	if r.Anyway {
		ignoring = append(ignoring, evaluator.IgnoreLogsource())
	}
	w := &worker{replay: r, ev: evaluator.New(r.program, ignoring...)}
	var options []telemetry.StreamOption
	if r.Route != nil {
		options = append(options, telemetry.RouteBy(r.Route))
	}
	w.stream = telemetry.NewStream(r.Normaliser, w.ev, options...)
	w.survey = newSurvey(r.probed, r.Anyway, newClock(r.Normaliser), w.see)
	return w
}

// worker evaluates records on one goroutine.
type worker struct {
	*replay
	ev     *evaluator.Evaluator
	stream *telemetry.Stream
	survey *survey
}

// block evaluates one block.
func (w *worker) block(b *telemetry.Block, baseline bool) *parcel {
	out := &parcel{baseline: baseline}
	for record, err := range b.Records() {
		w.one(record, err, out)
	}
	return out
}

func (w *worker) one(record *telemetry.Record, err error, out *parcel) {
	if err == nil {
		err = w.record(record, out)
	}
	if errors.Is(err, telemetry.ErrNotPlain) {
		w.reread(*record, out)
	} else if err != nil {
		out.problems = append(out.problems, err)
	}
}

// reread evaluates what is in a raw record that is not simply one.
func (w *worker) reread(raw telemetry.Record, out *parcel) {
	n := 0
	for record, err := range w.stream.Reread(raw) {
		if err == nil {
			record.Index = batch.Within(raw.Index, n)
			n++
		}
		w.one(&record, err, out)
	}
	if n != 1 {
		out.shifts = append(out.shifts, shift{batch.Shift{Source: raw.Source, Line: raw.Index, By: n - 1}, len(out.hits)})
	}
}

// record evaluates a record as it was read.
func (w *worker) record(record *telemetry.Record, out *parcel) error {
	matches, views, err := w.stream.Match(*record)
	if err != nil {
		return err
	}
	stopped := w.ev.Suppressed()
	out.events++
	if views == 0 {
		out.unrouted++
	}
	n := out.runOf(record)
	n.events++
	n.bytes += int64(len(record.Raw)) + 1
	kind, at, err := w.survey.count(record, matches)
	if err != nil || len(kind.matches) == 0 && len(stopped) == 0 {
		return err
	}
	event, seen, err := w.see()
	if err != nil {
		return err
	}
	n.hits++
	if at.IsZero() {
		at, _, _ = event.Time()
	}
	out.hits = append(out.hits, &Hit{Source: record.Source, Record: record.Index, Baseline: out.baseline, Time: at,
		Matches: kind.matches, Suppressed: slices.Clone(stopped),
		Load: func() (*telemetry.Event, []evaluator.View, error) { return event, seen, nil }})
	return nil
}

// see returns the event of the current record, and its views.
func (w *worker) see() (*telemetry.Event, []evaluator.View, error) {
	event, err := w.stream.Event()
	if err != nil {
		return nil, nil, err
	}
	if w.Route != nil {
		return event, w.Route(event).Views(), nil
	}
	return event, event.Views(), nil
}

func (b *parcel) runOf(record *telemetry.Record) *run {
	if n := len(b.runs); n > 0 && b.runs[n-1].source == record.Source {
		return &b.runs[n-1]
	}
	b.runs = append(b.runs, run{source: record.Source})
	return &b.runs[len(b.runs)-1]
}

// timeOf returns the time of an event, the zero time if it has none.
func timeOf(e *telemetry.Event) time.Time {
	t, _, ok := e.Time()
	if !ok {
		return time.Time{}
	}
	return t
}
