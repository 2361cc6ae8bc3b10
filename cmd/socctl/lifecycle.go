package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/feedback/lifecycle"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/lint/restatus"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// lifecycleOptions are the flags of lifecycle.
type lifecycleOptions struct {
	healthOptions
	apply bool
}

func (c *cli) lifecycleCommand() *cobra.Command {
	var o lifecycleOptions
	cmd := &cobra.Command{
		Use:   "lifecycle [RECORDING...]",
		Short: "Which rules have earned a better status, and which are replaced by others",
		Long: `Propose the status that rules have earned: test for an experimental rule and stable for
a tested one, by its tests, the recorded days on which it could have matched, its
age and the verdicts on its alerts; and deprecated for a rule of which another one
is proven to match every event. What is asked stands under lifecycle: in the
configuration. For every rule it is told what is missing.

A rule of which neither recordings nor verdicts tell anything is never promoted.
Recordings are those that are named, else those of the configuration. Without
--apply nothing is written; with it status, modified and related are, and the rest
of a file stays as it is, byte for byte.`,
		Example: `  socctl lifecycle -r rules history/
  socctl lifecycle -f markdown=lifecycle.md history/
  socctl lifecycle --apply history/`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.lifecycle(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.LifecycleFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringArrayVar(&o.baseline, "baseline", nil, "further `recording` that is known to be benign; may be repeated (default: telemetry.baseline of the configuration)")
	flags.BoolVar(&o.apply, "apply", false, "write the proposals into the rules")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "all rules, with all that was asked and found")
	o.input.flags(flags)
	return cmd
}

func (c *cli) lifecycle(ctx context.Context, o *lifecycleOptions, recordings []string) error {
	if err := errors.Join(checkFormats("lifecycle", o.formats, report.LifecycleFormats, []string{"pretty", "markdown"}), o.input.check()); err != nil {
		return err
	}
	v, err := c.verdicts(&o.ledgerOptions)
	if err != nil {
		return err
	}
	criteria, diags := lifecycle.ParseCriteria(v.cfg.Lifecycle)
	c.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return &exitError{code: exitUsage}
	}
	if o.rules, err = c.pathsOfRules(v.cfg, o.rules); err != nil {
		return err
	}
	o.rules = fromHere(o.rules, false)
	result, code, err := c.earned(ctx, o, v, criteria, recordings)
	if err := interrupted(ctx.Err()); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if o.apply {
		outlivePrinting()
	}
	err = c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Lifecycle(w, s, format, result, o.verbose)
	})
	if err == nil && o.apply {
		var applied int
		applied, err = c.applyLifecycle(o, v.cfg, result)
		code = max(code, applied)
	}
	if err != nil {
		return err
	}
	return exitWith(code)
}

// earned gathers the evidence and judges it.
func (c *cli) earned(ctx context.Context, o *lifecycleOptions, v *verdicts, criteria lifecycle.Criteria, recordings []string) (*lifecycle.Report, int, error) {
	state, contents, damaged, err := c.state(v)
	if err != nil {
		return nil, 0, err
	}
	c.diagnose(contents.Diagnostics)
	loaded, err := c.loadRules(v.cfg, o.rules, o.pipelines)
	if err != nil {
		return nil, 0, err
	}
	in := &health.Input{Program: loaded.program, State: state, Now: c.now.Format(time.RFC3339)}
	if err := c.replayFor(ctx, &o.healthOptions, v.cfg, in, recordings); err != nil {
		return nil, 0, err
	}
	tests, err := c.testsShow(ctx, o, v.cfg)
	if err != nil {
		return nil, 0, err
	}
	code := max(loaded.exitCode(), damagedCode(damaged))
	if in.Replay != nil && (in.Replay.Partial || in.Replay.Summary.Problems > 0) {
		code = exitUnreadable
	}
	return lifecycle.Assess(&lifecycle.Input{Program: loaded.program, Health: health.Assess(in), Replay: in.Replay, Tests: tests,
		Covers: coversOf(loaded.program, o.input.workers), Criteria: criteria, Now: c.now, Correlations: loaded.set.Correlations}), code, nil
}

// testsShow runs the tests of the rules and measures what they show.
func (c *cli) testsShow(ctx context.Context, o *lifecycleOptions, cfg *config.Config) (map[string]lifecycle.Tests, error) {
	load, err := c.testSources(&testOptions{recordings: string(ruletest.EVTX)}, cfg, o.rules)
	if err != nil {
		return nil, err
	}
	table, err := c.views(cfg)
	if err != nil {
		return nil, err
	}
	pipelines, err := c.pipelines(cfg, o.pipelines)
	if err != nil {
		return nil, err
	}
	suite, _ := ruletest.Load(load)
	ran := ruletest.Run(ctx, suite, ruletest.RunOptions{Jobs: o.input.workers, AllowMissing: true, Keep: true, Placeholders: cfg.PlaceholderValues(), Now: c.now,
		Pipeline: pipelines.all, Taxonomies: pipelines.taxonomies, Normaliser: telemetry.NewNormaliser(table)})
	return lifecycle.TestsOf(ran, adequacy.Cover(ran.Program, adequacy.Subjects(ran), o.input.workers, table)), nil
}

// coversOf returns what is proven of rules that cover others.
func coversOf(p *compiler.Program, jobs int) (out []lifecycle.Cover) {
	for _, c := range proof.Covers(p, nil, &proof.Models{}, workers(jobs)) {
		if !c.Sure && proof.Nested(c.Clashes) {
			continue // lists of objects hold several values as a rule
		}
		out = append(out, lifecycle.Cover{Narrow: c.Narrow, Wide: c.Wide, Same: c.Same, Sure: c.Sure})
	}
	return out
}

// applyLifecycle writes what is proposed into the rules.
func (c *cli) applyLifecycle(o *lifecycleOptions, cfg *config.Config, r *lifecycle.Report) (code int, err error) {
	docs, _, _ := rules.ReadPaths(o.rules...)
	byPlace := map[string]rules.Document{}
	for _, d := range docs {
		byPlace[health.PlaceOf(d)] = d
	}
	var changes []restatus.Change
	for _, w := range r.Writes() {
		if d := byPlace[w.Place]; d != nil {
			change := restatus.Change{Document: d, Status: w.Status, Day: r.Now}
			for _, rel := range w.Related {
				change.Related = append(change.Related, restatus.Relation{ID: rel.ID, Type: rel.Type})
			}
			changes = append(changes, change)
		}
	}
	findings, refused := restatus.Findings(restatus.Together(changes))
	c.diagnose(refused)
	if len(refused) > 0 {
		code = exitFindings
	}
	for _, f := range (lint.Fixer{Compile: compiler.Options{Placeholders: cfg.PlaceholderValues()}}).Fix(findings) {
		for _, left := range append(f.Refused, f.Postponed...) {
			code = exitFindings
			fmt.Fprintf(c.stderr, "not written, because the rule would mean something else: %s\n", report.Clean(left.Span.String()))
		}
		if bytes.Equal(f.Before, f.After) {
			continue
		}
		if err := writeFixed(f); err != nil {
			return code, &exitError{exitUnreadable, err}
		}
		if !c.quiet {
			fmt.Fprintf(c.stderr, "wrote %s\n", report.Clean(f.Path))
		}
	}
	return code, nil
}
