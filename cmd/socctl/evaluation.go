package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/telemetry/batch"
	"github.com/socctl/socctl/evaluator/telemetry/census"
)

// evaluation runs rules over recordings: several goroutines read blocks of them in turn
// and evaluate each what it has read; what they tell is written in the order in which it
// was read.
type evaluation struct {
	cli        *cli
	options    *evalOptions
	program    *compiler.Program
	explain    *compiler.Rule // nil unless one rule is to be explained
	assigned   map[string]string
	normaliser *telemetry.Normaliser
	progress   *report.Progress

	feeds       map[*compiler.Rule]int // rules that feed correlations
	correlating *correlating           // nil if there are no correlations

	events, matched, unrouted, problems, suppressed int

	numbering numberings

	censuses sync.Mutex
	census   *census.Census // nil unless --stats
}

// batchResult is what a block of records comes to.
type batchResult struct {
	told             matchText           // lines of matches
	lines            []matchLine         // what tables sum up, and alerts of correlations
	text             []byte              // explanations
	hits             [][]correlation.Hit // by event
	events, unrouted int
	suppressed       int // matches that filters kept back
	problems         []error
	shifts           []shift
}

func (r *evaluation) all(ctx context.Context, recordings []string) error {
	out := bufio.NewWriterSize(r.cli.stdout, 64<<10)
	write, finish := r.writer(out)
	r.correlating.orderBy(recordings)
	var failed error
	deliver := func(b *batchResult) {
		r.count(b)
		if failed == nil {
			failed = write(b)
		}
		if failed == nil {
			failed = out.Flush() // the next block of a live source may be long in coming
		}
	}
	batch.Run(r.blocks(ctx, recordings), r.options.workers, r.work, func(b *batchResult) {
		r.numbering.settle(b)
		if r.correlating != nil {
			b.lines = append(b.lines, r.correlating.add(b.hits)...)
		}
		deliver(b)
		recycle(b.lines)
		b.told.recycle()
	})
	if r.correlating != nil {
		deliver(&batchResult{lines: r.correlating.close()})
	}
	r.progress.Done()
	if failed == nil {
		failed = finish()
	}
	if failed == nil {
		failed = out.Flush()
	}
	return failed
}

// blocks reads recordings.
func (r *evaluation) blocks(ctx context.Context, recordings []string) iter.Seq[*telemetry.Block] {
	return func(yield func(*telemetry.Block) bool) {
		for _, part := range inTurn(recordings) {
			blocks := telemetry.Blocks(ctx, part, r.readOptions())
			if record.Is(part[0]) {
				blocks = telemetry.BlocksOf(recordsOf(ctx, part[0]))
			}
			for b := range blocks {
				if !yield(b) {
					return
				}
			}
		}
	}
}

// inTurn parts recordings into folders of recorded telemetry, each by itself, and runs
// of others between them.
func inTurn(recordings []string) (parts [][]string) {
	for i, name := range recordings {
		if i == 0 || record.Is(name) || record.Is(recordings[i-1]) {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], name)
	}
	return parts
}

// recordsOf reads recorded telemetry.
func recordsOf(ctx context.Context, folder string) iter.Seq2[telemetry.Record, error] {
	return func(yield func(telemetry.Record, error) bool) {
		left := false
		next := func(r telemetry.Record, err error) error {
			if left = !yield(r, err); left {
				return context.Canceled
			}
			return ctx.Err()
		}
		unread := func(f record.File, err error) error { return next(telemetry.Record{}, f.LeftOut(err)) }
		err := record.Records(folder, unread, func(row record.Row) error { return next(row.Record, nil) })
		if err != nil && !left && ctx.Err() == nil {
			yield(telemetry.Record{}, err)
		}
	}
}

// raw reports whether events are made only of records of which they are needed.
func (r *evaluation) raw() bool {
	return r.explain == nil && !r.options.stats
}

func (r *evaluation) readOptions() telemetry.ReadOptions {
	o := r.options.readOptions(r.cli.stdin)
	o.Raw, o.Unrendered = r.raw(), r.raw()
	return o
}

