package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

// recordingOptions are the flags that say how recordings are read and evaluated.
type recordingOptions struct {
	logsource string
	workers   int
	maxRecord int
	expansion int
	input     string
	year      int
	timeZone  string
	lateness  string

	zone *time.Location
}

func (o *recordingOptions) flags(flags *pflag.FlagSet) {
	flags.StringVar(&o.logsource, "logsource", "auto", "auto, off, or what the events are: product=aws,service=cloudtrail")
	jobsFlag(flags, &o.workers, "parallel workers")
	flags.IntVar(&o.maxRecord, "max-record", telemetry.DefaultMaxRecord>>20, "largest JSON record in `MiB`; larger ones are reported and left out")
	flags.IntVar(&o.expansion, "max-expansion", telemetry.DefaultMaxExpansion, "how many `times` its size a compressed recording may expand to; -1 for any")
	flags.StringVar(&o.input, "input", "", "`format` of all recordings (default: by content): "+inputFormatNames())
	flags.IntVar(&o.year, "year", 0, "year of times without one (default: by the file's modification time)")
	flags.StringVar(&o.timeZone, "timezone", "UTC", "`zone` of times without one, such as Europe/Berlin")
	flags.StringVar(&o.lateness, "lateness", "auto", "how much older than the newest event one may be for correlations: a `duration`, any, or auto: any for files, 10s for standard input")
}

// check completes the options, or says what is wrong with them.
func (o *recordingOptions) check() error {
	if o.maxRecord < 1 {
		return usageError("--max-record takes a number of MiB, at least 1")
	}
	if o.expansion == 0 || o.expansion < -1 {
		return usageError("--max-expansion takes a number of at least 1, or -1 for any")
	}
	if err := telemetry.CheckInputFormat(o.input); err != nil {
		return usageError("--input: %v", err)
	}
	var err error
	o.zone, err = zoneOf(o.timeZone)
	return err
}

// recordingsThere asks whether recordings that nothing is replayed from now are there:
// a name that is wrong is told now, and not on the day on which a rule changes.
func (c *cli) recordingsThere(paths []string) error {
	for _, path := range paths {
		if path == "-" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			c.unreadable(&telemetry.Problem{Source: path, Offset: -1, Err: withoutPath(err)})
			return &exitError{code: exitUnreadable}
		}
	}
	return nil
}

func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, usageError("--timezone takes a zone such as UTC or Europe/Berlin, not %q", name)
	}
	return zone, nil
}

func (o *recordingOptions) readOptions(stdin io.Reader) telemetry.ReadOptions {
	return telemetry.ReadOptions{Stdin: stdin, Format: o.input, MaxRecord: o.maxRecord << 20, MaxExpansion: o.expansion, File: notRecorded}
}

// notRecorded refuses the manifest of recorded telemetry below a folder that is read: it
// would be taken for an event, and what is recorded be passed over.
func notRecorded(path string) error {
	if dir := filepath.Dir(path); filepath.Base(path) == record.ManifestName && isRecording(dir) {
		return fmt.Errorf("belongs to recorded telemetry, which is not read as a part of something else; name %s itself", report.Clean(filepath.ToSlash(dir)))
	}
	return nil
}

func isRecording(dir string) bool {
	_, err := record.ReadManifest(dir)
	return err == nil
}

func (o *recordingOptions) normaliser(table *logsource.Table) *telemetry.Normaliser {
	return telemetry.NewNormaliser(table, telemetry.TimeZone(o.zone), telemetry.Year(o.year))
}

// assignTo gives an event the one view of a logsource that the user has stated.
func assignTo(e *telemetry.Event, to map[string]string) evaluator.Routed {
	return assignedEvent{e, []evaluator.View{{Name: "assigned", Logsource: to, Event: e}}}
}
