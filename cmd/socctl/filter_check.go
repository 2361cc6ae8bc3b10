package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/feedback/aftercare"
	"github.com/socctl/socctl/rules/config"
)

// drawOptions are the flags that say which hidden alerts are looked at.
type drawOptions struct {
	rate string
	seed uint64
}

func (o *drawOptions) flags(flags *pflag.FlagSet) {
	flags.StringVar(&o.rate, "rate", "5%", "`share` of the events that a filter hides which is looked at; of every day at least one is")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that decides which; check takes those of sample")
}

func (o *drawOptions) draw() (aftercare.Draw, error) {
	rate, err := aftercare.ParseRate(o.rate)
	if err != nil {
		return aftercare.Draw{}, usageError("--rate takes %v", err)
	}
	return aftercare.Draw{Rate: rate, Seed: o.seed}, nil
}

// filterCheckOptions are the flags of filter check.
type filterCheckOptions struct {
	ledgerOptions
	drawOptions
	failLevel string
	formats   []string
	schema    bool
	input     recordingOptions
}

func (c *cli) filterCheckCommand() *cobra.Command {
	var o filterCheckOptions
	cmd := &cobra.Command{
		Use:   "check [RECORDING...]",
		Short: "Fail if a filter hides what a verdict calls an attack",
		Long: `Hold every filter document against the verdicts. A filter that hides an event of
an alert that is malicious, attempted or contested fails, whenever the verdict came:
it must be narrowed or revoked. Filters that have expired, that nobody answers for,
that are dead, and that hide what is new or more than they did are told, and what looking at a sample of the hidden alerts has
shown of the others (see filter sample).

Events are found by replaying recordings, those of the configuration if none is
named, and in verdicts that carry them as evidence.`,
		Example: `  socctl filter check --verdicts verdicts logs/
  socctl filter check --fail-level warning -f json=filters.json -f markdown`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.schema {
				return c.printSchema(aftercare.JSONSchema())
			}
			return c.filterCheck(cmd.Context(), &o, args)
		},
	}
	flags := cmd.Flags()
	o.ledgerOptions.flags(flags)
	o.drawOptions.flags(flags)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.FilterCheckFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringVar(&o.failLevel, "fail-level", "error", "what makes the exit code 1: error (a hidden attack), warning (also expired, dead, without owner, with canaries) or never")
	flags.BoolVar(&o.schema, "schema", false, "older spelling of socctl schema filter-check")
	flags.Lookup("schema").Hidden = true
	o.input.flags(flags)
	return cmd
}

func (o *filterCheckOptions) check() error {
	if err := checkFormats("filter check", o.formats, report.FilterCheckFormats, []string{"pretty", "markdown"}); err != nil {
		return err
	}
	if !slices.Contains([]string{"error", "warning", "never"}, o.failLevel) {
		return usageError("--fail-level takes error, warning or never, not %q", o.failLevel)
	}
	return o.input.check()
}

func (c *cli) filterCheck(ctx context.Context, o *filterCheckOptions, recordings []string) error {
	draw, err := o.draw()
	if err := errors.Join(o.check(), err); err != nil {
		return err
	}
	v, err := c.verdicts(&o.ledgerOptions)
	if err != nil {
		return err
	}
	state, contents, damaged, err := c.state(v)
	if err != nil {
		return err
	}
	c.diagnose(contents.Diagnostics)
	loaded, err := c.loadRules(v.cfg, o.rules, o.pipelines)
	if err != nil {
		return err
	}
	hidden, code, err := c.hidden(ctx, v.cfg, loaded, &o.input, recordings)
	if err != nil {
		return err
	}
	table, err := c.views(v.cfg)
	if err != nil {
		return err
	}
	n := o.input.normaliser(table)
	in := &aftercare.Input{Program: loaded.program, Filters: loaded.set.Filters, State: state, Hidden: hidden, Draw: draw, Now: c.now.Format(time.RFC3339)}
	in.Refused = hidden.Evidence(loaded.program, n, contents.Verdicts)
	result := aftercare.Check(in)
	code = max(code, loaded.exitCode(), damagedCode(damaged), o.exitCode(&result.Summary))
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.FilterCheck(w, s, format, result)
	}); err != nil {
		return err
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s on %s in %s\n", report.Count(state.Verdicts, "verdict"), report.Count(len(state.Alerts), "alert"), report.Count(len(contents.Files), "file"))
	}
	return exitWith(code)
}

func (o *filterCheckOptions) exitCode(s *aftercare.Summary) int {
	if o.failLevel != "never" && s.Failed > 0 || o.failLevel == "warning" && s.Expired+s.Ownerless+s.Dead+s.Novel+s.Surging > 0 {
		return exitFindings
	}
	return exitClean
}

// hidden replays the recordings there are, and returns what filters hide in them.
func (c *cli) hidden(ctx context.Context, cfg *config.Config, loaded *loadedRules, input *recordingOptions, named []string) (*aftercare.Hidden, int, error) {
	out := aftercare.NewHidden()
	if len(named)+len(cfg.Telemetry.Recordings)+len(cfg.Telemetry.Baseline) == 0 {
		return out, exitClean, nil
	}
	collectLess()
	replayer, err := c.replayer(cfg, &backtestOptions{input: *input}, named)
	if err != nil {
		return nil, exitClean, err
	}
	replay := recorded.New(replayer)
	meter := c.watch(replay)
	err = out.Replay(ctx, loaded.program, replay)
	meter.done()
	if err := interrupted(ctx.Err()); err != nil {
		return nil, exitClean, err // an attack that a filter hides may be in the rest
	}
	if err != nil {
		return nil, exitClean, &exitError{exitUnreadable, err}
	}
	if out.Exposure.Problems+out.Failed > 0 {
		return out, exitUnreadable, nil
	}
	return out, exitClean, nil
}