// work evaluates blocks until there are none.
func (r *evaluation) work(line *batch.Line[*batchResult]) {
	var options []evaluator.Option
	if r.options.logsource == "off" {
		options = append(options, evaluator.IgnoreLogsource())
	}
	w := worker{evaluation: r, ev: evaluator.New(r.program, options...), maker: newLineMaker(r.options.members)}
	if r.options.format != "table" {
		w.asks = w.maker.layout.asks
	}
	if r.raw() {
		w.stream = telemetry.NewStream(r.normaliser, w.ev, telemetry.RouteBy(r.route))
	}
	if r.options.stats {
		w.census = census.New(r.program)
	}
	line.Each(w.block)
	w.report()
}

// block evaluates one block.
func (w *worker) block(b *telemetry.Block) *batchResult {
	out := &batchResult{told: newMatchText()}
	if used, ok := lineMemory.Get().(*[]matchLine); ok {
		out.lines = (*used)[:0]
	}
	for record, err := range b.Records() {
		w.one(record, err, out)
	}
	w.maker.finish(&out.told)
	return out
}

// worker evaluates blocks on one goroutine.
type worker struct {
	*evaluation
	ev     *evaluator.Evaluator
	stream *telemetry.Stream // nil unless evaluation.raw
	census *census.Census    // nil unless --stats
	maker  lineMaker
	asks   telemetry.IdentityPart // parts of the identity of an event that are written down
}

// report adds the census of the worker to that of the run.
func (w *worker) report() {
	if w.census == nil {
		return
	}
	w.censuses.Lock()
	defer w.censuses.Unlock()
	if w.evaluation.census == nil {
		w.evaluation.census = w.census
		return
	}
	w.evaluation.census.Merge(w.census)
}

// lineMemory is that of lines that were written.
var lineMemory sync.Pool

func recycle(lines []matchLine) {
	if cap(lines) > 0 && cap(lines) <= maxRecycled {
		clear(lines)
		lineMemory.Put(&lines)
	}
}

// maxRecycled is how many lines the memory that is used again may hold: more than usual
// blocks have.
const maxRecycled = 1 << 13

func (w *worker) one(record *telemetry.Record, err error, out *batchResult) {
	switch {
	case err != nil:
		out.problems = append(out.problems, err)
	case w.stream != nil:
		w.streamed(record, out)
	default:
		w.evented(record, out)
	}
}

// streamed evaluates a record as it was read.
func (w *worker) streamed(record *telemetry.Record, out *batchResult) {
	matches, views, err := w.stream.MatchRecord(record)
	switch {
	case err == nil:
	case errors.Is(err, telemetry.ErrNotPlain):
		w.reread(record, out)
		return
	default:
		out.problems = append(out.problems, err)
		return
	}
	out.events++
	if views == 0 {
		out.unrouted++
	}
	out.suppressed += len(w.ev.Suppressed())
	if len(matches) == 0 && (len(w.ev.Suppressed()) == 0 || !w.options.suppressed) {
		return
	}
	if err := w.identified(record, matches, out); err != nil {
		out.problems = append(out.problems, err)
	}
}

// identified tells what a streamed record matches. An event is made of it only if there
// are correlations to feed.
func (w *worker) identified(record *telemetry.Record, matches []evaluator.Match, out *batchResult) error {
	id, err := w.stream.TransientParts(w.asks) // lines are written of it at once
	if err != nil {
		return err
	}
	w.tell(&id, record, matches, out)
	if len(w.feeds) == 0 {
		return nil
	}
	event, err := w.stream.Event()
	if err != nil {
		return err
	}
	w.feed(event, matches, out)
	return nil
}

// reread evaluates what is in a raw record that is not simply one; see numbering.
func (w *worker) reread(raw *telemetry.Record, out *batchResult) {
	n := 0
	for record, err := range w.stream.Reread(*raw) {
		if err == nil {
			record.Index = batch.Within(raw.Index, n)
			n++
		}
		w.one(&record, err, out)
	}
	if n != 1 {
		out.shifts = append(out.shifts, shift{batch.Shift{Source: raw.Source, Line: raw.Index, By: n - 1}, len(out.told.numbers), len(out.hits)})
	}
}

