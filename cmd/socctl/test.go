package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// testOptions are the flags of test.
type testOptions struct {
	run          string
	pipelines    []string
	formats      []string
	recordings   string
	corpus       string
	verbose      bool
	update       bool
	failFast     bool
	allowMissing bool
	noTime       bool
	workers      int
	adequacy     adequacyOptions
}

func (c *cli) testCommand() *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test [PATH...]",
		Short: "Run the unit tests of rules",
		Long: `Run the unit tests of rules.

A path is a rule, a file of tests, or a folder of either; without any, the rules
and tests of the configuration, else the current folder. Tests are read from
tests/<path of the rule>.yml, from the attribute tests: of a rule, from SigmaHQ's
regression_tests_path, and from RSigma's exemplars and expectations.

With --cover it is told how much of the rules the tests show: which filters,
selections, items and values were seen to be true, to be false, and to decide.
With --mutate the rules are changed, one part at a time: a change that no test
notices is named, with an event that would show it. With --evade the events that
rules match in their tests are disguised as attackers do it.`,
		Example: `  socctl test
  socctl test rules/windows --run 'office.*Intune' -v
  socctl test --cover-min 80 --mutate
  socctl test sigma --allow-missing-recordings`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.test(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	pipelineFlag(flags, &o.pipelines)
	flags.StringVar(&o.run, "run", "", "only tests whose path::name matches `regexp`")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show tests that pass")
	flags.BoolVar(&o.update, "update", false, "rewrite golden files")
	flags.BoolVar(&o.failFast, "fail-fast", false, "stop at the first test that fails")
	jobsFlag(flags, &o.workers, "parallel workers")
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.TestFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.BoolVar(&o.allowMissing, "allow-missing-recordings", false, "count missing recordings instead of failing")
	flags.StringVar(&o.recordings, "recordings", string(ruletest.EVTX), "which twin of SigmaHQ's recordings to read: evtx or json")
	flags.StringVar(&o.corpus, "corpus", "", "`folder` of the recordings that RSigma's expectations name (default: that of the file)")
	o.adequacy.flags(flags)
	flags.BoolVar(&o.noTime, "no-time", false, "leave out durations, so that output can be compared")
	return cmd
}

func (c *cli) test(ctx context.Context, o *testOptions, paths []string) error {
	run, code, err := c.testRun(ctx, o, paths)
	if err != nil || run == nil {
		return errorOr(err, code)
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Tests(w, s, format, run)
	}); err != nil {
		return err
	}
	return exitWith(code)
}

// errorOr returns an error, or what a code says.
func errorOr(err error, code int) error {
	if err != nil {
		return err
	}
	return exitWith(code)
}

// testRun runs tests. Without any but those of the project's own checks there is no
// run, only a code.
func (c *cli) testRun(ctx context.Context, o *testOptions, paths []string) (*report.TestRun, int, error) {
	start := time.Now()
	filter, err := o.check()
	if err != nil {
		return nil, 0, err
	}
	cfg, err := c.config(firstPath(paths))
	if err != nil {
		return nil, 0, err
	}
	table, err := c.views(cfg)
	if err != nil {
		return nil, 0, err
	}
	pipelines, err := c.pipelines(cfg, o.pipelines)
	if err != nil {
		return nil, 0, err
	}
	load, err := c.testSources(o, cfg, paths)
	if err != nil {
		return nil, 0, err
	}
	suite, diags := ruletest.Load(load)
	for i, d := range diags {
		diags[i] = c.placed(d)
	}
	ran, passed := c.testPolicies(ctx, o, cfg, filter)
	if err := nothingToRun(suite, diags, filter, load.Paths); err != nil {
		if ran == 0 && passed {
			return nil, 0, err
		}
		return nil, codeOf(passed), nil
	}
	progress := report.NewProgress(c.stderr, c.quiet)
	total := suite.Select(filter)
	result := ruletest.Run(ctx, suite, ruletest.RunOptions{Filter: filter, Jobs: o.workers, FailFast: o.failFast, Update: o.update,
		AllowMissing: o.allowMissing || cfg.Test.AllowMissingRecordings, Keep: o.adequacy.wanted(), Untested: o.adequacy.wanted(), Placeholders: cfg.PlaceholderValues(), Now: c.now, Pipeline: pipelines.all, Taxonomies: pipelines.taxonomies, Normaliser: telemetry.NewNormaliser(table),
		Progress: func(done, failed int) { progress.Update("%d of %d tests, %d failed", done, total, failed) }})
	progress.Done()
	c.tellExpired(result.Expiry)
	run := &report.TestRun{Result: result, Load: diags, Elapsed: time.Since(start), Verbose: o.verbose, NoTime: o.noTime, Quiet: c.quiet}
	enough := o.adequacy.measure(run, o.workers, table)
	return run, max(testExitCode(result, diags), codeOf(passed && enough)), nil
}

