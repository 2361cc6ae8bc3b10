package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/revision"
)

// bothSides are the rules of the work tree and those of a revision, with their tests,
// read and compiled once for everything that compares them.
type bothSides struct {
	cfg        *config.Config
	linter     *linter
	head, base *lint.Input
	tree       *revision.Tree
	rules      *loadedRules // head, with its problems

	// then is base as it was compiled then, with the pipelines and placeholders of its own
	// time. Lint takes those of now on both sides, so that it tells what is new in rules.
	then         *lint.Input
	earlier      *loadedPipelines
	placeholders map[string][]string

	memory          ruletest.Memory  // of tests; nil for none
	verdicts        *ciVerdicts      // of a pull request; nil for none
	results, before *ruletest.Result // of the tests; nil until they ran
}

// bothSides reads both sides and shows what is wrong with the rules of the work tree.
func (c *cli) bothSides(ctx context.Context, cfg *config.Config, o *lintOptions, paths []string, files ruletest.Files) (*bothSides, error) {
	under, err := c.pathsOfRules(cfg, paths)
	if err != nil {
		return nil, err
	}
	l, err := c.linter(ctx, o, paths)
	if err != nil {
		return nil, err
	}
	l.options.Files = files
	s := &bothSides{cfg: l.cfg, linter: l, tree: l.tree}
	if s.head, s.base, err = l.readBoth(ctx); err != nil {
		return nil, err
	}
	if len(s.head.Set.Documents())+len(s.base.Set.Documents()) == 0 && readingCode(s.head) == exitClean && readingCode(s.base) == exitClean {
		return nil, usageError("no rule in %s, and none before the change", strings.Join(under, ", "))
	}
	if err := c.compileThen(ctx, s); err != nil {
		return nil, err
	}
	s.rules = &loadedRules{set: s.head.Set, program: s.head.Program, diags: slices.Concat(s.head.Reading, s.head.Diagnostics)}
	s.rules.diags.Sort()
	c.showProblems(s.rules.diags)
	c.tellExpired(s.head.Program.Expiry)
	return s, nil
}

// compileThen compiles the base as it was compiled then.
func (c *cli) compileThen(ctx context.Context, s *bothSides) error {
	files, err := s.tree.Files(ctx)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if s.earlier, s.placeholders, err = c.earlierPipelines(files, nil); err != nil {
		return err
	}
	s.then = s.base
	if s.alike() {
		return nil
	}
	o := *s.options()
	o.Pipeline, o.Taxonomies, o.Placeholders = s.earlier.all, s.earlier.taxonomies, s.placeholders
	docs := s.base.Set.Documents()
	for i, d := range docs {
		docs[i] = rules.Copy(d)
	}
	s.then = project.Build(docs, s.base.Reading, o)
	return nil
}

// alike reports whether it is plain that both sides are compiled in the same way.
func (s *bothSides) alike() bool {
	return plain(s.now()) && plain(s.earlier) && maps.EqualFunc(s.placeholders, s.options().Placeholders, slices.Equal)
}

// now are the pipelines of the work tree.
func (s *bothSides) now() *loadedPipelines {
	return &loadedPipelines{s.options().Pipeline, s.options().Taxonomies}
}

// options are those with which the sides were read.
func (s *bothSides) options() *project.Options { return &s.linter.options }

// diffOfSides compares what the rules mean. Each side has the pipelines and placeholders of
// its own time.
func (c *cli) diffOfSides(s *bothSides, ref string) *report.DiffResult {
	head := c.finished("the work tree", &revised{set: s.head.Set, diags: parsing(s.head.Reading), program: s.head.Program}, s.now(), s.options().Placeholders)
	before := &revised{set: s.base.Set, diags: parsing(s.base.Reading)}
	if s.alike() {
		before.program = s.base.Program
	}
	base := c.finished(ref, before, s.earlier, s.placeholders)
	d := explained(base.side, head.side)
	d.Before, d.After = base.name, head.name
	for _, problem := range s.head.Reading {
		if problem.Code == rules.CodeUnreadable {
			d.Unreadable++
		}
	}
	return d
}

// parsing leaves out what is told elsewhere: files and folders that cannot be read at all.
func parsing(diags rules.Diagnostics) rules.Diagnostics {
	return slices.DeleteFunc(slices.Clone(diags), func(d rules.Diagnostic) bool {
		return d.Code == rules.CodeUnreadable || d.Code == rules.CodeEmptyFolder
	})
}

// plain reports whether rules are compiled as they are written.
func plain(p *loadedPipelines) bool { return p.all == nil && len(p.taxonomies) == 0 }

// testHead runs the tests of the work tree, once; nil if there are none.
func (s *bothSides) testHead(ctx context.Context, c *cli) *ruletest.Result {
	if s.results == nil && s.head.Suite != nil {
		s.results = s.run(ctx, c, s.head.Suite, s.now(), s.options().Placeholders)
	}
	return s.results
}

// testBase runs the tests of before on the rules of before, once. The error is that of
// git.
func (s *bothSides) testBase(ctx context.Context, c *cli) (*ruletest.Result, error) {
	if s.before != nil {
		return s.before, nil
	}
	if err := project.LoadBaseTests(ctx, s.base, s.tree, *s.options()); err != nil {
		return nil, &exitError{exitUsage, err}
	}
	s.before = s.run(ctx, c, s.base.Suite, s.earlier, s.placeholders)
	return s.before, nil
}

func (s *bothSides) run(ctx context.Context, c *cli, suite *ruletest.Suite, p *loadedPipelines, placeholders map[string][]string) *ruletest.Result {
	progress := report.NewProgress(c.stderr, c.quiet)
	defer progress.Done()
	return ruletest.Run(ctx, suite, ruletest.RunOptions{Jobs: s.linter.jobs, AllowMissing: s.cfg.Test.AllowMissingRecordings, Placeholders: placeholders, Now: c.now,
		Pipeline: p.all, Taxonomies: p.taxonomies, Normaliser: telemetry.NewNormaliser(s.options().Table), Memory: s.memory,
		Progress: func(done, failed int) { progress.Update("%d of %d tests, %d failed", done, len(suite.Cases), failed) }})
}

// failedBefore are the ids of the tests that failed before the change too. Those of
// before run only if any of now fails.
func (s *bothSides) failedBefore(ctx context.Context, c *cli) (map[string]bool, error) {
	if s.results == nil || s.results.Clean() {
		return nil, nil
	}
	before, err := s.testBase(ctx, c)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i := range before.Cases {
		if r := &before.Cases[i]; !r.Clean() {
			out[r.Case.ID] = true
		}
	}
	return out, nil
}
