package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// coverageOptions are the flags of coverage.
type coverageOptions struct {
	rules, pipelines, formats  []string
	base, release, baseRelease string
	platforms, manifests       []string
	root, verdicts, evidence   string
	failOn, badge              string
	noTests, noReplay, verbose bool
	workers                    int

	sides      *bothSides // that were read already; nil if they were not
	badgeLevel coverage.Level
	time       time.Time
}

func (c *cli) coverageCommand() *cobra.Command {
	var o coverageOptions
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "ATT&CK techniques: what evidence rules have for each, and what a change does to it",
		Long: `Say for every technique of MITRE ATT&CK® and every platform what evidence the
rules have that they detect it: 1 tagged, 2 tested, 3a fired on telemetry that was
recorded for the rule, 3b fired on attack telemetry that others labelled, 4 proven
by verdicts. A tag alone is level 1 and nothing more.

Tests are those that socctl test runs. Labelled recordings come from telemetry
manifests, and are replayed once their hashes are verified. With --base the rules
of a revision are assessed in the same way, with the same recordings, and every
cell that is lost, weakened or thinned is told with its cause.`,
		Example: `  socctl coverage -r rules
  socctl coverage --manifest telemetry.yml -f html=matrix.html -f navigator=layers.json
  socctl coverage --base origin/main -f markdown`,
		Args:    noArguments("name rules with -r"),
		PreRunE: func(cmd *cobra.Command, _ []string) error { return o.check(cmd.Flags().Changed) },
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.coverage(cmd.Context(), &o) },
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path`, a file or a folder (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
	flags.StringVar(&o.base, "base", "", "compare with the rules at `REF`: a branch, tag or commit")
	releaseFlag(flags, &o.release, "attack", "facts of ATT&CK")
	flags.StringVar(&o.baseRelease, "base-attack", "", "with --base, the facts that the rules were tagged for before: a `release` or a file (default: those of the configuration at REF)")
	flags.StringSliceVar(&o.platforms, "platform", nil, "only these `platforms`, such as Windows (default: scope.platforms of the configuration, else all but PRE)")
	flags.StringArrayVar(&o.manifests, "manifest", nil, "telemetry manifest `file`; may be repeated (default: coverage.manifests of the configuration)")
	flags.StringVar(&o.root, "telemetry-root", "", "`folder` that the paths of manifests start from (default: coverage.recordings of the configuration, else that of each manifest)")
	flags.StringVar(&o.verdicts, "verdict-stats", "", "JSON `file` that socctl verdict stats -f coverage wrote (default: coverage.verdicts of the configuration)")
	flags.StringVar(&o.verdicts, "verdicts", "", "older name of --verdict-stats")
	cmd.MarkFlagsMutuallyExclusive("verdicts", "verdict-stats")
	flags.Lookup("verdicts").Hidden = true
	flags.StringVar(&o.evidence, "evidence", "", "take firings from a `file` that -f evidence=FILE wrote, instead of replaying")
	flags.BoolVar(&o.noTests, "no-tests", false, "do not run unit tests")
	flags.BoolVar(&o.noReplay, "no-replay", false, "do not replay recordings")
	flags.StringVar(&o.failOn, "fail-on", "gate", "what makes the exit code 1 with --base: gate or nothing")
	flags.StringVar(&o.badge, "badge-level", "3b", "`level` that the badge counts from")
	jobsFlag(flags, &o.workers, "parallel workers")
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.CoverageFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "list every technique with its rules and evidence")
	return cmd
}

// check completes the options, or says what is wrong with them.
func (o *coverageOptions) check(given func(flag string) bool) error {
	if err := checkFormats("coverage", o.formats, report.CoverageFormats, report.CoverageTexts); err != nil {
		return err
	}
	if given("base") && o.base == "" {
		return usageError("--base is empty: name a branch, a tag or a commit, or leave it out")
	}
	if o.baseRelease != "" && o.base == "" {
		return usageError("--base-attack needs --base")
	}
	if !slices.Contains([]string{"gate", "nothing"}, o.failOn) {
		return usageError("--fail-on takes gate or nothing, not %q", o.failOn)
	}
	if o.evidence != "" && o.noReplay {
		return usageError("--evidence takes the place of a replay: leave --no-replay out")
	}
	var err error
	if o.badgeLevel, err = coverage.ParseLevel(o.badge); err != nil {
		return usageError("--badge-level: %v", err)
	}
	return nil
}

func (c *cli) coverage(ctx context.Context, o *coverageOptions) error {
	o.time = c.now
	run, code, err := c.coverageRun(ctx, o)
	if err != nil {
		return err
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Coverage(w, s, format, run)
	}); err != nil {
		return err
	}
	if !c.quiet {
		fmt.Fprintln(c.stderr, run.Line())
	}
	return exitWith(code)
}

// coverageRun makes an assessment, and says which exit code it asks for.
func (c *cli) coverageRun(ctx context.Context, o *coverageOptions) (*report.CoverageRun, int, error) {
	a, err := c.assessor(o)
	if err != nil {
		return nil, 0, err
	}
	collectLess()
	head, err := a.load(ctx)
	if err != nil {
		return nil, 0, err
	}
	if err := a.gather(ctx); err != nil {
		return nil, 0, err
	}
	if err := interrupted(ctx.Err()); err != nil {
		return nil, 0, err // what was not replayed would look like evidence that is not there
	}
	run := &report.CoverageRun{Report: a.assess(), Verbose: o.verbose, Badge: o.badgeLevel, Evidence: a.saved, Version: version()}
	code := max(head.exitCode(), a.code)
	if d := run.Report.Delta; d != nil && len(d.Violations) > 0 && o.failOn == "gate" {
		code = max(code, exitFindings)
	}
	return run, code, nil
}
