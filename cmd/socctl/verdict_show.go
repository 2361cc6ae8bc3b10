package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// listOptions are the flags of verdict list.
type listOptions struct {
	ledgerOptions
	rule, class, outcome, format string
	contested                    bool
}

func (c *cli) verdictListCommand() *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List alerts with what investigators said of them",
		Example: `  socctl verdict list --contested
  socctl verdict list --rule Whoami --class supporting -f ndjson`,
		Args:    noArguments("name verdicts with --store"),
		PreRunE: func(cmd *cobra.Command, _ []string) error { return ruleNamed(cmd) },
		RunE:    func(*cobra.Command, []string) error { return c.verdictList(&o) },
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringVar(&o.rule, "rule", "", "only alerts of a `rule`, by id, name or title")
	flags.StringVar(&o.class, "class", "", "only supporting, protected or unknown ones")
	flags.StringVar(&o.outcome, "verdict", "", "only those that a `verdict` decided")
	flags.BoolVar(&o.contested, "contested", false, "only those on which investigators disagree")
	flags.StringVarP(&o.format, "format", "f", "pretty", strings.Join(report.VerdictFormats, ", "))
	return cmd
}

func (c *cli) verdictList(o *listOptions) error {
	if !slices.Contains(report.VerdictFormats, o.format) {
		return usageError("unknown format %q: verdict list knows %s", o.format, strings.Join(report.VerdictFormats, ", "))
	}
	if o.class != "" && !slices.Contains([]string{"supporting", "protected", "unknown"}, o.class) {
		return usageError("--class takes supporting, protected or unknown, not %q", o.class)
	}
	if o.outcome != "" && !slices.Contains(feedback.Outcomes(), feedback.Outcome(o.outcome)) {
		return usageError("--verdict takes a verdict such as malicious, not %q", o.outcome)
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
	names, err := c.ruleNames(v, &o.ledgerOptions)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	if names != nil {
		titles = names.titles
		if id, ok := names.find(o.rule); ok {
			o.rule = id
		}
	}
	if o.rule != "" && !slices.ContainsFunc(state.Alerts, func(a *feedback.AlertState) bool { return a.Alert.RuleID == o.rule }) && (names == nil || titles[o.rule] == "") {
		return unjudged(o.rule, names)
	}
	kept := slices.DeleteFunc(slices.Clone(state.Alerts), func(a *feedback.AlertState) bool {
		return o.rule != "" && a.Alert.RuleID != o.rule || o.class != "" && a.Class.String() != o.class ||
			o.outcome != "" && string(a.Outcome) != o.outcome || o.contested && !a.Contested
	})
	if err := report.Verdicts(c.stdout, c.out(), o.format, kept, titles); err != nil {
		return &exitError{exitUnreadable, err}
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s of %s\n", report.Count(len(kept), "alert"), report.Count(len(state.Alerts), "alert"))
	}
	return exitWith(damagedCode(damaged))
}

// damagedCode is the exit code of a ledger of which something could not be read.
func damagedCode(damaged bool) int {
	if damaged {
		return exitUnreadable
	}
	return exitClean
}

func (c *cli) verdictCheckCommand() *cobra.Command {
	var o ledgerOptions
	failLevel, format := "error", "pretty"
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find verdicts that are damaged, contradict each other or lead nowhere",
		Example: `  socctl verdict check
  socctl verdict check --fail-level warning -f json`,
		Args: noArguments("name verdicts with --store"),
		RunE: func(*cobra.Command, []string) error { return c.verdictCheck(&o, failLevel, format) },
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringVar(&failLevel, "fail-level", failLevel, "least `severity` that makes the exit code 1: error, warning, info or never")
	flags.StringVarP(&format, "format", "f", format, "pretty or json")
	return cmd
}

func (c *cli) verdictCheck(o *ledgerOptions, failLevel, format string) error {
	if !slices.Contains([]string{"error", "warning", "info", "never"}, failLevel) {
		return usageError("--fail-level takes error, warning, info or never, not %q", failLevel)
	}
	if format != "pretty" && format != "json" {
		return usageError("unknown format %q: pretty or json", format)
	}
	v, err := c.verdicts(o)
	if err != nil {
		return err
	}
	state, contents, _, err := c.state(v)
	if err != nil {
		return err
	}
	names, err := c.ruleNames(v, o)
	if err != nil {
		return err
	}
	var hashes map[string]string
	if names != nil {
		hashes = names.hashes
	}
	diags := append(contents.Diagnostics, state.Check(hashes)...)
	diags.Sort()
	if err := report.VerdictProblems(c.stdout, c.out(), format, state, diags); err != nil {
		return &exitError{exitUnreadable, err}
	}
	if n := state.Signed + state.Unsigned + state.Refuted; n > 0 && !c.quiet {
		fmt.Fprintf(c.stderr, "%d signed, %d not signed that must be, %d with a signature that does not hold\n", state.Signed, state.Unsigned, state.Refuted)
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s on %s in %s; %s, %s\n", report.Count(state.Verdicts, "verdict"), report.Count(len(state.Alerts), "alert"), report.Count(len(contents.Files), "file"),
			report.Count(diags.Count(rules.Error), "error"), report.Count(diags.Count(rules.Warning)-diags.Count(rules.Error), "warning"))
	}
	for _, d := range diags {
		if failLevel == d.Severity.String() || failLevel == "info" || failLevel == "warning" && d.Severity == rules.Error {
			return exitWith(exitFindings)
		}
	}
	return nil
}

func (c *cli) verdictStatsCommand() *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count verdicts, and tell how reliable agents are",
		Long: `Count verdicts, and tell how reliable agents are.

With -f coverage it prints, for every rule, what socctl coverage reads with
--verdicts, or as coverage.verdicts of the configuration: how many root causes of
the rule as it is were attacks and how many were none, and whether the rule keeps
its budget in recordings that are known to be benign.`,
		Example: `  socctl verdict stats
  socctl verdict stats -f json
  socctl verdict stats -f coverage -r rules --baseline quiet/ > verdict-stats.json`,
		Args: noArguments("name verdicts with --store"),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.verdictStats(cmd.Context(), &o) },
	}
	flags := cmd.Flags()
	o.ledgerOptions.flags(flags)
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty, json or coverage")
	flags.StringArrayVar(&o.baseline, "baseline", nil, "with -f coverage: `recording` that is known to be benign; may be repeated (default: telemetry.baseline of the configuration)")
	o.input.flags(flags)
	return cmd
}

func (c *cli) verdictStats(ctx context.Context, o *statsOptions) error {
	if !slices.Contains([]string{"pretty", "json", "coverage"}, o.format) {
		return usageError("unknown format %q: pretty, json or coverage", o.format)
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
	code := damagedCode(damaged)
	if o.format == "coverage" {
		more, err := c.verdictCoverage(ctx, o, v, state)
		if err != nil {
			return err
		}
		return exitWith(max(code, more))
	}
	if err := report.VerdictStats(c.stdout, c.out(), o.format, state.Stats()); err != nil {
		return &exitError{exitUnreadable, err}
	}
	return exitWith(code)
}
