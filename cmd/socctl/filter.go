package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/feedback/audit"
	"github.com/socctl/socctl/rules"
)

func (c *cli) filterCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "filter",
		Short:   "Judge what rules exclude, and watch filters after they were accepted",
		Example: "  socctl filter audit rules",
	}
	cmd.AddCommand(c.filterAuditCommand(), c.filterCheckCommand(), c.filterSampleCommand())
	return cmd
}

// auditOptions are the flags of filter audit.
type auditOptions struct {
	formats, pipelines []string
	failLevel, level   string
	verbose            bool
}

func (c *cli) filterAuditCommand() *cobra.Command {
	var o auditOptions
	cmd := &cobra.Command{
		Use:   "audit [PATH...]",
		Short: "Grade exclusions by what an attacker must control to hide in them",
		Long: `Grade exclusions, those in rules and filter documents, by what an attacker must
control to hide in them, worst first: what he chooses himself (class attacker),
what a known trick gives him (spoofable), or what takes rights on the system.

Each comes with what to do to hide in it, and an event that the rule would report
without the exclusion and does not. Exclusions that can exclude nothing are told,
with the proof. Grades rest on a table of fields, places and programs that the
configuration can override, and are never errors: with the default --fail-level
they do not fail a build.`,
		Example: `  socctl filter audit
  socctl filter audit rules/windows --level info -v
  socctl filter audit rules --fail-level warning -f json=audit.json -f markdown`,
		PreRunE: func(*cobra.Command, []string) error { return o.check() },
		RunE:    func(cmd *cobra.Command, args []string) error { return c.filterAudit(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	pipelineFlag(flags, &o.pipelines)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.FilterAuditFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringVar(&o.level, "level", "warning", "least `severity` that is reported: warning or info")
	flags.StringVar(&o.failLevel, "fail-level", "error", "least `severity` that makes the exit code 1: error, warning, info or never")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show of every exclusion an event that hides in it")
	return cmd
}

func (o *auditOptions) check() error {
	if err := checkFormats("filter audit", o.formats, report.FilterAuditFormats, report.FilterAuditTexts); err != nil {
		return err
	}
	if !slices.Contains([]string{"warning", "info"}, o.level) {
		return usageError("--level takes warning or info, not %q", o.level)
	}
	if !slices.Contains([]string{"error", "warning", "info", "never"}, o.failLevel) {
		return usageError("--fail-level takes error, warning, info or never, not %q", o.failLevel)
	}
	return nil
}

func (c *cli) filterAudit(ctx context.Context, o *auditOptions, paths []string) error {
	cfg, err := c.config(firstPath(paths))
	if err != nil {
		return err
	}
	table, err := c.views(cfg)
	if err != nil {
		return err
	}
	if paths, _, err = c.rulePaths(cfg, paths); err != nil {
		return err
	}
	l, err := c.loadRules(cfg, fromHere(paths, false), o.pipelines)
	if err != nil {
		return err
	}
	result, err := audit.Run(ctx, l.program, table)
	if err != nil {
		return interrupted(err)
	}
	code := auditExitCode(result, o.failLevel, l.exitCode())
	run := &report.FilterAuditRun{Result: result, Verbose: o.verbose, Rejected: l.rejected(), Version: version()}
	if o.level == rules.Warning.String() {
		before := len(result.Exclusions)
		result.Exclusions = slices.DeleteFunc(result.Exclusions, func(x audit.Exclusion) bool { return x.Severity != o.level })
		run.Hidden = before - len(result.Exclusions)
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.FilterAudit(w, s, format, run)
	}); err != nil {
		return err
	}
	return exitWith(code)
}

// auditExitCode is the highest that exclusions and rules ask for.
func auditExitCode(r *audit.Report, failLevel string, code int) int {
	for i := range r.Exclusions {
		if failLevel == "info" || failLevel == r.Exclusions[i].Severity {
			return max(code, exitFindings)
		}
	}
	return code
}
