package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// recordOptions are the flags of record.
type recordOptions struct {
	memory     int
	input      string
	year       int
	timeZone   string
	format     string
	redaction  record.Redaction
	expansion  int
	maxRecord  int
	again      bool
	normaliser *telemetry.Normaliser
}

func (c *cli) recordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Keep recordings in columns, to replay them many times",
		Long: `Keep recordings in columns, to replay them many times.

A recording is a folder of Parquet files by day and view, with a manifest. Events
are as their source wrote them; rules are applied when it is replayed.`,
		Example: "  socctl record add history logs/\n  socctl record list history\n  socctl backtest -r rules history",
	}
	cmd.AddCommand(c.recordAdd(), c.recordList(), c.recordVerify(), c.recordCompact(), c.recordRedact(), c.recordCat())
	return cmd
}

func (c *cli) recordAdd() *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:     "add DIR RECORDING...",
		Short:   "Add recordings of any format to a folder",
		Example: "  socctl record add history logs/\n  socctl record add history - < day.ndjson",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usageError("name a folder and a recording, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.recordAll(cmd.Context(), &o, args[0], args[1:])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.input, "input", "", "`format` of all recordings (default: by content): "+inputFormatNames())
	flags.IntVar(&o.year, "year", 0, "year of times without one (default: by the file's modification time)")
	flags.StringVar(&o.timeZone, "timezone", "UTC", "`zone` of times without one, such as Europe/Berlin")
	flags.IntVar(&o.maxRecord, "max-record", telemetry.DefaultMaxRecord>>20, "largest JSON record in `MiB`; larger ones are reported and left out")
	flags.IntVar(&o.expansion, "max-expansion", telemetry.DefaultMaxExpansion, "how many `times` its size a compressed recording may expand to; -1 for any")
	flags.BoolVar(&o.again, "again", false, "record files whose content was recorded before once more")
	memoryFlag(cmd, &o)
	return cmd
}

func memoryFlag(cmd *cobra.Command, o *recordOptions) {
	cmd.Flags().IntVar(&o.memory, "memory", 1024, fmt.Sprintf("`MiB` that the process may take; at least %d", leastMemory))
}

// leastMemory is how many MiB recording takes without holding many events; of these
// beside are outside of what is collected: the program itself, and stacks.
const (
	leastMemory  = 400
	memoryBeside = 32
)

// options bounds the memory of the process, and returns what the package takes: of
// what the process may take a third is for events that are held. If these are hardly more
// than one column, as much is needed to put it together, and again to compress it.
func (o *recordOptions) options() (record.Options, error) {
	if o.memory < leastMemory {
		return record.Options{}, usageError("--memory takes at least %d MiB", leastMemory)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(o.memory-memoryBeside) << 20)
	}
	return record.Options{Memory: o.memory << 20 / 3, Normaliser: o.normaliser}, nil
}

