package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/attack/coverage/trial"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/logsource"
	"github.com/socctl/socctl/rules/revision"
)

// assessor gathers what an assessment is made of, and makes it.
type assessor struct {
	*cli
	options   *coverageOptions
	cfg       *config.Config
	facts     *attack.Facts
	before    *attack.Facts // of the base, nil if they are the same
	configure *coverage.Configuration
	table     *logsource.Table
	project   project.Options

	manifests []*coverage.Manifest
	tree      *revision.Tree
	head      *side
	base      *side             // nil if nothing is compared
	told      rules.Diagnostics // problems of the rules of now
	in        coverage.Input
	saved     *coverage.Saved
	code      int
}

// side is the rules of now or of before.
type side struct {
	set     *rules.Set
	subject *trial.Subject
	tests   []coverage.Test
	firings []coverage.Firing
	files   ruletest.Files // nil for the work tree
	unread  map[string]string
}

// newSide is a side of rules that were read.
func newSide(in *lint.Input, files ruletest.Files) *side {
	s := &side{set: in.Set, subject: trial.NewSubject(in.Set, in.Program), files: files, unread: map[string]string{}}
	for path, d := range slices.Concat(in.Reading, in.Diagnostics).Unread(in.Set) {
		s.unread[path] = fmt.Sprintf("line %d: %s", d.Span.Start.Line, d.Message)
	}
	return s
}

func (c *cli) assessor(o *coverageOptions) (*assessor, error) {
	a := &assessor{cli: c, options: o}
	var err error
	if a.cfg, err = c.config("."); err != nil {
		return nil, err
	}
	if a.facts, err = c.facts(o.release); err != nil {
		return nil, err
	}
	var diags rules.Diagnostics
	a.configure, diags = coverage.Configure(a.cfg.Coverage, a.facts)
	if c.diagnose(diags); diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	if err := a.flags(); err != nil {
		return nil, err
	}
	if a.table, err = c.views(a.cfg); err != nil {
		return nil, err
	}
	if a.project, err = c.projectOptions(a.cfg, o.pipelines); err != nil {
		return nil, err
	}
	paths, err := c.pathsOfRules(a.cfg, o.rules)
	if err != nil {
		return nil, err
	}
	a.project.Paths = fromHere(paths, o.base != "")
	return a, a.readManifests()
}

// flags override the configuration.
func (a *assessor) flags() error {
	o := &a.configure.Options
	o.Now = a.options.time
	known := a.facts.Platforms()
	for i, p := range a.options.platforms {
		if i == 0 {
			o.Platforms = nil
		}
		at := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, p) })
		if at < 0 {
			return usageError("--platform: ATT&CK %s has no platform %q (known are %s)", a.facts.Version, p, join(known))
		}
		o.Platforms = append(o.Platforms, known[at])
	}
	slices.Sort(o.Platforms)
	o.Platforms = slices.Compact(o.Platforms)
	return nil
}

// readManifests reads and verifies the manifests of recordings. A recording that
// is not the one that was labelled ends the run: nothing can be said about it.
func (a *assessor) readManifests() error {
	if a.options.noReplay {
		return nil
	}
	root := a.options.root
	if at := a.configure.Root; root == "" && at.Present() {
		root = a.cfg.Resolve(at.Text)
	}
	names := a.options.manifests
	if len(names) == 0 {
		for _, m := range a.configure.Manifests {
			names = append(names, a.cfg.Resolve(m.Text))
		}
	}
	var diags rules.Diagnostics
	ids := map[string]string{}
	for _, name := range names {
		m, problems := coverage.ReadManifest(name, root)
		problems = append(problems, m.Resolve(a.facts)...)
		for _, r := range m.Recordings {
			if s := a.options.sides; s != nil && s.options().Files != nil {
				if err := inside(s.options().Files, r.Path); err != nil {
					return usageError("%s: recording %s: %w", name, r.ID, err)
				}
			}
			if other, taken := ids[r.ID]; taken && other != name {
				return usageError("recording %s stands in %s and in %s: give one of them another id", r.ID, other, name)
			}
			ids[r.ID] = name
		}
		if problems.Count(rules.Error) == 0 && a.options.evidence == "" {
			problems = append(problems, m.Verify()...)
		}
		diags = append(diags, problems...)
		a.manifests = append(a.manifests, m)
		a.in.Recordings = append(a.in.Recordings, m.Recordings...)
	}
	a.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return &exitError{code: exitUnreadable}
	}
	return nil
}

