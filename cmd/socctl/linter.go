package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/policy"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/revision"
)

// linter is a run of lint that can be repeated, as fixing does.
type linter struct {
	cfg      *config.Config
	settings *lint.Config
	known    *lint.Catalogue
	options  project.Options
	stdin    []byte // nil unless standard input is linted
	name     string // that it stands for
	tree     *revision.Tree
	complete bool
	jobs     int
}

// linter gathers what a run needs.
func (c *cli) linter(ctx context.Context, o *lintOptions, paths []string) (*linter, error) {
	fromStdin, err := c.linesOfStdin(paths)
	if err != nil {
		return nil, err
	}
	l := &linter{complete: len(paths) == 0, jobs: o.workers, name: o.stdinName}
	start := firstPath(paths)
	if fromStdin {
		start = firstPath([]string{o.stdinName})
	}
	if l.cfg, err = c.config(start); err != nil {
		return nil, err
	}
	if l.options, err = c.projectOptions(l.cfg, o.pipelines); err != nil {
		return nil, err
	}
	if err := c.lintSettings(ctx, l, o); err != nil {
		return nil, err
	}
	if fromStdin {
		if o.base != "" || o.fix {
			return nil, usageError("standard input has no base, and --fix cannot write it: use --diff")
		}
		if l.stdin, err = io.ReadAll(io.LimitReader(c.stdin, rules.MaxFileSize+1)); err != nil {
			return nil, &exitError{exitUnreadable, err}
		}
		return l, nil
	}
	if l.options.Paths, l.options.Found, err = c.rulePaths(l.cfg, paths); err != nil {
		return nil, err
	}
	l.options.Paths = fromHere(l.options.Paths, o.base != "")
	l.options.Tests = true
	if o.base != "" {
		if l.tree, err = revision.Open(ctx, ".", o.base); err != nil {
			return nil, &exitError{exitUsage, err}
		}
	}
	return l, nil
}

// projectOptions are those that the configuration decides.
func (c *cli) projectOptions(cfg *config.Config, pipelines []string) (project.Options, error) {
	o := project.Options{Placeholders: cfg.PlaceholderValues(), Now: c.now}
	var err error
	if o.Table, err = c.views(cfg); err != nil {
		return o, err
	}
	p, err := c.pipelines(cfg, pipelines)
	if err != nil {
		return o, err
	}
	o.Pipeline, o.Taxonomies = p.all, p.taxonomies
	if o.RuleDirs, err = c.expand(cfg, cfg.Rules); err != nil {
		return o, err
	}
	if o.TestDirs, err = c.expand(cfg, cfg.Tests); err != nil {
		return o, err
	}
	if o.Facts, err = project.Facts(cfg); err != nil {
		return o, c.badFacts(err)
	}
	return o, nil
}

// lintSettings reads the section lint: and lets flags override it.
func (c *cli) lintSettings(ctx context.Context, l *linter, o *lintOptions) error {
	var err error
	if l.known, err = c.catalogue(ctx, l.cfg); err != nil {
		return err
	}
	var diags rules.Diagnostics
	l.settings, diags = lint.NewConfig(l.cfg.Lint, l.cfg.Dir, l.known)
	if len(diags) > 0 {
		c.diagnose(diags)
		return &exitError{code: exitUsage}
	}
	if o.failLevel != "" && o.failLevel != "never" {
		l.settings.FailLevel = severityNamed(o.failLevel)
	}
	for _, name := range o.enable {
		if err := l.override(name, "--enable", func(check *lint.Check) *lint.Level { return &lint.Level{Severity: check.Severity} }); err != nil {
			return err
		}
	}
	for _, name := range o.disable {
		if err := l.override(name, "--disable", func(*lint.Check) *lint.Level { return &lint.Level{Off: true} }); err != nil {
			return err
		}
	}
	return nil
}

// catalogue returns the checks of a project, or shows what is wrong with them.
func (c *cli) catalogue(ctx context.Context, cfg *config.Config) (*lint.Catalogue, error) {
	known, diags := checksOf(ctx, cfg)
	c.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	return known, nil
}

// checksOf returns the checks of socctl, and those in Rego that the
// configuration names, as far as they can be used.
func checksOf(ctx context.Context, cfg *config.Config) (*lint.Catalogue, rules.Diagnostics) {
	all := checks.All()
	builtIn := lint.NewCatalogue(all)
	folders := regoFolders(cfg)
	if len(folders) == 0 {
		return builtIn, nil
	}
	own, diags := policy.Load(ctx, folders, policy.Limits{}, func(name string) bool { return builtIn.Find(name) != nil })
	return lint.NewCatalogue(append(all, own...)), diags
}

