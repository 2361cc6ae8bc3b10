package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/health"
)

// statsOptions are the flags of verdict stats.
type statsOptions struct {
	ledgerOptions
	format   string
	baseline []string
	input    recordingOptions
}

// verdictCoverage prints what socctl coverage reads: the verdicts on each rule as
// it is, and whether it keeps its budget in recordings that are known to be benign.
func (c *cli) verdictCoverage(ctx context.Context, o *statsOptions, v *verdicts, state *feedback.State) (int, error) {
	loaded, err := c.loadRules(v.cfg, o.rules, o.pipelines)
	if err != nil {
		return 0, err
	}
	in := &health.Input{Program: loaded.program, State: state}
	if err := c.replayBenign(ctx, o, v, in); err != nil {
		return 0, err
	}
	out := in.Judgements()
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return 0, &exitError{exitUnreadable, err}
	}
	code := loaded.exitCode()
	if in.Replay != nil && (in.Replay.Partial || in.Replay.Summary.Problems > 0) {
		code = max(code, exitUnreadable)
	}
	unknown := 0
	for i := range out {
		if out[i].Benign == nil {
			unknown++
		}
	}
	if unknown > 0 && !c.quiet {
		fmt.Fprintf(c.stderr, "%s of %d not shown to keep a budget in benign recordings (see budgets: and telemetry.baseline)\n", report.Count(unknown, "rule"), len(out))
	}
	return code, nil
}

// replayBenign replays the recordings that are known to be benign, and no others.
func (c *cli) replayBenign(ctx context.Context, o *statsOptions, v *verdicts, in *health.Input) error {
	if len(o.baseline)+len(v.cfg.Telemetry.Baseline) == 0 {
		return nil
	}
	if err := o.input.check(); err != nil {
		return err
	}
	collectLess()
	replayer, err := c.replayer(v.cfg, &backtestOptions{baseline: o.baseline, input: o.input}, nil)
	if err != nil {
		return err
	}
	replayer.Recordings = nil
	options := backtest.Options{Samples: -1}
	if options.Budgets, err = c.budgets(v.cfg, nil); err != nil {
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