// evented evaluates the event of a record.
func (w *worker) evented(record *telemetry.Record, out *batchResult) {
	event := w.normaliser.Event(*record)
	out.events++
	if len(event.Views()) == 0 {
		out.unrouted++
	}
	switch {
	case w.explain != nil:
		w.explainOne(w.ev, event, out)
		return
	case w.census != nil:
		w.census.Add(event, viewsOf(w.route(event)))
	}
	matches := w.ev.Match(w.route(event))
	out.suppressed += len(w.ev.Suppressed())
	if len(matches)+len(w.ev.Suppressed()) > 0 {
		id := event.Identity(w.asks)
		w.tell(&id, record, matches, out)
		w.feed(event, matches, out)
	}
}

// tell writes down what a record matches.
func (w *worker) tell(id *telemetry.Identity, record *telemetry.Record, matches []evaluator.Match, out *batchResult) {
	var stopped []evaluator.Suppression
	if w.options.suppressed {
		stopped = w.ev.Suppressed()
	}
	if w.options.format != "table" {
		w.maker.tell(&out.told, id, record, matches, stopped)
		return
	}
	for _, m := range matches {
		if m.Rule.Alerts {
			out.lines = append(out.lines, matchLine{lineRule: w.maker.rule(m.Rule), Source: record.Source})
		}
	}
	for _, s := range stopped {
		out.lines = append(out.lines, matchLine{lineRule: w.maker.rule(s.Rule), Source: record.Source, SuppressedBy: suppressedText(s)})
	}
}

// feed tells correlations what an event matches.
func (w *worker) feed(event *telemetry.Event, matches []evaluator.Match, out *batchResult) {
	if len(w.feeds) == 0 {
		return
	}
	if hits := w.hits(event, w.route(event), slices.Clone(matches)); hits != nil {
		out.hits = append(out.hits, hits)
	}
}

func (r *evaluation) count(b *batchResult) {
	r.events += b.events
	r.unrouted += b.unrouted
	r.suppressed += b.suppressed
	r.matched += b.told.matches
	for i := range b.lines {
		if b.lines[i].SuppressedBy == nil {
			r.matched++
		}
	}
	r.problems += len(b.problems)
	if len(b.problems) > 0 {
		r.progress.Done()
	}
	for _, err := range b.problems {
		fmt.Fprintf(r.cli.stderr, "%s %s\n", r.cli.err().Paint(report.Red, "error:"), report.Clean(err.Error()))
	}
	r.progress.Update("%d events, %d matches", r.events, r.matched)
}

// writer returns how a batch is written and what is left to do behind the last.
func (r *evaluation) writer(out io.Writer) (write func(*batchResult) error, finish func() error) {
	none := func() error { return nil }
	switch {
	case r.options.stats:
		return func(*batchResult) error { return nil }, none
	case r.explain != nil:
		return func(b *batchResult) error { _, err := out.Write(b.text); return err }, none
	case r.options.format == "table":
		return r.tableWriter(out)
	}
	var line []byte
	return func(b *batchResult) error {
		if _, err := out.Write(b.told.text); err != nil {
			return err
		}
		for i := range b.lines {
			var err error
			if line, err = b.lines[i].appendChosen(line[:0], r.options.members); err != nil {
				return err
			}
			if _, err = out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	}, none
}

// tableWriter sums up: one row for every rule and source.
func (r *evaluation) tableWriter(out io.Writer) (write func(*batchResult) error, finish func() error) {
	type key struct{ level, title, source string }
	counts := map[key]int{}
	var order []key
	write = func(b *batchResult) error {
		for _, l := range b.lines {
			k := key{l.Level, l.RuleTitle, l.Source}
			if l.SuppressedBy != nil {
				k.title += " (suppressed by " + strings.Join(l.SuppressedBy, ", ") + ")"
			}
			if counts[k]++; counts[k] == 1 {
				order = append(order, k)
			}
		}
		return nil
	}
	finish = func() error {
		if len(order) == 0 {
			return nil
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "LEVEL\tRULE\tMATCHES\tSOURCE")
		for _, k := range order {
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", k.level, report.Clean(k.title), counts[k], report.Clean(k.source))
		}
		return w.Flush()
	}
	return write, finish
}
