package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Hit is an event that some rule matches, or would match but for a filter.
type Hit struct {
	Source     string
	Index      int       // of the record in its source
	Time       time.Time // zero if the event tells none
	Matches    []evaluator.Match
	Suppressed []evaluator.Suppression

	// Event makes the event. It reads what it needs of the file, which must still be there.
	Event func() (*telemetry.Event, error)
	// Extra is what Visit wants to keep of the event.
	Extra any

	row int32 // of its file
}

// askTime asks the event for its time, which a file cannot hold if it is out of all
// range.
func (h *Hit) askTime() error {
	event, err := h.Event()
	if err == nil {
		h.Time, _, _ = event.Time()
	}
	return err
}

// Replayed is what rules make of a file.
type Replayed struct {
	File
	Hits    []Hit          // in the order of the rows
	Sources map[string]int // how many events each has
	// WithoutIndex is set if the index is gone or damaged: the file was read instead, as a whole.
	WithoutIndex bool

	// If ReplayOptions ask for it:
	Unrouted int                   // events of no known logsource
	Grounds  map[Logsource]*Ground // of each logsource of the program that events have, and of the empty one
}

// ReplayOptions change how a recording is replayed. The zero value stands for the
// defaults.
type ReplayOptions struct {
	Workers    int                   // as many as there are processors by default
	Normaliser *telemetry.Normaliser // says what events are; the built-in one if it is nil
	Visit      func(*Hit) error      // is called for every hit, by several goroutines at a time; nil does nothing
	Anyway     bool                  // every rule is tried on every event, see evaluator.IgnoreLogsource
	Exposure   bool                  // tells what rules were tried on
	// Cache remembers beside the recording what rules found, so that only rules that
	// have changed are evaluated the next time.
	Cache bool
	// Unread is told which file cannot be read, and why; the replay goes on without it unless
	// an error is returned. If it is nil, what cannot be read ends the replay.
	Unread func(File, error) error

	passing bool // only Visit asks for events
	spoil   bool // see room
}

