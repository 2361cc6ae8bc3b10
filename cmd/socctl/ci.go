package main

import (
	"cmp"
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// ciOptions are the flags of ci.
type ciOptions struct {
	base         string
	render       string
	formats      []string
	rules        []string
	recordings   []string
	budgets      []string
	policies     []string
	verdicts     string
	preExisting  string
	noReplay     bool
	noCoverage   bool
	allowOutside bool
	cache        string
	workers      int

	sides *bothSides
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
for one comment on the pull request and is empty if no rule changed. --render
makes markdown and html of what -f json has written, and trusts none of it.

The exit code is 1 if there is a blocker: an alert that was found to be an attack and
is no longer matched, an error of lint that is new, a test that fails and did not
before, a budget that is exceeded, coverage that the gate protects, a policy that
denies.`,
		Example: `  socctl ci --base origin/main
  socctl ci --base origin/main -f markdown=comment.md -f sarif=lint.sarif -f junit=tests.xml -f json=ci.json -f html=ci.html
  socctl ci --render ci.json -f markdown=comment.md`,
		Args:    noArguments("name rules with -r"),
		PreRunE: func(cmd *cobra.Command, _ []string) error { return o.check(cmd.Flags().Changed) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.render != "" {
				return c.ciRender(&o)
			}
			return c.ci(cmd.Context(), &o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.base, "base", "", "compare with the rules at `REF`: a branch, tag or commit")
	flags.StringVar(&o.render, "render", "", "run nothing: render the `file` that -f json=FILE wrote; - is standard input")
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.CIFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringArrayVarP(&o.rules, "rules", "r", nil, "rule `path` (default: rules of the configuration); may be repeated")
	flags.StringArrayVar(&o.recordings, "recording", nil, "`recording` to replay (default: telemetry.recordings of the configuration); may be repeated")
	flags.StringArrayVar(&o.budgets, "budget", nil, "alerts that a rule of a level may raise, as `level=n`/day; may be repeated (default: budgets of the configuration)")
	flags.StringArrayVar(&o.policies, "policy", nil, "`folder` of gates in Rego that judge the result; may be repeated (default: ci.policies of the configuration)")
	ledgerFlag(flags, &o.verdicts, "verdicts", "`path` of the verdicts on the rules, a file or a folder; --store is the same (default: verdicts of the section feedback: of the configuration, if there is such a section)")
	flags.StringVar(&o.preExisting, "pre-existing", "", "what becomes of tests and findings that were wrong before too: advise or block (default: ci.pre-existing of the configuration, else advise)")
	flags.BoolVar(&o.noReplay, "no-replay", false, "replay nothing")
	flags.BoolVar(&o.noCoverage, "no-coverage", false, "leave coverage out")
	flags.BoolVar(&o.allowOutside, "allow-outside", false, "read what the configuration, tests and links name outside of the repository; not for changes of strangers")
	flags.StringVar(&o.cache, "cache", "", "`folder` that keeps outcomes of tests; none for none (default: socctl in the folder for caches of the user)")
	jobsFlag(flags, &o.workers, "parallel workers")
	return cmd
}

// check says what is wrong with the flags; given tells which there are.
func (o *ciOptions) check(given func(flag string) bool) error {
	known := report.CIFormats
	switch {
	case o.render != "":
		for _, flag := range []string{"base", "rules", "recording", "budget", "policy", "verdicts", "pre-existing", "no-replay", "no-coverage", "allow-outside", "cache"} {
			if given(flag) {
				return usageError("--render runs nothing: leave out --%s", flag)
			}
		}
		known = report.CIPages
	case given("verdicts") && o.verdicts == "":
		return usageError("--verdicts is empty: name a file or a folder, or leave it out")
	case given("render"):
		return usageError("--render is empty: name the file that -f json=FILE wrote")
	case o.base == "":
		return usageError("--base REF is missing: the branch, tag or commit that the pull request is compared with")
	case o.preExisting != "" && o.preExisting != "advise" && o.preExisting != "block":
		return usageError("--pre-existing takes advise or block, not %q", o.preExisting)
	}
	return checkFormats("ci", o.formats, known, report.CITexts)
}

// ciRender renders a result that may come from anybody.
func (c *cli) ciRender(o *ciOptions) error {
	in := c.stdin
	if o.render != "-" {
		f, err := os.Open(o.render)
		if err != nil {
			return &exitError{exitUnreadable, err}
		}
		defer f.Close()
		in = f
	}
	page, err := report.ReadCI(in)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	return c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.RenderCI(w, s, format, page)
	})
}

func (c *cli) ci(ctx context.Context, o *ciOptions) error {
	run := &report.CIRun{Base: o.base, Version: version()}
	files, err := c.confine(ctx, o)
	if err != nil {
		return err
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	c.configPath = cfg.Path // all parts have the same
	if err := c.confined(files, cfg, o); err != nil {
		return err
	}
	gates, err := c.gates(ctx, cfg, o)
	if err != nil {
		return err
	}
	if _, err := c.budgets(cfg, o.budgets); err != nil {
		return err // also if nothing changed, so that a slip is not found by the first change
	}
	lint := &lintOptions{base: o.base, level: "warning", workers: o.workers, stdinName: "stdin.yml"}
	if o.sides, err = c.bothSides(ctx, cfg, lint, o.rules, files); err != nil {
		return err
	}
	run.Prefix = o.sides.tree.Prefix()
	memory := newTestMemory(o.cache, o.sides.tree.Root())
	defer memory.save()
	o.sides.memory = memory
	run.Expiry = o.sides.head.Program.Expiry
	run.Strict = cmp.Or(o.preExisting, cfg.CI.PreExisting.Text) == "block"
	run.Diff = c.diffOfSides(o.sides, o.base)
	if text, err := otherViews(ctx, o.sides.tree, cfg, o.sides.options().Table); err != nil {
		return err
	} else if text != "" {
		run.Warnings = append(run.Warnings, report.CIRemark{Kind: "views", Text: text})
	}
	if o.sides.verdicts, err = c.ciVerdicts(ctx, cfg, o, run); err != nil {
		return err
	}
	code := damagedCode(o.sides.verdicts != nil && o.sides.verdicts.damaged)
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
	o.sides.verdicts.tell(c.now, run)
	if err := judge(gates, run); err != nil {
		return err
	}
	if !run.Page().Pass {
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
	s := o.sides
	result, err := s.linter.compare(ctx, s.head, s.base, nil)
	if err != nil {
		return 0, err
	}
	gone, err := c.applyBaseline(s.linter, &lintOptions{}, result)
	if err != nil {
		return 0, err
	}
	c.placeFindings(result)
	run.Lint = &report.LintRun{Result: result, Gone: gone, Quiet: true, FailLevel: s.linter.settings.FailLevel, Compared: true, Version: version(), NoTime: true}
	run.Lint.Hidden = hide(result, rules.Warning)
	return readingCode(s.head), nil
}

// ciTests runs all tests: a change can break the test of a rule that it does not
// touch. If any fails, those of before run too.
func (c *cli) ciTests(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	s := o.sides
	if _, passed := c.testPolicies(ctx, &testOptions{}, s.cfg, nil); !passed {
		run.Denied = append(run.Denied, report.CIRemark{Kind: "test", Text: "a test of own checks in Rego fails; standard error tells which"})
	}
	if s.head.Suite == nil || len(s.head.Suite.Cases) == 0 && s.head.TestDiagnostics.Count(rules.Error) == 0 {
		return exitClean, nil
	}
	result := s.testHead(ctx, c)
	run.Tests = &report.TestRun{Result: result, Load: s.head.TestDiagnostics, NoTime: true, Quiet: true}
	var err error
	run.FailedBefore, err = s.failedBefore(ctx, c)
	return testExitCode(unexpected(result, run), s.head.TestDiagnostics), err
}

// unexpected leaves out the tests that could not be read before the change either: they
// do not make the run one in which something is unreadable.
func unexpected(r *ruletest.Result, run *report.CIRun) *ruletest.Result {
	if run.Strict || len(run.FailedBefore) == 0 {
		return r
	}
	out := *r
	out.Cases = nil
	for i := range r.Cases {
		if !run.FailedBefore[r.Cases[i].Case.ID] {
			out.Cases = append(out.Cases, r.Cases[i])
		}
	}
	return &out
}

// ciBacktest replays recordings, if there are any.
func (c *cli) ciBacktest(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	cfg := o.sides.cfg
	if o.noReplay || len(o.recordings)+len(cfg.Telemetry.Recordings)+len(cfg.Telemetry.Baseline) == 0 {
		return exitClean, nil
	}
	if !run.Changed() {
		recordings, baseline, err := c.recordings(cfg, o.recordings, nil)
		if err == nil {
			err = c.recordingsThere(slices.Concat(recordings, baseline))
		}
		return exitClean, err
	}
	b := &backtestOptions{rules: o.rules, base: o.base, budgets: o.budgets, failOn: []string{"budget"}, samples: 3, noTime: true, sides: o.sides, judged: o.sides.verdicts.watch()}
	result, code, err := c.replaySides(ctx, b, o.recordings, o.workers)
	run.Backtest = result
	return code, err
}

// replaySides is a backtest with the defaults of its flags.
func (c *cli) replaySides(ctx context.Context, b *backtestOptions, recordings []string, workers int) (*report.BacktestRun, int, error) {
	b.input.flags(pflag.NewFlagSet("ci", pflag.ContinueOnError)) // the defaults
	if err := b.input.check(); err != nil {
		return nil, 0, err
	}
	b.input.workers = workers
	return c.backtestRun(ctx, b, recordings)
}

// ciCoverage assesses ATT&CK coverage on both sides.
func (c *cli) ciCoverage(ctx context.Context, o *ciOptions, run *report.CIRun) (int, error) {
	if o.noCoverage || !run.Changed() {
		return exitClean, nil
	}
	v := &coverageOptions{rules: o.rules, base: o.base, failOn: "gate", badge: "3b", workers: o.workers, noReplay: o.noReplay, formats: []string{"pretty"}, sides: o.sides}
	if err := v.check(func(string) bool { return false }); err != nil {
		return 0, err
	}
	v.time = c.now
	result, code, err := c.coverageRun(ctx, v)
	run.Coverage = result
	return code, err
}

// policyFolders are those of the gates.
func (o *ciOptions) policyFolders(cfg *config.Config) []string {
	if len(o.policies) > 0 {
		return o.policies
	}
	var out []string
	for _, p := range cfg.CI.Policies {
		out = append(out, cfg.Resolve(p.Text))
	}
	return out
}
