package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules/config"
)

// healthOptions are the flags of health.
type healthOptions struct {
	ledgerOptions
	formats  []string
	baseline []string
	schema   bool
	failOn   []string
	verbose  bool
	input    recordingOptions
}

func (c *cli) healthCommand() *cobra.Command {
	var o healthOptions
	cmd := &cobra.Command{
		Use:   "health [RECORDING...]",
		Short: "Judge every rule by verdicts and a replay, and say what to do",
		Long: `Judge every rule by the verdicts on its alerts and by a replay of recordings: how
precise it is and how sure that is, how much it fires and from how many causes,
whether that has changed, and what to do: ` + actionNames() + `.

Without recordings those of the configuration are replayed; without any nothing is
said of volume and silence. Rules that are silent, untested or not judged are
told too.`,
		Example: `  socctl health -r rules logs/
  socctl health -f markdown -f html=health.html
  socctl health --fail-on retire,tune`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.schema {
				return c.printSchema(health.JSONSchema())
			}
			return c.health(cmd.Context(), &o, args)
		},
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.HealthFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringArrayVar(&o.baseline, "baseline", nil, "further `recording` that is known to be benign; may be repeated (default: telemetry.baseline of the configuration)")
	flags.StringSliceVar(&o.failOn, "fail-on", nil, "what makes the exit code 1: "+actionNames()+", drift, gone, silent, untested, unjudged")
	flags.BoolVar(&o.schema, "schema", false, "older spelling of socctl schema health")
	flags.Lookup("schema").Hidden = true
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "all rules, with all reasons")
	o.input.flags(flags)
	return cmd
}

func actionNames() string {
	var names []string
	for _, a := range health.Actions() {
		names = append(names, string(a))
	}
	return strings.Join(names, ", ")
}

func (c *cli) health(ctx context.Context, o *healthOptions, recordings []string) error {
	if err := errors.Join(checkFormats("health", o.formats, report.HealthFormats, []string{"pretty", "markdown"}), o.checkFailOn(), o.input.check()); err != nil {
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
	in := &health.Input{Program: loaded.program, Written: loaded.written, State: state, Now: c.now.Format(time.RFC3339)}
	if in.Tests, err = c.testsOf(v.cfg, o.rules); err != nil {
		return err
	}
	if err := c.replayFor(ctx, o, v.cfg, in, recordings); err != nil {
		return err
	}
	result := health.Assess(in)
	code := max(loaded.exitCode(), damagedCode(damaged))
	if in.Replay != nil && (in.Replay.Partial || in.Replay.Summary.Problems > 0) {
		code = max(code, exitUnreadable)
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Health(w, s, format, result, o.verbose)
	}); err != nil {
		return err
	}
	if o.fails(result) {
		code = max(code, exitFindings)
	}
	return exitWith(code)
}

// replayFor replays the recordings there are.
func (c *cli) replayFor(ctx context.Context, o *healthOptions, cfg *config.Config, in *health.Input, recordings []string) error {
	if len(recordings)+len(o.baseline)+len(cfg.Telemetry.Recordings)+len(cfg.Telemetry.Baseline) == 0 {
		return nil
	}
	collectLess()
	replayer, err := c.replayer(cfg, &backtestOptions{baseline: o.baseline, input: o.input}, recordings)
	if err != nil {
		return err
	}
	options := backtest.Options{Samples: -1}
	if options.Budgets, err = c.budgets(cfg, nil); err != nil {
		return err
	}
	if options.Lateness, err = replayLateness(&o.input, replayer); err != nil {
		return err
	}
	replay := recorded.New(replayer)
	in.Watch = &health.Watch{Replayer: replay, State: in.State}
	in.Watch.Options(in.Program, &options)
	meter := c.watch(replay)
	in.Replay, err = backtest.Run(ctx, backtest.NewSubject(in.Program, nil), in.Watch, options)
	meter.done()
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	return nil
}

// testsOf counts the tests of rules that want a match.
func (c *cli) testsOf(cfg *config.Config, paths []string) (map[string]int, error) {
	load, err := c.testSources(&testOptions{}, cfg, paths)
	if err != nil {
		return nil, err
	}
	suite, _ := ruletest.Load(load)
	out := map[string]int{}
	for _, test := range suite.Cases {
		if test.WantsMatch() && test.Rule != nil {
			out[health.PlaceOf(test.Rule)]++
		}
	}
	return out, nil
}

// checkFailOn refuses what --fail-on does not know.
func (o *healthOptions) checkFailOn() error {
	known := actionNames() + ", drift, gone, silent, untested, unjudged"
	for _, name := range o.failOn {
		if !strings.Contains(", "+known+",", ", "+name+",") {
			return usageError("--fail-on takes %s, not %q", known, name)
		}
	}
	return nil
}

func (o *healthOptions) fails(r *health.Report) bool {
	s := &r.Summary
	for _, name := range o.failOn {
		counts := map[string]int{"drift": s.Drifting, "gone": s.Gone, "silent": s.Silent, "untested": s.Untested, "unjudged": s.Rules - s.Judged}
		if counts[name] > 0 || s.Recommended[health.Action(name)] > 0 {
			return true
		}
	}
	return false
}