// recordAll adds recordings to a folder.
func (c *cli) recordAll(ctx context.Context, o *recordOptions, dir string, recordings []string) error {
	if err := telemetry.CheckInputFormat(o.input); err != nil {
		return usageError("--input: %v", err)
	}
	if o.maxRecord < 1 {
		return usageError("--max-record takes a number of MiB, at least 1")
	}
	zone, err := zoneOf(o.timeZone)
	if err != nil {
		return err
	}
	if n := slices.IndexFunc(recordings, record.Is); n >= 0 {
		return usageError("%s is recorded telemetry already: eval and backtest take several folders; or record what it was recorded from", report.Clean(recordings[n]))
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	table, err := c.views(cfg)
	if err != nil {
		return err
	}
	collectLess()
	o.normaliser = telemetry.NewNormaliser(table, telemetry.TimeZone(zone), telemetry.Year(o.year))
	options, err := o.options()
	if err != nil {
		return err
	}
	was := record.Is(dir)
	w, err := record.Create(dir, options)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	r := &recorder{cli: c, Writer: w, progress: report.NewProgress(c.stderr, c.quiet), stream: telemetry.NewStream(o.normaliser, evaluator.New(&compiler.Program{}))}
	r.inputs.again = o.again
	err = r.all(ctx, recordings, telemetry.ReadOptions{Raw: true, Stdin: c.stdin, Format: o.input, MaxRecord: o.maxRecord << 20, MaxExpansion: o.expansion, File: r.open})
	if ctx.Err() == nil {
		r.read()
	}
	r.progress.Done()
	if err != nil {
		return &exitError{exitUnreadable, errors.Join(nothingRecorded(err), w.Abort())}
	}
	if !was && w.Rows() == 0 && r.problems > 0 { // an empty recording would only hide that
		return &exitError{exitUnreadable, errors.Join(fmt.Errorf("no event could be read, so no recording was made in %s", report.Clean(dir)), w.Abort())}
	}
	if err := w.Commit(); err != nil {
		return &exitError{exitUnreadable, nothingRecorded(err)}
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s recorded in %s", report.Count(w.Rows(), "event"), dir)
		if r.problems > 0 {
			fmt.Fprintf(c.stderr, ", %s", report.Count(r.problems, "problem"))
		}
		fmt.Fprintln(c.stderr)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(c.stderr, "socctl: interrupted; what was read so far is recorded")
		return exitWith(exitUnreadable)
	}
	if r.problems > 0 {
		return exitWith(exitUnreadable)
	}
	return nil
}

func nothingRecorded(err error) error {
	if errors.Is(err, record.ErrHalfDone) {
		return err
	}
	return fmt.Errorf("%w; the recording is as it was before: nothing of this run was recorded", err)
}

// recorder adds what is read to a recording.
type recorder struct {
	*cli
	*record.Writer
	inputs   inputs
	progress *report.Progress
	stream   *telemetry.Stream // reads raw records that are not simply one
	source   string
	shift    int // how many more records than lines the source has had
	problems int
}

func (r *recorder) all(ctx context.Context, recordings []string, o telemetry.ReadOptions) error {
	for record, err := range telemetry.Read(ctx, recordings, o) {
		if err := r.one(record, err); err != nil {
			return err
		}
		if r.Rows()%1024 == 0 {
			r.progress.Update("%d events", r.Rows())
		}
	}
	return nil
}

// one adds a record, or reports what could not be read.
func (r *recorder) one(of telemetry.Record, err error) error {
	if err != nil {
		r.problems++
		r.progress.Done()
		fmt.Fprintf(r.stderr, "%s %s\n", r.err().Paint(report.Red, "error:"), report.Clean(err.Error()))
		return nil
	}
	if of.Source != r.source || of.Index == 0 {
		r.source, r.shift = of.Source, 0
	}
	of.Index += r.shift
	err = r.Add(of)
	if !errors.Is(err, telemetry.ErrNotPlain) {
		of.Release()
		return err
	}
	n := 0
	for inner, err := range r.stream.Reread(of) {
		if err == nil {
			inner.Index, n = of.Index+n, n+1
			if err := r.Add(inner); err != nil {
				return err
			}
			continue
		}
		if err := r.one(inner, err); err != nil {
			return err
		}
	}
	r.shift += n - 1
	of.Release()
	return nil
}

// oneFolder is the argument of commands on a recording.
func oneFolder(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError("name the folder of a recording")
	}
	return nil
}

// recordingError tells a folder that is no recording, which is a wrong argument, from
// a recording that cannot be read.
func recordingError(err error) error {
	if errors.Is(err, record.ErrNoRecording) {
		return &exitError{exitUsage, err}
	}
	return &exitError{exitUnreadable, err}
}

func (c *cli) recordList() *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:     "list DIR",
		Short:   "List what is in a recording",
		Example: "  socctl record list history",
		Args:    oneFolder,
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := record.ReadManifest(args[0])
			if err != nil {
				return recordingError(err)
			}
			switch o.format {
			case "json":
				enc := json.NewEncoder(c.stdout)
				enc.SetIndent("", "  ")
				return enc.Encode(m)
			case "table":
				return c.listRecording(m)
			}
			return usageError("unknown format %q: list knows table and json", o.format)
		},
	}
	cmd.Flags().StringVarP(&o.format, "format", "f", "table", "table or json")
	return cmd
}

func (c *cli) listRecording(m *record.Manifest) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DAY\tVIEW\tEVENTS\tBYTES")
	size := int64(0)
	for _, f := range m.Files {
		day, view := f.Day, f.View
		if day == "" {
			day = "no time"
		}
		if view == "" {
			view = "no view"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\n", day, report.Clean(view), f.Rows, f.Bytes)
		size += f.Bytes
	}
	fmt.Fprintf(w, "\t%s\t%d\t%d\n", report.Count(len(m.Files), "file"), m.Rows(), size)
	return w.Flush()
}

func (c *cli) recordVerify() *cobra.Command {
	return &cobra.Command{
		Use:     "verify DIR",
		Short:   "Read everything in a recording and report what is damaged",
		Example: "  socctl record verify history",
		Args:    oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			problems, err := record.Verify(cmd.Context(), args[0])
			for _, p := range problems {
				fmt.Fprintf(c.stderr, "%s %s\n", c.err().Paint(report.Red, "error:"), report.Clean(p.Error()))
			}
			switch {
			case errors.Is(err, context.Canceled):
				return &exitError{exitUnreadable, errors.New("interrupted before all was read")}
			case err != nil:
				return recordingError(err)
			}
			if len(problems) > 0 {
				return exitWith(exitUnreadable)
			}
			if !c.quiet {
				fmt.Fprintln(c.stderr, "the recording is sound")
			}
			return nil
		},
	}
}