// load reads the rules, and with --base also as they were.
func (a *assessor) load(ctx context.Context) (*loadedRules, error) {
	if s := a.options.sides; s != nil {
		a.tree = s.tree
		return s.rules, a.compare(ctx, s.head, s.then)
	}
	if a.options.base != "" {
		var err error
		if a.tree, err = revision.Open(ctx, ".", a.options.base); err == nil {
			err = a.tree.Load(ctx, a.project.Paths...)
		}
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
	}
	in := project.Load(a.project)
	head := &loadedRules{set: in.Set, program: in.Program, diags: slices.Concat(in.Reading, in.Diagnostics)}
	head.diags.Sort()
	a.told = head.diags
	a.showProblems(a.told)
	if a.tree == nil {
		a.head = newSide(in, nil)
		if len(a.head.subject.Rules) == 0 {
			return nil, noRules(head, a.project.Paths)
		}
		return head, nil
	}
	before, err := loadBase(ctx, in, a.tree, a.cfg, a.project, len(a.options.rules) > 0)
	if err != nil {
		return nil, err
	}
	if len(in.Program.Rules)+len(before.Program.Rules) == 0 {
		return nil, noRules(head, a.project.Paths)
	}
	return head, a.compare(ctx, in, before)
}

// compare takes the rules of two sides.
func (a *assessor) compare(ctx context.Context, in, before *lint.Input) error {
	files, err := a.tree.Files(ctx)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	a.head = newSide(in, nil)
	a.base = newSide(before, files)
	return a.baseFacts(files)
}

// baseFacts loads the facts of the base, if they were others: those of a flag, or
// of the configuration as it was.
func (a *assessor) baseFacts(files ruletest.Files) error {
	f, err := a.factsBefore(files)
	if err != nil {
		return usageError("facts of the base: %v", err)
	}
	if f != nil && f.Version != a.facts.Version {
		a.before = f
	}
	return nil
}

func (a *assessor) factsBefore(files ruletest.Files) (*attack.Facts, error) {
	if a.options.baseRelease != "" {
		return a.cli.facts(a.options.baseRelease)
	}
	if a.cfg.Path == "" {
		return nil, nil
	}
	text, err := files.ReadFile(a.cfg.Path)
	if err != nil {
		return nil, nil // there was no configuration
	}
	was, _ := config.Parse(a.cfg.Path, text)
	if path := was.Attack.Facts; path.Present() {
		table, err := files.ReadFile(was.Resolve(path.Text))
		if err != nil {
			return nil, err
		}
		return attack.Read(bytes.NewReader(table))
	}
	return attack.Load(was.Attack.Version.Text)
}

// sides are those that there are.
func (a *assessor) sides() []*side {
	if a.base == nil {
		return []*side{a.head}
	}
	return []*side{a.head, a.base}
}

// gather runs tests, replays recordings and reads verdicts.
func (a *assessor) gather(ctx context.Context) error {
	if !a.options.noTests {
		if err := a.testAll(ctx); err != nil {
			return err
		}
	}
	if err := a.readVerdicts(); err != nil {
		return err
	}
	if a.options.evidence != "" {
		return a.readEvidence()
	}
	return a.replay(ctx)
}

// testAll runs the unit tests of all sides, unless they ran already.
func (a *assessor) testAll(ctx context.Context) error {
	s := a.options.sides
	if s == nil {
		for _, s := range a.sides() {
			a.test(ctx, s)
		}
		return nil
	}
	if now := s.testHead(ctx, a.cli); now != nil {
		a.head.tests = a.head.subject.Tests(now.Cases)
	}
	before, err := s.testBase(ctx, a.cli)
	if err == nil {
		a.base.tests = a.base.subject.Tests(before.Cases)
	}
	return err
}

// test runs the unit tests of one side.
func (a *assessor) test(ctx context.Context, s *side) {
	there := func(paths []string) []string {
		if s.files == nil {
			return paths
		}
		return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
			_, err := s.files.Stat(p)
			return err != nil
		})
	}
	suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: there(slices.Concat(a.project.Paths, a.project.TestDirs)), RuleDirs: there(a.project.RuleDirs),
		TestDirs: there(a.project.TestDirs), Known: s.set, Files: s.files})
	if s == a.head {
		a.showProblems(a.ofTests(diags))
	}
	progress := report.NewProgress(a.stderr, a.quiet)
	result := ruletest.Run(ctx, suite, ruletest.RunOptions{Jobs: a.options.workers, AllowMissing: true, Placeholders: a.project.Placeholders, Now: a.now, Pipeline: a.project.Pipeline,
		Taxonomies: a.project.Taxonomies, Normaliser: telemetry.NewNormaliser(a.table),
		Progress: func(done, failed int) { progress.Update("%d of %d tests", done, len(suite.Cases)) }})
	progress.Done()
	s.tests = s.subject.Tests(result.Cases)
}

