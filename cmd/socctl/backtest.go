package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// backtestOptions are the flags of backtest.
type backtestOptions struct {
	rules, pipelines, formats []string
	base                      string
	baseline                  []string
	budgets, failOn           []string
	samples                   int
	noTime, verbose           bool
	input                     recordingOptions
	sides                     *bothSides // that were read already; nil if they were not

	judged *health.Sides // notes what becomes of judged alerts; nil for nobody
}

func (c *cli) backtestCommand() *cobra.Command {
	var o backtestOptions
	cmd := &cobra.Command{
		Use:   "backtest -r RULES RECORDING...",
		Short: "Replay recordings: alerts a day, budgets, what a change gains and loses",
		Long: `Replay recordings against rules and say what the rules would have done: matches
and alerts of every rule, after filters and correlations, by day, host, user and
root cause, and how many a day are to be expected. A rule that no event could
have made fire is told as not exercised.

Recordings are those that eval reads; without any, those of the configuration.
With --base the rules of a revision are replayed beside those of the work tree,
in one pass, and events are told that a change gains or loses.`,
		Example: `  socctl backtest -r rules logs/
  socctl backtest -r rules --baseline good-logs/ --fail-on budget,baseline-hit logs/
  socctl backtest --base origin/main -f markdown -f html=backtest.html logs/`,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return o.check(cmd.Flags().Changed) },
		RunE:    func(cmd *cobra.Command, args []string) error { return c.backtest(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path`, a file or a folder (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
	flags.StringVar(&o.base, "base", "", "compare with the rules at `REF`: a branch, tag or commit")
	flags.StringArrayVar(&o.baseline, "baseline", nil, "further `recording` that is known to be benign; may be repeated (default: telemetry.baseline of the configuration)")
	flags.StringArrayVar(&o.budgets, "budget", nil, "alerts that a rule of a level may raise, as `level=n`/day; total=n/day is of all rules; may be repeated (default: budgets of the configuration)")
	flags.StringSliceVar(&o.failOn, "fail-on", []string{"budget"}, "what makes the exit code 1: "+strings.Join(failReasons, ", "))
	flags.IntVar(&o.samples, "samples", backtest.DefaultSamples, "events that are told of each rule")
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.BacktestFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "tell of every rule that fired where, who and why")
	flags.BoolVar(&o.noTime, "no-time", false, "leave out durations, so that output can be compared")
	o.input.flags(flags)
	return cmd
}

// check completes the options, or says what is wrong with them.
func (o *backtestOptions) check(given func(flag string) bool) error {
	if err := checkFormats("backtest", o.formats, report.BacktestFormats, report.BacktestTexts); err != nil {
		return err
	}
	if given("base") && o.base == "" {
		return usageError("--base is empty: name a branch, a tag or a commit, or leave it out")
	}
	if o.samples < 0 {
		return usageError("--samples takes a number of at least 0")
	}
	for _, reason := range o.failOn {
		if !slices.Contains(failReasons, reason) {
			return usageError("--fail-on takes %s, not %q", strings.Join(failReasons, ", "), reason)
		}
		if o.base == "" && (reason == "gained" || reason == "lost") {
			return usageError("--fail-on %s needs --base", reason)
		}
	}
	return o.input.check()
}

func (c *cli) backtest(ctx context.Context, o *backtestOptions, recordings []string) error {
	run, code, err := c.backtestRun(ctx, o, recordings)
	if err != nil {
		return err
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Backtest(w, s, format, run)
	}); err != nil {
		return err
	}
	c.backtestSummary(run)
	return exitWith(code)
}

// backtestRun replays recordings, and says which exit code the result asks for.
func (c *cli) backtestRun(ctx context.Context, o *backtestOptions, recordings []string) (*report.BacktestRun, int, error) {
	start := time.Now()
	cfg, err := c.config(".")
	if err != nil {
		return nil, 0, err
	}
	options, split, err := c.backtestOptions(cfg, o, recordings)
	if err != nil {
		return nil, 0, err
	}
	kept := c.runKey(cfg, o, split, options)
	key := kept.of()
	run := &report.BacktestRun{NoTime: o.noTime, Verbose: o.verbose, Version: version()}
	code := exitClean
	if known := kept.recall(key); known != nil {
		run.Result, run.Rejected, code = known.Result, known.Rejected, known.Code
		fmt.Fprint(c.stderr, known.Problems[slices.Index(problemStyles[:], c.err())])
	} else {
		compared, err := c.comparedRules(ctx, cfg, o)
		if err != nil {
			return nil, 0, err
		}
		options.Base, options.Flaws, options.BaseFlaws = compared.base, compared.flaws, compared.baseFlaws
		if run.Result, err = c.runBacktest(ctx, compared, split, *options, o.judged); err != nil {
			return nil, 0, err
		}
		run.Rejected, code = compared.head.rejected(), compared.head.exitCode()
		kept.remember(key, run.Result, compared.head)
	}
	run.Elapsed = time.Since(start)
	return run, backtestExitCode(run.Result, o.failOn, code), nil
}

// backtestOptions are those of a replay, and the recordings that it reads.
func (c *cli) backtestOptions(cfg *config.Config, o *backtestOptions, named []string) (*backtest.Options, *recorded.Replayer, error) {
	options := &backtest.Options{Samples: o.samples}
	if o.samples == 0 {
		options.Samples = -1
	}
	var err error
	if options.Budgets, err = c.budgets(cfg, o.budgets); err != nil {
		return nil, nil, err
	}
	replayer, err := c.replayer(cfg, o, named)
	if err != nil {
		return nil, nil, err
	}
	if options.Lateness, err = replayLateness(&o.input, replayer); err != nil {
		return nil, nil, err
	}
	collectLess()
	return options, recorded.New(replayer), nil
}

// replayLateness is that of a replay, to which 0 would mean any.
func replayLateness(input *recordingOptions, r *backtest.Streaming) (time.Duration, error) {
	d, err := latenessOf(input.lateness, slices.Concat(r.Recordings, r.Baseline))
	if d == 0 {
		d = 1
	}
	return d, err
}

// runBacktest replays the recordings.
func (c *cli) runBacktest(ctx context.Context, compared *comparedRules, r *recorded.Replayer, o backtest.Options, judged *health.Sides) (*backtest.Result, error) {
	meter := c.watch(r)
	from := backtest.Replayer(r)
	if judged != nil {
		judged.Replayer, from = r, judged
		judged.Options(&o)
	}
	result, err := backtest.Run(ctx, compared.subject, from, o)
	meter.done()
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	return result, nil
}

// replayer reads the recordings as the flags and the configuration say.
func (c *cli) replayer(cfg *config.Config, o *backtestOptions, recordings []string) (*backtest.Streaming, error) {
	assigned, err := parseLogsource(o.input.logsource)
	if err != nil {
		return nil, err
	}
	recordings, baseline, err := c.recordings(cfg, recordings, o.baseline)
	if err != nil {
		return nil, err
	}
	table, err := c.views(cfg)
	if err != nil {
		return nil, err
	}
	r := &backtest.Streaming{Recordings: recordings, Baseline: baseline, Normaliser: o.input.normaliser(table), Read: o.input.readOptions(c.stdin),
		Anyway: o.input.logsource == "off", Jobs: o.input.workers}
	if assigned != nil {
		if n := slices.IndexFunc(slices.Concat(r.Recordings, r.Baseline), record.Is); n >= 0 {
			return nil, usageError("--logsource %s: what is recorded in %s keeps its own views; replay its sources instead", o.input.logsource, slices.Concat(r.Recordings, r.Baseline)[n])
		}
		r.Route = func(e *telemetry.Event) evaluator.Routed { return assignTo(e, assigned) }
	}
	return r, nil
}

// watch shows how far a replay is, and what cannot be read.
func (c *cli) watch(r *recorded.Replayer) *meter {
	m := newMeter(report.NewProgress(c.stderr, c.quiet), slices.Concat(r.Folders, r.Baseline, r.Stream.Recordings, r.Stream.Baseline))
	r.Stream.Progress = m.update
	r.Stream.Problem = func(err error) {
		m.done()
		c.unreadable(err)
	}
	r.WithoutIndex = func(folder string, files int) {
		m.done()
		text := fmt.Sprintf("the index of %s in %s is gone or damaged, so what it would tell was read from there; `socctl record compact %s` makes indexes anew",
			report.Count(files, "file"), folder, folder)
		fmt.Fprintf(c.stderr, "%s %s\n", c.err().Paint(report.Yellow, "warning:"), report.Clean(text))
	}
	return m
}

// failReasons are what --fail-on knows.
var failReasons = []string{"budget", "undecided", "baseline-hit", "event-id-only", "blanket-exception", "gained", "lost", "match", "not-exercised", "nothing"}

// backtestExitCode is the highest that anything in a run asks for.
func backtestExitCode(r *backtest.Result, failOn []string, code int) int {
	if r.Partial || r.Summary.Problems > 0 {
		code = max(code, exitUnreadable)
	}
	for _, reason := range failOn {
		if failsOn(r, reason) {
			code = max(code, exitFindings)
		}
	}
	return code
}

func failsOn(r *backtest.Result, reason string) bool {
	s := &r.Summary
	finding := func(name string) bool {
		return slices.ContainsFunc(r.Findings, func(f backtest.Finding) bool { return f.Name == name })
	}
	switch reason {
	case "budget":
		return finding(backtest.TooBroad)
	case "undecided":
		return s.BudgetUndecided > 0
	case "gained":
		return s.Delta.Gained > 0
	case "lost":
		return s.Delta.Lost > 0
	case "match":
		return s.Alerts > 0
	case "not-exercised":
		return s.NotExercised > 0
	}
	return finding("noise/" + reason)
}

// budgets are those of the configuration, and of the flag over them.
func (c *cli) budgets(cfg *config.Config, flag []string) ([]backtest.Budget, error) {
	configured, diags := backtest.ParseBudgets(cfg.Budgets)
	c.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	var given []backtest.Budget
	for _, text := range flag {
		level, limit, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usageError("--budget takes level=n/day, such as high=1/day, not %q", text)
		}
		b, err := backtest.ParseBudget(level, limit)
		if err != nil {
			return nil, usageError("--budget %s: %v", text, err)
		}
		given = append(given, b)
	}
	return backtest.MergeBudgets(configured, given), nil
}

// recordings are those that were named, else those of the configuration.
func (c *cli) recordings(cfg *config.Config, named, baseline []string) (all, benign []string, err error) {
	if len(named) == 0 {
		for _, r := range cfg.Telemetry.Recordings {
			named = append(named, cfg.Resolve(r.Text))
		}
	}
	if len(baseline) == 0 {
		for _, r := range cfg.Telemetry.Baseline {
			baseline = append(baseline, cfg.Resolve(r.Text))
		}
	}
	if len(named)+len(baseline) == 0 {
		return nil, nil, usageError("no recording: name one, or - for standard input, or list them in recordings: under telemetry: of .socctl.yml")
	}
	return named, baseline, nil
}

// backtestSummary tells on standard error what was done, unless quiet.
func (c *cli) backtestSummary(run *report.BacktestRun) {
	if run.Result.Partial {
		fmt.Fprintln(c.stderr, "socctl: interrupted; the report is about what was read so far")
	}
	if !c.quiet {
		fmt.Fprintln(c.stderr, run.Line())
	}
}
