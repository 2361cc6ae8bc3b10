package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest/recorded"
	"github.com/socctl/socctl/feedback/calibration"
	"github.com/socctl/socctl/feedback/ledger"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/lint/policy"
	"github.com/socctl/socctl/rules"
)

// tuneOptions are the flags of tune.
type tuneOptions struct {
	ledgerOptions
	formats []string
	only    []string
	owner   string
	apply   string
	tests   string
	merge   string
	allowed bool
	patch   bool
	tested  string
	attacks []string
	input   recordingOptions
}

func (c *cli) tuneCommand() *cobra.Command {
	var o tuneOptions
	cmd := &cobra.Command{
		Use:   "tune [RECORDING...]",
		Short: "Propose changes of rules from verdicts, with what is known of their safety",
		Long: `Learn from verdicts what alerts of rules have in common that were no attacks, and
propose it as Sigma filter documents, each with a certificate: what goes and what
stays, on events that it was not learnt from; the bound that can be claimed; what
an attacker has to do to hide in it. Of correlations that count, thresholds and
timespans are weighed, and the safest gain is proposed.

Nothing is proposed that would hide an event that must stay, or that could not be
tested on other recordings or days than it was learnt from. Of a rule of which no attack
is known, only what an attacker can hardly satisfy is proposed. Rules for which there is
no proposal say why. Exit code 4 says that there is none at all.`,
		Example: `  socctl tune -r rules logs/
  socctl tune -f markdown=proposals.md --owner detection-team logs/
  socctl tune --apply rules/filters --owner detection-team logs/`,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return ruleNamed(cmd) },
		RunE:    func(cmd *cobra.Command, args []string) error { return c.tune(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.TuningFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringSliceVar(&o.only, "rule", nil, "propose for a rule of this `id, name or title` alone; may be repeated")
	flags.StringVar(&o.owner, "owner", "", "who answers for the filters; needed to apply them")
	flags.StringVar(&o.apply, "apply", "", "write the filters into a `folder`, and their tests into that of --tests")
	flags.StringVar(&o.tests, "tests", "tests/filters", "`folder` of the tests that --apply writes")
	flags.BoolVar(&o.patch, "patch", false, "with --apply: change the rule instead of adding a filter where the cause is not one of the site alone")
	flags.StringVar(&o.merge, "merge-policy", "", "`folder` of a policy in Rego that says what may be merged without a person (default: merge under feedback: of the configuration)")
	flags.BoolVar(&o.allowed, "allowed", false, "propose and apply only what that policy allows")
	flags.StringArrayVar(&o.attacks, "attack", nil, "`recording` of a known attack: nothing that a rule fires on in it may be hidden; may be repeated; by default those of attacks: under feedback: of .socctl.yml")
	flags.StringVar(&o.tested, "calibration", "", "`file` that remembers which alerts have tested which exclusions, so that none counts twice; by default beside the verdicts, ending in .calibration.ndjson")
	o.input.flags(flags)
	return cmd
}

// check tells options that do not go together.
func (o *tuneOptions) check() error {
	if err := errors.Join(checkFormats("tune", o.formats, report.TuningFormats, []string{"pretty", "markdown"}), o.input.check()); err != nil {
		return err
	}
	if o.patch && (o.apply == "" || o.allowed) {
		return usageError("--patch goes with --apply, and not with --allowed: a person decides on changes of rules")
	}
	if o.apply != "" && o.owner == "" {
		return usageError("--apply needs --owner: every filter has somebody who answers for it")
	}
	return nil
}

func (c *cli) tune(ctx context.Context, o *tuneOptions, recordings []string) error {
	if err := o.check(); err != nil {
		return err
	}
	t, err := c.tuner(ctx, o, recordings)
	if err != nil {
		return err
	}
	result, err := t.propose(ctx)
	if err != nil {
		return err
	}
	return t.settle(result)
}

// tuner is a run of tune: what it was told, and what it has read.
type tuner struct {
	*cli
	*tuneOptions
	verdicts *verdicts
	loaded   *loadedRules
	evidence *proposal.Evidence
	gate     *policy.Decision // nil if nothing is merged without a person
	damaged  bool             // a verdict could not be read
}

// tuner reads what proposals are made of, but for the recordings.
func (c *cli) tuner(ctx context.Context, o *tuneOptions, recordings []string) (*tuner, error) {
	v, err := c.verdicts(&o.ledgerOptions)
	if err != nil {
		return nil, err
	}
	t := &tuner{cli: c, tuneOptions: o, verdicts: v}
	if t.gate, err = c.mergeGate(ctx, o, v); err != nil {
		return nil, err
	}
	state, contents, damaged, err := c.state(v)
	if err != nil {
		return nil, err
	}
	t.damaged = damaged
	c.diagnose(contents.Diagnostics)
	if t.loaded, err = c.loadRules(v.cfg, o.rules, o.pipelines); err != nil {
		return nil, err
	}
	if o.only, err = namesOf(t.loaded).ids(o.only); err != nil {
		return nil, err
	}
	table, err := c.views(v.cfg)
	if err != nil {
		return nil, err
	}
	replayer, err := c.replayer(v.cfg, &backtestOptions{input: o.input}, recordings)
	if err != nil {
		return nil, err
	}
	replayer.Problem = c.unreadable
	tested, err := calibration.Read(o.calibration(v))
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	attacks, err := c.attacks(o, v, t.loaded.set)
	if err != nil {
		return nil, err
	}
	t.evidence = &proposal.Evidence{Program: t.loaded.program, Table: table, State: state, Replayer: recorded.New(replayer), Support: v.policy, Calibration: tested, Attacks: attacks}
	return t, nil
}

// propose replays the recordings, and returns what is proposed.
func (t *tuner) propose(ctx context.Context) (*proposal.Report, error) {
	collectLess()
	result, err := t.proposals(ctx, t.tuneOptions, t.evidence, func(r *proposal.Report) error {
		return t.evidence.Verify(ctx, t.loaded.written, t.build, r)
	})
	if err := interrupted(ctx.Err()); err != nil {
		return nil, err // an event that must stay may be in the rest
	}
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	// What was tested is written down before anybody can see how it came out.
	if err := t.evidence.Calibration.Append(t.calibration(t.verdicts), result.Spent()); err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	if t.gate != nil {
		result.Ask(t.gate.Allows)
	}
	if t.allowed {
		result = result.Allowed()
	}
	return result, nil
}

// build makes a program of rules as their files have them, with filters that are proposed
// among them.
func (t *tuner) build(set *rules.Set) *compiler.Program {
	piped, _ := t.loaded.piped(set)
	program, _ := compiler.Compile(piped, compiler.Options{Placeholders: t.verdicts.cfg.PlaceholderValues(), Now: t.now})
	return program
}

// settle tells what is proposed, applies it if that is wanted, and returns how the run
// ends.
func (t *tuner) settle(result *proposal.Report) error {
	if t.apply != "" {
		outlivePrinting()
	}
	err := t.write(t.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Tuning(w, s, format, result)
	})
	switch {
	case t.apply != "" && t.evidence.Partial():
		err = errors.Join(err, errors.New("nothing was applied: a part of the recordings could not be read, and an event that must stay may be in it"))
	case t.apply != "":
		err = errors.Join(err, t.applyProposals(t.tuneOptions, result))
	}
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	code := max(t.loaded.exitCode(), damagedCode(t.damaged))
	if t.evidence.Partial() {
		code = exitUnreadable
	}
	if code == exitClean && !result.Summary.Any() {
		code = exitAbstained
	}
	return exitWith(code)
}

// mergeGate is the policy that says what may be merged without a person; nil if there
// is none.
func (c *cli) mergeGate(ctx context.Context, o *tuneOptions, v *verdicts) (*policy.Decision, error) {
	folder := o.merge
	if folder == "" && v.merge != "" {
		folder = v.cfg.Resolve(v.merge)
	}
	if folder == "" {
		if o.allowed {
			return nil, usageError("--allowed needs a policy: --merge-policy, or merge under feedback: of the configuration; without one nothing is merged without a person")
		}
		return nil, nil
	}
	gate, diags := policy.LoadDecision(ctx, folder, "socctl.tuning", "merge", policy.Limits{})
	c.diagnose(diags)
	if gate == nil {
		return nil, &exitError{code: exitUsage}
	}
	return gate, nil
}

// calibration returns the file of the ledger of calibration.
func (o *tuneOptions) calibration(v *verdicts) string {
	if o.tested != "" {
		return o.tested
	}
	path := filepath.Clean(v.path)
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".calibration" + ledger.Extension
}

func (c *cli) proposals(ctx context.Context, o *tuneOptions, evidence *proposal.Evidence, verify func(*proposal.Report) error) (*proposal.Report, error) {
	if err := evidence.Collect(ctx); err != nil {
		return nil, err
	}
	result := evidence.Propose(proposal.Options{Policy: tuning.Default(), Now: c.now, Owner: o.owner, Rules: o.only})
	err := verify(result)
	for _, p := range result.Patches(true) {
		after, wrong := p.After()
		err = errors.Join(err, wrong)
		var b strings.Builder
		err = errors.Join(err, writeDiff(&b, report.Style{}, p.Path, p.Before(), after))
		p.Diff = b.String()
	}
	return result, err
}

// applyProposals writes the filters and their tests, and changes the rules, in the order of
// the paths. All folders are made first: one that cannot be made changes nothing.
func (c *cli) applyProposals(o *tuneOptions, r *proposal.Report) error {
	files := o.filesOf(r)
	paths := slices.Sorted(maps.Keys(files))
	for _, path := range paths {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("nothing was applied: %w", err)
		}
	}
	written, err := changeRules(r.Patches(o.patch))
	for _, path := range paths {
		if err != nil {
			break
		}
		if err = replaceFile(path, []byte(files[path])); err == nil {
			written = append(written, path)
		}
	}
	slices.Sort(written)
	if err != nil && len(written) > 0 {
		return fmt.Errorf("%w; written before that: %s", err, strings.Join(written, ", "))
	}
	if err != nil {
		return err
	}
	return c.tellWritten(written)
}

