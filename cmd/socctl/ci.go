package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// ciOptions are the flags of ci.
type ciOptions struct {
	base       string
	formats    []string
	rules      []string
	recordings []string
	budgets    []string
	noReplay   bool
	noCoverage bool
	workers    int
}

func (c *cli) ciCommand() *cobra.Command {
	var o ciOptions
	cmd := &cobra.Command{
		Use:   "ci --base REF",
		Short: "Everything about a pull request: lint, tests, meaning, alerts a day, coverage",
		Long: `Say what a pull request does: what it breaks, what its rules mean now, how many
alerts a day they raise before and after, which ATT&CK evidence is won or lost,
and what lint has to say about it. One command, one verdict, one page.

Recordings are those that are named, else those of the configuration; without any
nothing is replayed. Formats write to files, several at once: markdown is meant
for one comment on the pull request and is empty if no rule changed.

The exit code is 1 if there is a blocker: an error of lint that is new, a test that
fails, a budget that is exceeded, coverage that the gate protects.`,
		Example: `  socctl ci --base origin/main
  socctl ci --base origin/main -f markdown=comment.md -f sarif=lint.sarif -f junit=tests.xml -f json=ci.json -f html=ci.html`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if o.base == "" {
				return usageError("--base REF is missing: the branch, tag or commit that the pull request is compared with")
			}
			return checkFormats("ci", o.formats, report.CIFormats, report.CITexts)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return c.ci(cmd.Context(), &o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.base, "base", "", "compare with the rules at `REF`: a branch, tag or commit")
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.CIFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringArrayVarP(&o.rules, "rules", "r", nil, "rule `path` (default: rules of the configuration); may be repeated")
	flags.StringArrayVar(&o.recordings, "recording", nil, "`recording` to replay (default: telemetry.recordings of the configuration); may be repeated")
	flags.StringArrayVar(&o.budgets, "budget", nil, "alerts that a rule of a level may raise, as `level=n`/day; may be repeated (default: budgets of the configuration)")
	flags.BoolVar(&o.noReplay, "no-replay", false, "replay nothing")
	flags.BoolVar(&o.noCoverage, "no-coverage", false, "leave coverage out")
	flags.IntVarP(&o.workers, "jobs", "j", runtime.GOMAXPROCS(0), "number of parallel workers")
	return cmd
}

func (c *cli) ci(ctx context.Context, o *ciOptions) error {
	run := &report.CIRun{Base: o.base, Version: version()}
	var err error
	if run.Diff, err = c.diffRun(ctx, &diffOptions{rules: o.rules}, []string{o.base}); err != nil {
		return err
	}
	code := exitClean
	steps := []func(context.Context, *ciOptions, *report.CIRun) (int, error){c.ciLint, c.ciTests, c.ciBacktest, c.ciCoverage}
	for _, step := range steps {
		stepCode, err := step(ctx, o, run)
		if err := cmp.Or(interrupted(ctx.Err()), err); err != nil {
			return err
		}
		if stepCode > exitFindings {
			code = max(code, stepCode)
		}
	}
	if len(run.Blockers()) > 0 {
		code = max(code, exitFindings)
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.CI(w, s, format, run)
	}); err != nil {
		return err
	}
	return exitWith(code)
}

// ciLint lints what the change touches.
func (c *cli) ciLint(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	lint := &lintOptions{base: o.base, level: "warning", workers: o.workers, stdinName: "stdin.yml"}
	l, err := c.linter(ctx, lint, o.rules)
	if err != nil {
		return 0, err
	}
	in, result, err := l.run(ctx)
	if err != nil {
		return 0, err
	}
	run.Lint = &report.LintRun{Result: result, Quiet: true, FailLevel: l.settings.FailLevel, Compared: true, Version: version(), NoTime: true}
	run.Lint.Hidden = hide(result, rules.Warning)
	return readingCode(in), nil
}

// ciTests runs all tests: a change can break the test of a rule that it does not
// touch.
func (c *cli) ciTests(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	t := &testOptions{workers: o.workers, recordings: string(ruletest.EVTX), noTime: true}
	result, code, err := c.testRun(ctx, t, o.rules)
	var exit *exitError
	if errors.As(err, &exit) && exit.code == exitUsage && strings.Contains(exit.Error(), "no test found") {
		return exitClean, nil
	}
	run.Tests = result
	return code, err
}

// ciBacktest replays recordings, if there are any.
func (c *cli) ciBacktest(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	cfg, err := c.config(".")
	if err != nil {
		return 0, err
	}
	if o.noReplay || len(o.recordings)+len(cfg.Telemetry.Recordings)+len(cfg.Telemetry.Baseline) == 0 || !run.Changed() {
		return exitClean, nil
	}
	b := &backtestOptions{rules: o.rules, base: o.base, budgets: o.budgets, failOn: []string{"budget"}, samples: 3, noTime: true}
	b.input.flags(pflag.NewFlagSet("ci", pflag.ContinueOnError)) // the defaults
	if err := b.input.check(); err != nil {
		return 0, err
	}
	b.input.workers = o.workers
	result, code, err := c.backtestRun(ctx, b, o.recordings)
	run.Backtest = result
	return code, err
}

// ciCoverage assesses ATT&CK coverage on both sides.
func (c *cli) ciCoverage(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	if o.noCoverage || !run.Changed() {
		return exitClean, nil
	}
	v := &coverageOptions{rules: o.rules, base: o.base, failOn: "gate", badge: "3b", workers: o.workers, noReplay: o.noReplay, formats: []string{"pretty"}}
	if err := v.check(func(string) bool { return false }); err != nil {
		return 0, err
	}
	v.time = c.now
	result, code, err := c.coverageRun(ctx, v)
	run.Coverage = result
	return code, err
}
