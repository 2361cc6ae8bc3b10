package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/calibration"
	"github.com/socctl/socctl/feedback/ledger"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
)

// tuneOptions are the flags of tune.
type tuneOptions struct {
	ledgerOptions
	formats []string
	only    []string
	owner   string
	apply   string
	tests   string
	tested  string
	attacks []string
	input   recordingOptions
}

func (c *cli) tuneCommand() *cobra.Command {
	var o tuneOptions
	cmd := &cobra.Command{
		Use:   "tune [RECORDING...]",
		Short: "Propose exclusions from verdicts, with what is known of their safety",
		Long: `Learn from verdicts what alerts of rules have in common that were no attacks, and
propose it as Sigma filter documents, each with a certificate: what goes and what
stays, on events that it was not learnt from; the bound that can be claimed; what
an attacker has to do to hide in it.

Nothing is proposed that would hide an event that must stay, or that could not be
tested on other recordings or days than it was learnt from. Rules for which there is no
proposal say why. Exit code 4 says that there is none at all.`,
		Example: `  socctl tune -r rules logs/
  socctl tune -f markdown=proposals.md --owner detection-team logs/
  socctl tune --apply rules/filters --owner detection-team logs/`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.tune(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringArrayVarP(&o.formats, "format", "f", []string{"pretty"}, strings.Join(report.TuningFormats, ", ")+"; `format`=FILE writes to a file; may be repeated")
	flags.StringSliceVar(&o.only, "rule", nil, "propose for a rule of this `id or title` alone; may be repeated")
	flags.StringVar(&o.owner, "owner", "", "who answers for the filters; needed to apply them")
	flags.StringVar(&o.apply, "apply", "", "write the filters into a `folder`, and their tests into that of --tests")
	flags.StringVar(&o.tests, "tests", "tests/filters", "`folder` of the tests that --apply writes")
	flags.StringArrayVar(&o.attacks, "attack", nil, "`recording` of a known attack: nothing that a rule fires on in it may be hidden; may be repeated; by default those of attacks: under feedback: of .socctl.yml")
	flags.StringVar(&o.tested, "calibration", "", "`file` that remembers which alerts have tested which exclusions, so that none counts twice; by default beside the verdicts, ending in .calibration.ndjson")
	o.input.flags(flags)
	return cmd
}

func (c *cli) tune(ctx context.Context, o *tuneOptions, recordings []string) error {
	if err := errors.Join(checkFormats("tune", o.formats, report.TuningFormats, []string{"pretty", "markdown"}), o.input.check()); err != nil {
		return err
	}
	if o.apply != "" && o.owner == "" {
		return usageError("--apply needs --owner: every filter has somebody who answers for it")
	}
	v, err := c.verdicts(&o.ledgerOptions)
	if err != nil {
		return err
	}
	state, contents, damaged, err := c.state(v)
	if err != nil {
		return err
	}
	report.Diagnostics(c.stderr, c.err(), contents.Diagnostics)
	loaded, err := c.loadRules(v.cfg, o.rules, o.pipelines)
	if err != nil {
		return err
	}
	table, err := c.views(v.cfg)
	if err != nil {
		return err
	}
	replayer, err := c.replayer(v.cfg, &backtestOptions{input: o.input}, recordings)
	if err != nil {
		return err
	}
	replayer.Problem = c.unreadable
	collectLess()
	tested, err := calibration.Read(o.calibration(v))
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	attacks, err := c.attacks(o, v, loaded.set)
	if err != nil {
		return err
	}
	evidence := &proposal.Evidence{Program: loaded.program, Table: table, State: state, Replayer: newRecordings(replayer), Support: v.policy, Calibration: tested, Attacks: attacks}
	result, err := c.proposals(ctx, o, evidence, func(r *proposal.Report) error {
		return evidence.Verify(ctx, loaded.set, compiler.Options{Placeholders: v.cfg.PlaceholderValues(), Now: c.now}, r)
	})
	if err := interrupted(ctx.Err()); err != nil {
		return err // an event that must stay may be in the rest
	}
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	// What was tested is written down before anybody can see how it came out.
	if err := tested.Append(o.calibration(v), result.Spent()); err != nil {
		return &exitError{exitUnreadable, err}
	}
	err = c.write(o.formats, func(w io.Writer, s report.Style, format string) error {
		return report.Tuning(w, s, format, result)
	})
	switch {
	case o.apply != "" && evidence.Partial():
		err = errors.Join(err, errors.New("nothing was applied: a part of the recordings could not be read, and an event that must stay may be in it"))
	case o.apply != "":
		err = errors.Join(err, c.applyProposals(o, result))
	}
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	code := max(loaded.exitCode(), damagedCode(damaged))
	if evidence.Partial() {
		code = exitUnreadable
	}
	if code == exitClean && result.Summary.Proposals == 0 {
		code = exitAbstained
	}
	return exitWith(code)
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
	return result, verify(result)
}

// applyProposals writes the filters and their tests.
func (c *cli) applyProposals(o *tuneOptions, r *proposal.Report) error {
	var written []string
	for i := range r.Rules {
		for k := range r.Rules[i].Proposals {
			p := &r.Rules[i].Proposals[k]
			for path, text := range map[string]string{filepath.Join(o.apply, p.Path): p.Document, filepath.Join(o.tests, p.Path): p.Test} {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := replaceFile(path, []byte(text)); err != nil {
					return err
				}
				written = append(written, path)
			}
		}
	}
	slices.Sort(written)
	for _, path := range written {
		if !c.quiet {
			fmt.Fprintf(c.stderr, "wrote %s\n", report.Clean(path))
		}
	}
	return nil
}