// codeOf is the exit code of tests that all passed, or did not.
func codeOf(passed bool) int {
	if passed {
		return exitClean
	}
	return exitFindings
}

// check compiles the filter and rejects unknown words.
func (o *testOptions) check() (*regexp.Regexp, error) {
	for _, format := range o.formats {
		name, path, toFile := strings.Cut(format, "=")
		if !slices.Contains(report.TestFormats, name) || toFile && path == "" {
			return nil, usageError("unknown format %q: test knows %s", format, strings.Join(report.TestFormats, ", "))
		}
	}
	if err := o.adequacy.check(); err != nil {
		return nil, err
	}
	if o.recordings != string(ruletest.EVTX) && o.recordings != string(ruletest.JSON) {
		return nil, usageError("--recordings takes evtx or json, not %q", o.recordings)
	}
	if o.run == "" {
		return nil, nil
	}
	filter, err := regexp.Compile(o.run)
	if err != nil {
		return nil, usageError("--run: %v", err)
	}
	return filter, nil
}

// firstPath is the folder where the search for a configuration starts.
func firstPath(paths []string) string {
	if len(paths) == 0 {
		return "."
	}
	if info, err := os.Stat(paths[0]); err == nil && !info.IsDir() {
		return filepath.Dir(paths[0])
	}
	return paths[0]
}

// testSources says where rules and tests lie: as called, else as configured,
// else here.
func (c *cli) testSources(o *testOptions, cfg *config.Config, paths []string) (ruletest.LoadOptions, error) {
	l := ruletest.LoadOptions{Paths: paths, Recordings: ruletest.Recordings(o.recordings), Corpus: o.corpus}
	var err error
	if l.RuleDirs, err = c.expand(cfg, cfg.Rules); err != nil {
		return l, err
	}
	if l.TestDirs, err = c.expand(cfg, cfg.Tests); err != nil {
		return l, err
	}
	if len(paths) == 0 {
		l.Paths = slices.Concat(l.RuleDirs, l.TestDirs)
	}
	if len(l.Paths) == 0 {
		l.Paths = []string{"."}
	}
	return l, nil
}

// nothingToRun is the error of a run without any test.
func nothingToRun(s *ruletest.Suite, diags rules.Diagnostics, filter *regexp.Regexp, paths []string) error {
	switch {
	case len(s.Cases) == 0 && diags.Count(rules.Error) == 0:
		return usageError("no test found in %s (%s read); tests lie in tests/<path of the rule>.yml or under tests: in the rule; socctl new test writes them",
			strings.Join(paths, ", "), report.Count(s.Files, "file"))
	case len(s.Cases) > 0 && s.Select(filter) == 0:
		return usageError("none of %s matches --run %s", report.Count(len(s.Cases), "test"), fmt.Sprintf("%q", filter))
	}
	return nil
}

// testExitCode is the highest that anything in a run asks for.
func testExitCode(r *ruletest.Result, load rules.Diagnostics) int {
	code := exitClean
	if !r.Clean() || load.Count(rules.Error) > 0 {
		code = exitFindings
	}
	for _, d := range load {
		if d.Code == rules.CodeUnreadable {
			code = exitUnreadable
		}
	}
	if r.Unreadable() || r.Cancelled {
		code = exitUnreadable
	}
	return code
}
