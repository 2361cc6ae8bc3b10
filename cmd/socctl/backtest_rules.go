package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/revision"
)

// comparedRules are the rules of a backtest, with those that they are compared
// with.
type comparedRules struct {
	head    *loadedRules
	subject *backtest.Subject
	base    *backtest.Revision // nil if nothing is compared

	flaws, baseFlaws *backtest.Flaws // nil if nothing is compared
}

// compare puts the rules of both sides together.
func compare(head *loadedRules, before *lint.Input, base *backtest.Revision) *comparedRules {
	return &comparedRules{head: head, subject: backtest.NewSubject(head.program, before.Program), base: base,
		flaws:     backtest.FlawsOf(head.set, head.program, head.diags),
		baseFlaws: backtest.FlawsOf(before.Set, before.Program, slices.Concat(before.Reading, before.Diagnostics))}
}

// comparedRules loads the rules, and with --base also as they were at a revision.
func (c *cli) comparedRules(ctx context.Context, cfg *config.Config, o *backtestOptions) (*comparedRules, error) {
	if o.base == "" {
		head, err := c.loadRules(cfg, o.rules, o.pipelines)
		if err != nil {
			return nil, err
		}
		return &comparedRules{head: head, subject: backtest.NewSubject(head.program, nil)}, nil
	}
	if s := o.sides; s != nil {
		if len(s.head.Program.Rules)+len(s.then.Program.Rules) == 0 {
			return nil, noRules(s.rules, s.options().Paths)
		}
		return compare(s.rules, s.then, &backtest.Revision{Ref: o.base, Commit: s.tree.Commit}), nil
	}
	options, err := c.baseOptions(cfg, o)
	if err != nil {
		return nil, err
	}
	tree, err := revision.Open(ctx, ".", o.base)
	if err == nil {
		err = tree.Load(ctx, options.Paths...)
	}
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	in := project.Load(options)
	head := &loadedRules{set: in.Set, program: in.Program, diags: slices.Concat(in.Reading, in.Diagnostics)}
	head.diags.Sort()
	c.showProblems(head.diags)
	c.tellExpired(head.program.Expiry)
	before, err := loadBase(ctx, in, tree, cfg, options, len(o.rules) > 0)
	if err != nil {
		return nil, err
	}
	if len(head.program.Rules)+len(before.Program.Rules) == 0 {
		return nil, noRules(head, options.Paths)
	}
	return compare(head, before, &backtest.Revision{Ref: o.base, Commit: tree.Commit}), c.tellViews(ctx, tree, cfg)
}

// tellViews tells whether the views of a revision are others than those that events are
// replayed with.
func (c *cli) tellViews(ctx context.Context, tree *revision.Tree, cfg *config.Config) error {
	now, err := c.views(cfg)
	if err != nil {
		return err
	}
	text, err := otherViews(ctx, tree, cfg, now)
	if text != "" {
		fmt.Fprintf(c.stderr, "socctl: %s\n", text)
	}
	return err
}

// baseOptions say how rules of both sides are read: with the pipelines and
// placeholders of the work tree.
func (c *cli) baseOptions(cfg *config.Config, o *backtestOptions) (project.Options, error) {
	paths, err := c.pathsOfRules(cfg, o.rules)
	if err != nil {
		return project.Options{}, err
	}
	p, err := c.pipelines(cfg, o.pipelines)
	if err != nil {
		return project.Options{}, err
	}
	return project.Options{Paths: fromHere(paths, true), Placeholders: cfg.PlaceholderValues(), Pipeline: p.all, Taxonomies: p.taxonomies, Now: c.now}, nil
}