// regoFolders returns the folders of own checks. What is wrong with the section
// is told when it is read as a whole.
func regoFolders(cfg *config.Config) []string {
	n := cfg.Lint.Get("rego")
	if n == nil {
		return nil
	}
	var out []string
	for _, item := range append([]*rules.Node{n}, n.Items...) {
		if item.Kind == rules.ScalarNode && item.Scalar.Text != "" {
			out = append(out, cfg.Resolve(item.Scalar.Text))
		}
	}
	return out
}

// override sets the level of a check, or of all checks of a group.
func (l *linter) override(name, flag string, level func(*lint.Check) *lint.Level) error {
	found := l.known.Match(name)
	if len(found) == 0 {
		return usageError("%s: %s", flag, unknownCheck(l.known, name))
	}
	for _, check := range found {
		if check.Online && strings.HasSuffix(name, "/*") && !level(check).Off {
			continue // which has to be named itself
		}
		l.settings.Checks = append(l.settings.Checks, lint.Setting{Pattern: check.Name, Level: level(check)})
	}
	return nil
}

func unknownCheck(known *lint.Catalogue, name string) string {
	if near := known.Nearest(name); near != "" {
		return fmt.Sprintf("there is no check %s: did you mean %s?", name, near)
	}
	return fmt.Sprintf("there is no check %s: socctl checks lists them all", name)
}

// run reads the project and lints it, and its base if there is one.
func (l *linter) run(ctx context.Context) (*lint.Input, *lint.Result, error) {
	if l.tree != nil {
		return l.runWithBase(ctx)
	}
	in, asked := l.inContext(l.read())
	in.Complete, in.Jobs = l.complete, l.jobs
	in.Gone = newVisitor().gone // only called for a check that the configuration names
	result, err := lint.Run(ctx, in, l.known, l.settings)
	if asked != nil && result != nil {
		only(result, asked, in)
	}
	return in, result, interrupted(err)
}

// runWithBase lints both sides of a change and subtracts. What does not depend on
// each other runs side by side: git and reading, and then the two sides.
func (l *linter) runWithBase(ctx context.Context) (*lint.Input, *lint.Result, error) {
	in, base, asked, err := l.readWith(ctx, l.inContext)
	if err != nil {
		return nil, nil, err
	}
	result, err := l.compare(ctx, in, base, asked)
	if asked != nil && result != nil {
		only(result, asked, in)
	}
	return in, result, err
}

// readBoth reads both sides of a change.
func (l *linter) readBoth(ctx context.Context) (in, base *lint.Input, err error) {
	in, base, _, err = l.readWith(ctx, func(in *lint.Input) (*lint.Input, func(string) bool) { return in, nil })
	return in, base, err
}

// readWith is readBoth of what add makes of the work tree; asked is as of inContext.
func (l *linter) readWith(ctx context.Context, add func(*lint.Input) (*lint.Input, func(string) bool)) (in, base *lint.Input, asked func(path string) bool, err error) {
	var listing errgroup.Group
	listing.Go(func() error { return l.tree.Load(ctx, slices.Concat(l.options.Paths, l.options.TestDirs)...) })
	in = l.read()
	if err := listing.Wait(); err != nil {
		return nil, nil, nil, &exitError{exitUsage, err}
	}
	options := l.options
	if in, asked = add(in); asked != nil {
		options.Paths = slices.Concat(options.Paths, fromHere(options.RuleDirs, true))
	}
	base, err = loadBase(ctx, in, l.tree, l.cfg, options, !l.complete)
	return in, base, asked, err
}

// compare lints both sides and subtracts.
func (l *linter) compare(ctx context.Context, in, base *lint.Input, asked func(path string) bool) (*lint.Result, error) {
	was := map[string]bool{}
	for _, d := range base.Set.Documents() {
		was[d.Meta().Span.Path()] = true
	}
	changed := func(path string) bool { // it may be the folder that is new among those of rules
		return (l.tree.Changed(path) || !was[path]) && (asked == nil || asked(path))
	}
	in.Only, base.Only, in.Base = changed, changed, base
	in.Complete, in.Jobs, base.Jobs = l.complete, l.jobs, l.jobs
	in.Gone = newVisitor().gone
	var result, before *lint.Result
	var sides errgroup.Group
	sides.Go(func() (err error) { before, err = lint.Run(ctx, base, l.known, l.settings); return err })
	sides.Go(func() (err error) { result, err = lint.Run(ctx, in, l.known, l.settings); return err })
	if err := sides.Wait(); err != nil {
		return nil, interrupted(err)
	}
	result.Subtract(before)
	return result, nil
}

// interrupted puts the end of a context in words, and leaves other errors alone. A
// result that a part of the input would falsify is not reported at all.
func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return &exitError{exitUnreadable, errors.New("interrupted: nothing was reported")}
	}
	return err
}

func (l *linter) read() *lint.Input {
	if l.stdin == nil {
		return project.Load(l.options)
	}
	docs, diags := rules.Parse(strings.ReplaceAll(l.name, `\`, "/"), l.stdin)
	in := project.Build(docs, diags, l.options)
	in.Set.Files = 1
	return in
}
