package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/expansion"
	"github.com/socctl/socctl/rules/config"
)

// expandOptions are the flags of expand.
type expandOptions struct {
	rules, pipelines, formats []string
	recordings, baseline      []string
	only, techniques          []string
	budget                    float64
	owner, level              string
	apply, tests              string
	input                     recordingOptions
}

func (c *cli) expandCommand() *cobra.Command {
	var o expandOptions
	cmd := &cobra.Command{
		Use:   "expand EVENTS...",
		Short: "Propose how to catch events of an incident that no rule caught",
		Long: `Propose how to catch events of a confirmed incident that no rule matches. EVENTS
are recordings that hold these events and no others, or - for standard input.

First the nearest miss: rules that one part keeps from matching, or two, with
that part widened, as a patch of the rule's file. Else a draft of a rule, of
comparisons that are rare in recordings of which nobody says what they are
(--recording).
Both come with their cost, in alerts a day on these recordings, and with tests.
What might cost more than the budget is not proposed. Exit code 4 says that
events are left and nothing is proposed for any.`,
		Example: `  socctl expand -r rules --recording logs/ incident.ndjson
  socctl expand --event sha256:… -f markdown=gap.md --recording logs/ day.evtx
  socctl expand --apply rules/drafts --owner detection-team --technique T1490 incident.ndjson`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name the events of the incident: recordings, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.expandCoverage(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path`, a file or a folder (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.ExpansionFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringArrayVar(&o.recordings, "recording", nil, "`recording` of usual days, on which the cost is measured; may be repeated (default: those of the configuration)")
	flags.StringArrayVar(&o.baseline, "baseline", nil, "further `recording` that is known to be benign; may be repeated (default: telemetry.baseline of the configuration)")
	flags.StringArrayVar(&o.only, "event", nil, "look at the event of this `fingerprint` alone; may be repeated")
	flags.Float64Var(&o.budget, "budget", expansion.DefaultBudget, "alerts a day that a proposal may add")
	flags.StringSliceVar(&o.techniques, "technique", nil, "`technique` of ATT&CK that the incident is known to show: a tag of drafts, and only rules with it are widened; may be repeated")
	flags.StringVar(&o.level, "level", "medium", "level of drafts")
	flags.StringVar(&o.owner, "owner", "", "author of drafts; needed to apply them")
	flags.StringVar(&o.apply, "apply", "", "change rules, write drafts into a `folder`, and tests into that of --tests")
	flags.StringVar(&o.tests, "tests", "tests/expansion", "`folder` of the tests that --apply writes")
	o.input.flags(flags)
	return cmd
}

// check completes the options, or says what is wrong with them.
func (o *expandOptions) check(sources []string) error {
	if err := errors.Join(checkFormats("expand", o.formats, report.ExpansionFormats, []string{"pretty", "markdown"}), o.input.check()); err != nil {
		return err
	}
	switch {
	case !(o.budget > 0) || math.IsInf(o.budget, 0) || o.budget > 1e9:
		return usageError("--budget takes a number of alerts a day above 0, not %v", o.budget)
	case !slices.Contains(backtest.Levels, o.level):
		return usageError("--level takes one of %s, not %q", strings.Join(backtest.Levels, ", "), o.level)
	case o.apply != "" && o.owner == "":
		return usageError("--apply needs --owner: every draft has somebody who answers for it")
	case slices.Contains(sources, "-") && slices.Contains(o.recordings, "-"):
		return usageError("standard input is either the incident or a recording of usual days, not both")
	case o.input.logsource != "auto":
		return usageError("--logsource: expand looks at events as rules see them, which is auto")
	}
	return nil
}

// tagsOf returns the tags of the techniques, which must be known.
func (c *cli) tagsOf(o *expandOptions) ([]string, error) {
	if len(o.techniques) == 0 {
		return nil, nil
	}
	facts, err := c.facts("")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range o.techniques {
		id = strings.ToUpper(strings.TrimSpace(id))
		if t := facts.Technique(id); t == nil || t.Status != attack.Active {
			return nil, usageError("--technique: ATT&CK %s has no technique %q: see socctl attack list", facts.Version, id)
		}
		out = append(out, "attack."+strings.ToLower(id))
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (c *cli) expandCoverage(ctx context.Context, o *expandOptions, sources []string) error {
	if err := o.check(sources); err != nil {
		return err
	}
	tags, err := c.tagsOf(o)
	if err != nil {
		return err
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	loaded, err := c.loadRules(cfg, o.rules, o.pipelines)
	if err != nil {
		return err
	}
	in := &expansion.Input{Set: loaded.written, Pipeline: loaded.piped, Program: loaded.program, Options: compiler.Options{Placeholders: cfg.PlaceholderValues(), Now: c.now},
		Budget: o.budget, Now: c.now, Owner: o.owner, Level: o.level, Techniques: tags, Drafts: filepath.ToSlash(o.apply), Tests: filepath.ToSlash(o.tests)}
	if in.Table, err = c.views(cfg); err != nil {
		return err
	}
	damaged, err := c.expandInputs(ctx, o, cfg, in, sources)
	if err != nil {
		return err
	}
	result, err := expansion.Expand(ctx, in)
	if stopped := interrupted(ctx.Err()); stopped != nil {
		return stopped // what costs too much may be in the rest
	}
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	result.Partial = result.Partial || damaged
	if o.apply != "" {
		outlivePrinting()
	}
	if err := c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Expansion(w, s, format, result, proposalDiff)
	}); err != nil {
		return err
	}
	return c.expandEnd(o, result, loaded.exitCode())
}

// expandInputs reads the events of the incident, and finds the recordings. damaged
// says that an event could not be read.
func (c *cli) expandInputs(ctx context.Context, o *expandOptions, cfg *config.Config, in *expansion.Input, sources []string) (damaged bool, err error) {
	normaliser := o.input.normaliser(in.Table)
	for r, err := range telemetry.Read(ctx, sources, o.input.readOptions(c.stdin)) {
		if err != nil {
			damaged = true
			c.unreadable(err)
			continue
		}
		e := normaliser.Event(r)
		if isAlert(e) {
			return damaged, usageError("%s record %d is an alert as eval prints it, not an event, and what raised it is caught: name a recording of events that no rule caught, and with --event which of them", r.Source, r.Index)
		}
		if len(o.only) == 0 || slices.Contains(o.only, e.Fingerprint()) {
			in.Incident = append(in.Incident, e)
		}
	}
	if len(in.Incident) == 0 {
		code := exitUsage
		if damaged {
			code = exitUnreadable
		}
		return damaged, &exitError{code, fmt.Errorf("no event%s in %s", ofFingerprints(o.only), strings.Join(sources, ", "))}
	}
	replayer, err := c.replayer(cfg, &backtestOptions{input: o.input, baseline: o.baseline}, o.recordings)
	if err != nil {
		return damaged, err
	}
	collectLess()
	all := recorded.New(replayer)
	c.watch(all)
	in.Replayer = all
	return damaged, nil
}

// isAlert reports whether an event is a line of what eval prints.
func isAlert(e *telemetry.Event) bool {
	text := func(name string) string {
		v, _ := e.Field(name)
		return v.Text()
	}
	_, correlated := e.Field("contributors")
	return len(e.Views()) == 0 && strings.HasPrefix(text("rule_hash"), "sha256:") && (correlated || strings.HasPrefix(text("event_fingerprint"), "sha256:"))
}

// ofFingerprints says which events were asked for.
func ofFingerprints(only []string) string {
	if len(only) == 0 {
		return ""
	}
	return " with the fingerprint " + strings.Join(only, " or ")
}

// expandEnd applies what is proposed, and returns with what the result asks for.
func (c *cli) expandEnd(o *expandOptions, r *expansion.Report, code int) error {
	if o.apply != "" {
		err := errors.New("nothing was applied: a part of the input could not be read, and what costs too much may be in it")
		if !r.Partial {
			err = c.applyExpansion(r)
		}
		if err != nil {
			return &exitError{exitUnreadable, err}
		}
	}
	if r.Partial {
		code = exitUnreadable
	}
	if code == exitClean && r.Summary.Open > 0 && len(r.Proposals) == 0 {
		code = exitAbstained
	}
	return exitWith(code)
}

// applyExpansion writes rules, drafts and tests.
func (c *cli) applyExpansion(r *expansion.Report) error {
	for i := range r.Proposals {
		p := &r.Proposals[i]
		if p.Kind == expansion.Widening {
			now, err := os.ReadFile(p.Path)
			if err != nil {
				return err
			}
			if !bytes.Equal(bytes.TrimPrefix(now, []byte("\ufeff")), []byte(p.Before)) {
				return fmt.Errorf("%s has changed since it was read: run expand again", p.Path)
			}
		}
		for _, f := range [][2]string{{p.Path, p.Document}, {p.TestPath, p.Test}} {
			if err := os.MkdirAll(filepath.Dir(f[0]), 0o755); err != nil {
				return err
			}
			if err := replaceFile(f[0], []byte(f[1])); err != nil {
				return err
			}
			if !c.quiet {
				fmt.Fprintf(c.stderr, "wrote %s\n", report.Clean(f[0]))
			}
		}
	}
	return nil
}

// proposalDiff is what a proposal changes in a file, as a unified diff; of a draft its
// text.
func proposalDiff(s report.Style, p *expansion.Proposal) string {
	if p.Kind == expansion.Draft {
		return p.Document
	}
	var b bytes.Buffer
	if err := writeDiff(&b, s, p.Path, []byte(p.Before), []byte(p.Document)); err != nil {
		return err.Error()
	}
	return b.String()
}
