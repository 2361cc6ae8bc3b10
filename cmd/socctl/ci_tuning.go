package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/feedback/ledger"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/revision"
)

// ciVerdicts is what investigations found about the rules that a change touches.
type ciVerdicts struct {
	sides   *health.Sides
	touched []touchedRule
	damaged bool // a part of the ledger cannot be read
}

// touchedRule is a rule or correlation that a change touches.
type touchedRule struct {
	health.Touched
	state report.CIRuleState
}

// ciVerdicts reads the ledger that is named or configured; nil without one, or if no rule
// changed. The events that verdicts carry are tried at once, the others while recordings
// are replayed.
func (c *cli) ciVerdicts(ctx context.Context, cfg *config.Config, o *ciOptions, run *report.CIRun) (*ciVerdicts, error) {
	was, err := earlierConfig(ctx, o.sides.tree, cfg)
	if err != nil {
		return nil, err
	}
	if o.verdicts == "" && cfg.Feedback == nil && (was == nil || was.Feedback == nil) {
		return nil, nil
	}
	if _, err := os.Stat(o.verdicts); o.verdicts != "" && err != nil {
		return nil, &exitError{exitUnreadable, fmt.Errorf("no verdicts: %w", err)} // a misspelt path must not pass as no attack
	}
	v, err := c.verdicts(&ledgerOptions{store: o.verdicts})
	if err != nil || !run.Changed() {
		return nil, err
	}
	contents, err := ledger.Read(v.path)
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	c.diagnose(contents.Diagnostics)
	files, err := o.sides.tree.Files(ctx)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	all := slices.Concat(contents.Verdicts, earlierVerdicts(files, v.path))
	if o.verdicts == "" && was != nil && was.Feedback != nil {
		settings, _ := feedback.ParseSettings(was.Feedback)
		all = append(all, earlierVerdicts(files, ledgerOf(was, &settings))...) // wherever the ledger is now
		if cfg.Feedback == nil {
			v.policy = settings.Policy
		}
	}
	state := feedback.Fold(all, feedback.FoldOptions{Now: c.now, Policy: v.policy})
	head, base := o.sides.head.Program, o.sides.then.Program
	out := &ciVerdicts{touched: touchedRules(run.Diff, head, base), damaged: contents.Diagnostics.Count(rules.Error) > 0}
	var watched []health.Touched
	for _, t := range out.touched {
		watched = append(watched, t.Touched)
	}
	out.sides = health.NewSides(state, head, base, watched)
	if n := out.sides.Evidence(telemetry.NewNormaliser(o.sides.options().Table), all); n > 0 && !c.quiet {
		fmt.Fprintf(c.stderr, "%s of verdicts not used: the record is not what its fingerprint names\n", report.Count(n, "event"))
	}
	return out, nil
}

// ledgers are where verdicts are read from unless the configuration names a place.
func (o *ciOptions) ledgers(cfg *config.Config) []string {
	switch {
	case o.verdicts != "":
		return []string{o.verdicts}
	case cfg.Feedback != nil:
		return []string{cfg.Resolve(defaultLedger)}
	}
	return nil
}

// earlierVerdicts are those of a ledger as it was before the change. A ledger only grows:
// whoever leaves a line out of it has taken nothing back.
func earlierVerdicts(files *revision.Files, name string) (out []feedback.Verdict) {
	info, err := files.Stat(name)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil
		}
		out, _, _ = feedback.Decode(rules.NewFile(filepath.ToSlash(name), data))
		return out
	}
	entries, _ := files.ReadDir(name)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && (e.IsDir() || strings.HasSuffix(e.Name(), ledger.Extension)) {
			out = append(out, earlierVerdicts(files, filepath.Join(name, e.Name()))...)
		}
	}
	return out
}