// ofTests are the problems of tests alone: those of rules were told with these.
func (a *assessor) ofTests(diags rules.Diagnostics) (out rules.Diagnostics) {
	told := map[string]bool{}
	for _, d := range a.told {
		told[d.Span.Path()] = true
	}
	for _, d := range diags {
		if strings.HasPrefix(d.Code, "test/") || !told[d.Span.Path()] {
			out = append(out, d)
		}
	}
	return out
}

// replay tries the rules of all sides on the recordings.
func (a *assessor) replay(ctx context.Context) error {
	if len(a.in.Recordings) == 0 {
		return nil
	}
	var sets []trial.Rules
	for _, s := range a.sides() {
		sets = append(sets, trial.Rules{Program: s.subject.Program, Key: s.subject.Key})
	}
	progress := report.NewProgress(a.stderr, a.quiet)
	result, err := trial.Run(ctx, sets, a.in.Recordings, trial.Options{Normaliser: telemetry.NewNormaliser(a.table), Jobs: a.options.workers,
		Problem: func(err error) {
			progress.Done()
			fmt.Fprintf(a.stderr, "%s %s\n", a.err().Paint(report.Red, "error:"), report.Clean(err.Error()))
		},
		Progress: func(at backtest.Progress) { progress.Update("%d events, %s", at.Events, filepath.Base(at.Source)) }})
	progress.Done()
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	if result.Problems > 0 {
		a.code = exitUnreadable
	}
	for i, s := range a.sides() {
		s.firings = result.Firings[i]
	}
	a.in.Telemetry, a.in.Replayed = result.Telemetry, true
	a.saved = coverage.Save(a.head.firings, result.Telemetry, compiler.SemanticsVersion)
	return nil
}

// readEvidence takes the firings of an earlier replay. Those that are about
// another state of a rule or a recording become stale.
func (a *assessor) readEvidence() error {
	data, err := os.ReadFile(a.options.evidence)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	saved, err := coverage.ReadSaved(data, compiler.SemanticsVersion)
	if err != nil {
		return &exitError{exitUnreadable, fmt.Errorf("%s: %w", a.options.evidence, err)}
	}
	for _, s := range a.sides() {
		s.firings = saved.Firings
	}
	a.in.Telemetry, a.in.Replayed, a.saved = saved.Telemetry, true, saved
	return nil
}

func (a *assessor) readVerdicts() error {
	name := a.options.verdicts
	if at := a.configure.Verdicts; name == "" && at.Present() {
		name = a.cfg.Resolve(at.Text)
	}
	if name == "" {
		return nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return usageError("%s is a folder: verdict statistics are a file, which socctl verdict stats -f coverage writes", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	if a.in.Verdicts, err = coverage.ReadVerdicts(data); err != nil {
		return &exitError{exitUnreadable, fmt.Errorf("%s: verdict statistics are a JSON list of objects with rule, hash, true, false, latest, benign_within_budget, as socctl verdict stats -f coverage writes: %w", name, err)}
	}
	return nil
}

// assess makes the report, and with a base its delta.
func (a *assessor) assess() *coverage.Report {
	head := a.report(a.head, a.facts)
	if a.base == nil {
		return head
	}
	base := a.report(a.base, a.facts)
	d := coverage.Compare(base, head)
	d.Ref, d.Commit = a.options.base, a.tree.Commit
	a.configure.Gate.Apply(d, base, head, a.options.time)
	if a.before != nil {
		d.FactsBefore = a.before.Version
		d.Taxonomy = coverage.Taxonomy(a.report(a.base, a.before), base, a.before, a.facts)
	}
	head.Delta = d
	return head
}

func (a *assessor) report(s *side, f *attack.Facts) *coverage.Report {
	in := a.in
	in.Facts, in.Rules, in.Tests, in.Firings, in.Unread = f, s.subject.Rules, s.tests, s.firings, s.unread
	return coverage.Assess(&in, a.configure.Options)
}

func join(names []string) string {
	out := ""
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += n
	}
	return out
}