// filesOf are the filters and tests of proposals, by path.
func (o *tuneOptions) filesOf(r *proposal.Report) map[string]string {
	files := map[string]string{}
	for i := range r.Rules {
		for k := range r.Rules[i].Proposals {
			p := &r.Rules[i].Proposals[k]
			files[filepath.Join(o.tests, p.TestPath)] = p.Test
			if !o.patch || !r.Rules[i].Patch.Stands(p.ID) {
				files[filepath.Join(o.apply, p.Path)] = p.Document
			}
		}
	}
	for i := range r.Thresholds {
		if t := &r.Thresholds[i]; t.Test != "" {
			files[filepath.Join(o.tests, t.TestPath)] = t.Test
		}
	}
	return files
}

// changeRules applies what is proposed for rule files, all changes of a file at once.
func changeRules(patches []*proposal.Patch) (written []string, err error) {
	edits := map[string][]proposal.Edit{}
	source := map[string][]byte{}
	for _, p := range patches {
		edits[p.Path], source[p.Path] = append(edits[p.Path], p.Edits...), p.Before()
	}
	for _, path := range slices.Sorted(maps.Keys(edits)) {
		after, err := proposal.Edited(source[path], edits[path])
		if err != nil {
			return written, err
		}
		if err := replaceFile(filepath.FromSlash(path), after); err != nil {
			return written, err
		}
		written = append(written, path)
	}
	return written, nil
}

func (c *cli) tellWritten(written []string) error {
	for _, path := range written {
		if !c.quiet {
			fmt.Fprintf(c.stderr, "wrote %s\n", report.Clean(path))
		}
	}
	return nil
}