// touchedRules are those that may match other events than before, and those whose hash
// is another one although they do not.
func touchedRules(d *report.DiffResult, head, base *compiler.Program) (out []touchedRule) {
	now, before := hashesOf(head), hashesOf(base)
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Kind == diff.Metadata || c.Kind == diff.Moved || c.Old == nil {
			continue
		}
		t := touchedRule{state: report.CIRuleState{Document: c.Rule().Source, Removed: c.New == nil}}
		t.Key, t.Before = health.KeyOf(c.Old), before[health.KeyOf(c.Old)]
		switch {
		case c.New != nil && c.Old.Alerts && !c.New.Alerts:
			t.state.Feeds = true // it matches them, and tells of none
		case c.New != nil:
			t.Now = now[health.KeyOf(c.New)]
		case len(c.Covering) > 0:
			t.Now = now[health.KeyOf(c.Covering[0].Rule)] // proven to match all that it matched
		}
		out = append(out, t)
	}
	for i := range d.Correlations {
		c := &d.Correlations[i]
		if c.Kind == diff.Metadata || c.Kind == diff.Moved || c.Old == nil {
			continue
		}
		t := touchedRule{state: report.CIRuleState{Document: c.Old.Source, Removed: c.New == nil}}
		t.Key, t.Before, t.Correlation = cmp.Or(c.Old.ID, c.Old.Source.Title.Text), c.Old.Hash, true
		switch {
		case c.New == nil:
			t.Now = sameMeaning(c.Old, head)
		case c.Old.Alerts && !c.New.Alerts:
			t.state.Feeds, t.state.Document = true, c.New.Source
		default:
			t.Now, t.state.Document = c.New.Hash, c.New.Source
		}
		out = append(out, t)
	}
	return out
}

// sameMeaning is the hash of a correlation if one of a program raises the same alerts, as
// one that was given another id; else "".
func sameMeaning(c *compiler.Correlation, p *compiler.Program) string {
	for _, x := range p.Correlations {
		if x.Hash == c.Hash && x.Alerts {
			return x.Hash
		}
	}
	return ""
}

// hashesOf are the hashes of rules, by the key under which verdicts name them.
func hashesOf(p *compiler.Program) map[string]string {
	out := map[string]string{}
	for _, r := range p.Rules {
		out[health.KeyOf(r)] = r.Hash
	}
	return out
}

// watch returns who notes during a replay what becomes of judged alerts; nil without
// verdicts.
func (v *ciVerdicts) watch() *health.Sides {
	if v == nil {
		return nil
	}
	return v.sides
}

// tell adds the state of the rules that verdicts say anything of, after the replay.
func (v *ciVerdicts) tell(now time.Time, run *report.CIRun) {
	if v == nil {
		return
	}
	in := &health.Input{Program: v.sides.Head, State: v.sides.State, Watch: v.sides.Watch(v.sides.Head), Now: now.Format(time.RFC3339)}
	if run.Backtest != nil {
		in.Replay = run.Backtest.Result
	}
	after := healthOf(in)
	in.Program, in.Watch, in.Replay = v.sides.Base, v.sides.Watch(v.sides.Base), nil
	before := healthOf(in)
	for _, t := range v.touched {
		s := t.state
		if s.Effect = v.sides.Effect(t.Touched); s.Effect.Alerts == 0 {
			continue
		}
		if s.Removed {
			s.Effect.Older = 0 // nothing is left that they could be older than
		} else if s.Health = after[health.PlaceOf(s.Document)]; s.Health == nil || s.Health.Unjudged {
			s.Health, s.Was = before[t.Key], true
		}
		run.Tuning = append(run.Tuning, s)
	}
}

// healthOf are rules as they are judged, by place and by the key under which verdicts
// name them.
func healthOf(in *health.Input) map[string]*health.Rule {
	assessed := health.Assess(in)
	out := map[string]*health.Rule{}
	for i := range assessed.Rules {
		r := &assessed.Rules[i]
		out[fmt.Sprintf("%s:%d", r.Path, r.Line)], out[cmp.Or(r.ID, r.Title)] = r, r
	}
	return out
}
