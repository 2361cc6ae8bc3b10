package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/feedback/aftercare"
)

// filterSampleOptions are the flags of filter sample.
type filterSampleOptions struct {
	drawOptions
	rules, pipelines []string
	input            recordingOptions
}

func (c *cli) filterSampleCommand() *cobra.Command {
	var o filterSampleOptions
	cmd := &cobra.Command{
		Use:   "sample [RECORDING...]",
		Short: "Draw alerts that filters hide, to be looked at like any other",
		Long: `Draw from the alerts that filters hide some that are to be looked at like any
other, and print them as eval prints alerts with -f ndjson: nothing tells whoever
looks at them that they are hidden. Which are drawn depends on the event and on
the seed alone; of every filter and day there is at least one. Alerts up to
the day on which a filter was written or changed last are left out: it may have
been made of them.

Give the verdicts to socctl verdict add; filter check, with the same rate and seed,
tells what they show.`,
		Example: `  socctl filter sample --rate 5% logs/ > review.ndjson
  socctl verdict add benign_expected --by alice review.ndjson`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.filterSample(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.drawOptions.flags(flags)
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path` (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
	o.input.flags(flags)
	return cmd
}

func (c *cli) filterSample(ctx context.Context, o *filterSampleOptions, recordings []string) error {
	draw, err := o.draw()
	if err != nil {
		return err
	}
	if err := o.input.check(); err != nil {
		return err
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	loaded, err := c.loadRules(cfg, o.rules, o.pipelines)
	if err != nil {
		return err
	}
	hidden, code, err := c.hidden(ctx, cfg, loaded, &o.input, recordings)
	if err != nil {
		return err
	}
	if hidden.Exposure == nil {
		return usageError("no recordings: name them, or list them under telemetry: of .socctl.yml")
	}
	drawn := hidden.Sample(draw)
	if err := c.printDrawn(drawn); err != nil {
		return &exitError{exitUnreadable, err}
	}
	c.tellUndated(hidden)
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s of %d that filters hide\n", report.Count(len(drawn), "event"), hidden.Len())
	}
	return exitWith(max(code, loaded.exitCode()))
}

// printDrawn prints a line for every rule that an event is hidden from.
func (c *cli) printDrawn(drawn []*aftercare.Alert) error {
	for _, a := range drawn {
		stamp := ""
		if !a.Time.IsZero() {
			stamp = a.Time.UTC().Format(time.RFC3339Nano)
		}
		for _, r := range a.Rules {
			line := matchLine{lineRule: lineRuleOf(r), Source: a.Source, Record: a.Record, Time: stamp, View: a.View, Fingerprint: a.Event}
			text, err := line.appendJSON(nil)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(c.stdout, "%s\n", text); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellUndated says of which filters nothing can be drawn.
func (c *cli) tellUndated(h *aftercare.Hidden) {
	for _, f := range h.Undated() {
		fmt.Fprintf(c.stderr, "%s %s\n", c.err().Paint(report.Yellow, "warning:"), report.Clean(fmt.Sprintf("%s: nothing is drawn for the filter %q: it has no date, so that what is new to it cannot be told", f.Span, f.Label())))
	}
}