func (c *cli) recordCompact() *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:     "compact DIR",
		Short:   "Put files of a day and view together",
		Example: "  socctl record compact history",
		Args:    oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			options, err := c.rewriteOptions(&o)
			if err != nil {
				return err
			}
			before, after, err := record.Compact(cmd.Context(), args[0], options)
			if err != nil {
				return rewriteError("compact", args[0], err)
			}
			c.rewritten(before, after)
			return nil
		},
	}
	memoryFlag(cmd, &o)
	return cmd
}

// rewriteOptions are options of what rewrites a recording, with the views of the
// configuration, for which its indexes and routes are made.
func (c *cli) rewriteOptions(o *recordOptions) (record.Options, error) {
	cfg, err := c.config(".")
	if err != nil {
		return record.Options{}, err
	}
	table, err := c.views(cfg)
	if err != nil {
		return record.Options{}, err
	}
	o.normaliser = telemetry.NewNormaliser(table)
	return o.options()
}

// rewriteError tells what a recording is after a command that could not rewrite it, and what
// to do.
func rewriteError(command, dir string, err error) error {
	if errors.Is(err, record.ErrNoRecording) {
		return recordingError(err)
	}
	state, advice := "nothing in the recording was changed", ""
	if errors.Is(err, record.ErrHalfDone) {
		state = "run it again: it goes on where it was, and removes what is replaced"
	}
	if errors.Is(err, syscall.ENOSPC) {
		advice = "; new files are written before old ones are removed, so make as much room as the recording takes, and run it again"
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	return recordingError(fmt.Errorf("cannot %s %s: %w; %s%s", command, report.Clean(dir), err, state, advice))
}

// rewritten tells how many files a recording had and has.
func (c *cli) rewritten(before, after int) {
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s before, %d now\n", report.Count(before, "file"), after)
	}
}

func (c *cli) recordRedact() *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:     "redact DIR",
		Short:   "Take fields out of a recording, or put hashes in their places",
		Example: `  socctl record redact history --drop CommandLine --hash User,SubjectUserName --salt "$SECRET"`,
		Args:    oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(o.redaction.Drop)+len(o.redaction.Hash) == 0 {
				return usageError("name fields with --drop or --hash")
			}
			options, err := c.rewriteOptions(&o)
			if err != nil {
				return err
			}
			done, err := record.Redact(cmd.Context(), args[0], options, o.redaction)
			if err != nil {
				return rewriteError("redact", args[0], err)
			}
			c.rewritten(done.Before, done.After)
			return exitWith(c.redacted(done))
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.redaction.Drop, "drop", nil, "`field` to take out, by its name or its path in the record")
	flags.StringSliceVar(&o.redaction.Hash, "hash", nil, "`field` whose texts become hashes")
	flags.StringVar(&o.redaction.Salt, "salt", "", "`text` in front of what is hashed: without it, short texts can be guessed")
	memoryFlag(cmd, &o)
	return cmd
}

// redacted tells what a redaction did not do, and the exit code for that: what somebody
// wanted to be gone is not, if it stands elsewhere as well.
func (c *cli) redacted(r *record.Redacted) int {
	for _, name := range r.Missing {
		fmt.Fprintf(c.stderr, "%s no event has a field %s: nothing was done about it\n", c.err().Paint(report.Yellow, "warning:"), report.Clean(name))
	}
	for _, l := range r.Left {
		fmt.Fprintf(c.stderr, "%s what %s said still stands in %s of %s; name that as well\n", c.err().Paint(report.Yellow, "warning:"), report.Clean(l.Field), report.Clean(l.In), report.Count(l.Events, "event"))
	}
	if len(r.Left) > 0 {
		return exitFindings
	}
	return exitClean
}

func (c *cli) recordCat() *cobra.Command {
	return &cobra.Command{
		Use:     "cat DIR",
		Short:   "Print the events of a recording as NDJSON, as their sources wrote them",
		Example: "  socctl record cat history > events.ndjson",
		Args:    oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			out := bufio.NewWriterSize(c.stdout, 64<<10)
			var line []byte
			code := exitClean
			unread := func(f record.File, err error) error {
				code = exitUnreadable
				c.unreadable(f.LeftOut(err))
				return cmd.Context().Err()
			}
			err := record.Records(args[0], unread, func(row record.Row) error {
				if cmd.Context().Err() != nil {
					return cmd.Context().Err()
				}
				line = append(row.Record.Value.AppendJSON(line[:0]), '\n')
				_, err := out.Write(line)
				return err
			})
			if err = errors.Join(err, out.Flush()); err != nil {
				return recordingError(err)
			}
			return exitWith(code)
		},
	}
}