// Replay matches the rules of a program with the events of a recording. yield is
// called for each file that can be read, in the order of the manifest; an error ends the
// replay.
func Replay(ctx context.Context, dir string, p *compiler.Program, o ReplayOptions, yield func(*Replayed) error) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Normaliser == nil {
		o.Normaliser = telemetry.NewNormaliser(nil)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]chan *fileReplay, len(m.Files))
	for i := range results {
		results[i] = make(chan *fileReplay, 1)
	}
	next, ahead := make(chan int), make(chan struct{}, 4*o.Workers)
	files, done := filesOf(dir, p, &o)
	defer done()
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	for range o.Workers {
		workers.Go(func() {
			file := files()
			for i := range next {
				results[i] <- file(ctx, m.Files[i])
			}
		})
	}
	go func() {
		defer close(next)
		for i := range m.Files {
			select {
			case ahead <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	for i := range m.Files {
		select {
		case r := <-results[i]:
			<-ahead
			if err := r.yield(ctx, dir, &o, yield); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// filesOf returns what makes replays of files, each for one goroutine, and what is to be called
// when all are done.
func filesOf(dir string, p *compiler.Program, o *ReplayOptions) (files func() func(context.Context, File) *fileReplay, done func()) {
	if !o.Cache || slices.ContainsFunc(p.Rules, func(r *compiler.Rule) bool { return r.Hash == "" }) {
		return func() func(context.Context, File) *fileReplay { return newReplayer(dir, p, o).file }, func() {}
	}
	c := openCache(dir, p, o)
	return func() func(context.Context, File) *fileReplay { return newRemembering(dir, p, o, c).file }, c.close
}

// fileReplay is the replay of a file.
type fileReplay struct {
	Replayed
	err error
}

// yield hands over what was found, or tells that the file cannot be read.
func (r *fileReplay) yield(ctx context.Context, dir string, o *ReplayOptions, yield func(*Replayed) error) error {
	err := r.err
	if err == nil {
		return orChanged(dir, r.File, yield(&r.Replayed))
	}
	err = orChanged(dir, r.File, err)
	if o.Unread == nil || ctx.Err() != nil || errors.Is(err, ErrChanged) {
		return err
	}
	return o.Unread(r.File, err)
}

// replayer replays files on one goroutine.
type replayer struct {
	dir     string
	program *compiler.Program
	options *ReplayOptions
	records *evaluator.Records
	ofKinds *telemetry.SourceKinds
	reader  reader
	end     []byte         // memory for the end of the next file
	shapes  map[string]int // by skeleton and kind of the source
	router  *router        // nil if every rule is tried on every event
	asked   askedFields    // nil if nobody wants to know what rules were tried on
	hits    []rowHit       // room for those of the next row group
}

func newReplayer(dir string, p *compiler.Program, o *ReplayOptions) *replayer {
	var options []evaluator.Option
	if o.Anyway {
		options = append(options, evaluator.IgnoreLogsource())
	}
	var asked askedFields
	if o.Exposure {
		asked = fieldsAsked(p)
	}
	return &replayer{dir: dir, program: p, options: o, records: evaluator.New(p, options...).Records(), ofKinds: telemetry.NewSourceKinds(o.Normaliser), shapes: map[string]int{}, router: newRouter(p, o, asked), asked: asked,
		reader: reader{room: &room{spoil: o.spoil}}}
}

// file replays a file.
func (w *replayer) file(ctx context.Context, f File) *fileReplay {
	r := &fileReplay{Replayed: Replayed{File: f, Sources: map[string]int{}}}
	if w.options.Exposure {
		r.Grounds = map[Logsource]*Ground{{}: newGround()}
	}
	var silent *silence
	judged := w.router.judges(&f) && unchanged(w.dir, f)
	if judged {
		r.Sources = maps.Clone(f.Sources)
		if f.Index != nil {
			var err error
			if silent, err = w.router.silent(w.dir, &f); err != nil {
				silent, r.WithoutIndex = nil, true // all that an index says is in its file as well
			}
		}
		if w.router.idle(&f, silent, &r.Replayed) == 0 {
			return r
		}
	}
	t, err := openParts(w.end, w.dir, f)
	if err != nil {
		r.err = err
		return r
	}
	defer t.close()
	w.end = nil
	for i := range t.footer.groups {
		if r.err = ctx.Err(); r.err != nil {
			return r
		}
		g := &groupReplay{replayer: w, judged: judged, silent: silent, hits: w.hits, rowGroup: t.group(i, &w.reader)}
		if err := g.replay(ctx, &r.Replayed); err != nil {
			r.err = fmt.Errorf("%s: %w", t.path, err)
			return r
		}
		g.retire()
	}
	if w.end = t.end[:0]; w.options.spoil {
		clear(t.end)
	}
	return r
}

// retire gives back the memory of what was read. Events that are made from now on, when
// the worker is at another file, read the file again.
func (g *groupReplay) retire() {
	for _, b := range g.batches {
		b.Leaves = nil
		if len(g.hits) > 0 && g.like[b].rests() {
			b.Rows = slices.Clone(b.Rows)
		} else {
			b.Rows = nil // nothing asks for them
		}
	}
	g.batches, g.like = nil, nil
	clear(g.hits)
	g.replayer.hits = g.hits[:0]
	g.told = told{} // which is in memory that is given back
	g.file, g.rowGroup = g.table.is, rowGroup{number: g.number}
	g.sources, g.kinds, g.sourceKinds, g.tried, g.hits, g.retired, g.leavesOf = nil, nil, nil, nil, nil, true, map[*evaluator.Batch][]evaluator.Column{}
	g.replayer.reader.room.release()
}

// replay replays a row group.
func (g *groupReplay) replay(ctx context.Context, into *Replayed) error {
	wanted, err := g.wanted()
	if err != nil {
		return err
	}
	layouts, byLayout, err := g.layoutsOf(wanted)
	if err != nil {
		return err
	}
	if g.sources, err = g.full(sourceColumn); err != nil {
		return err
	}
	for n, rows := range byLayout {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, of := range g.byKind(rows) {
			if len(of.rows) == 0 {
				continue
			}
			if err := g.matchLayout(layouts[n], of.kind, of.rows); err != nil {
				return err
			}
		}
	}
	if err := g.match(); err != nil {
		return err
	}
	if !g.judged {
		g.countSources(into)
	}
	return g.finish(ctx, into)
}

// countSources counts the events of each source.
func (g *groupReplay) countSources(into *Replayed) {
	count := make([]int, len(g.sources.dictionary.Texts))
	for _, code := range g.sources.codes.codes {
		count[code]++
	}
	for code, n := range count {
		if n > 0 {
			into.Sources[strings.Clone(g.sources.dictionary.Texts[code])] += n
		}
	}
}

// wanted tells which rows some rule is tried on; nil if that may be all.
func (g *groupReplay) wanted() (func(row int) bool, error) {
	if !g.judged {
		return nil, nil
	}
	c, err := g.full(routeColumn)
	if err != nil {
		return nil, err
	}
	all := true
	wanted := make([]bool, len(c.dictionary.Texts))
	for i, route := range c.dictionary.Texts {
		wanted[i] = g.router.of(route).wanted && !g.silent.called(route)
		all = all && wanted[i]
	}
	if all {
		return nil, nil
	}
	return func(row int) bool { return wanted[c.codes.codes[row]] }, nil
}

// groupReplay is the replay of a row group.
type groupReplay struct {
	*replayer
	rowGroup
	sources *groupColumn

	kinds       []ofKind // of rows that are being divided
	sourceKinds []int    // by source: which of kinds it is of; nil until it is needed
	judged      bool     // what the manifest says of routes and sources counts
	silent      *silence // and what the index says; nil if it was not asked
	hits        []rowHit
	tried       []triedRows

	batches []*evaluator.Batch
	like    map[*evaluator.Batch]*layoutFile // layouts of their rows

	retired  bool
	file     File                                    // of the group, once it is retired
	leavesOf map[*evaluator.Batch][]evaluator.Column // that were read again
}

type rowHit struct {
	row int32
	Hit
	event func(telemetry.Record) (*telemetry.Event, error)
}

// matchLayout replays rows of one layout, or makes batches of them.
func (g *groupReplay) matchLayout(l *layoutFile, kind string, rows []int32) error {
	if l.mould == nil {
		return g.wholeRows(rows)
	}
	as, other, err := g.ordered(rows)
	if err != nil {
		return err
	}
	g.batch(l, kind, as, false)
	if len(other) > 0 {
		g.batch(l, kind+"\x00any", other, true)
	}
	return nil
}

// match replays the rows of batches.
func (g *groupReplay) match() error {
	var tried func(rows []int32, t *evaluator.Tried)
	if g.options.Exposure {
		tried = func(rows []int32, t *evaluator.Tried) { g.tried = append(g.tried, triedRows{t, rows}) }
	}
	err := g.records.MatchBatches(g.batches, tried, func(b *evaluator.Batch, row int, matches []evaluator.Match, stopped []evaluator.Suppression) {
		l := g.like[b]
		g.hit(int32(row), matches, stopped, func(r telemetry.Record) (*telemetry.Event, error) { return g.again(l, b, int32(row), r) })
	})
	return err
}

// event makes the event of a row.
func (g *groupReplay) event(l *layoutFile, leaves []evaluator.Column, row int32, t *evaluator.Trace) (*telemetry.Event, error) {
	v, err := g.value(l, leaves, row, t)
	if err != nil {
		return nil, err
	}
	return g.options.Normaliser.Event(telemetry.Record{Source: g.source(row), Value: v}), nil
}

// again makes the event of a hit, which can be kept. Where it comes from is told.
func (g *groupReplay) again(l *layoutFile, b *evaluator.Batch, row int32, from telemetry.Record) (*telemetry.Event, error) {
	leaves := b.Leaves
	if g.retired {
		if err := g.reopen(); err != nil {
			return nil, err
		}
		if g.leavesOf[b] == nil {
			g.leavesOf[b] = g.leaves(l, b.Rows)
		}
		leaves = g.leavesOf[b]
	}
	var err error
	if from.Value, err = g.value(l, leaves, row, nil); err != nil {
		return nil, err
	}
	return g.options.Normaliser.Event(from), nil
}

// reopen reads the end of the file again for events of a group that is retired.
func (g *groupReplay) reopen() error {
	if g.table != nil {
		return nil
	}
	t, err := openParts(nil, g.dir, g.file)
	if err != nil {
		return err
	}
	t.close() // what is read of it opens it for a moment
	g.rowGroup = t.group(g.number, &reader{})
	return nil
}

func (g *groupReplay) source(row int32) string {
	return g.sources.text(row)
}

// wholeRows replays records that are kept whole.
func (g *groupReplay) wholeRows(rows []int32) error {
	for _, row := range rows {
		v, err := g.wholeValue(row)
		if err != nil {
			return err
		}
		event := g.options.Normaliser.Event(telemetry.Record{Source: g.source(row), Value: v})
		if g.options.Exposure {
			g.tried = append(g.tried, triedRows{g.records.TriedOn(event), []int32{row}})
		}
		matches := g.records.Evaluator.Match(event)
		if len(matches)+len(g.records.Suppressed()) == 0 {
			continue
		}
		g.hit(row, matches, g.records.Suppressed(), func(from telemetry.Record) (*telemetry.Event, error) {
			from.Value = v
			return g.options.Normaliser.Event(from), nil
		})
	}
	return nil
}
