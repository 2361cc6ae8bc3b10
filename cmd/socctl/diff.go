package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/revision"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	rules      []string
	pipelines  []string
	recordings []string
	format     string
	exact      bool
	workers    int
}

func (c *cli) diffCommand() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [BEFORE [AFTER]]",
		Short: "Say what a change of rules means: wider, narrower, equivalent, with events that show it",
		Long: `Say what a change of rules means. Every rule that is not what it was is wider,
narrower, both, disjoint, equivalent, or only its metadata changed; this is
proven, and an event shows each difference, replayed on both versions.

BEFORE and AFTER are revisions of the git repository, or folders of rules.
Without AFTER it is the work tree; without BEFORE, HEAD. A revision stands for
the commit from which HEAD forked off it, unless --exact is given. Compiled
rules are compared, so that a changed filter, placeholder or pipeline shows on
every rule that it reaches. With --recording both versions are replayed, and the
recorded events are told that the change gains and loses.

The exit code is 1 if a rule matches less than before, raises no alerts of its
own any more, is gone, or cannot be compared; of correlations, if one is gone,
raises no alerts any more, or cannot be used.`,
		Example: `  socctl diff
  socctl diff origin/main
  socctl diff v1.2 v1.3 --exact -r rules
  socctl diff old-rules/ new-rules/ -f json
  socctl diff origin/main --recording logs/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 2 {
				return usageError("two revisions or folders at most, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.diff(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.rules, "rules", "r", nil, "`path` of rules (default: those of the configuration); may be repeated")
	pipelineFlag(flags, &o.pipelines)
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty, json or markdown")
	flags.StringArrayVar(&o.recordings, "recording", nil, "`recording` to replay, as by backtest; may be repeated")
	jobsFlag(flags, &o.workers, "parallel workers of a replay")
	flags.BoolVar(&o.exact, "exact", false, "compare with the revisions themselves, not with where HEAD forked off them")
	return cmd
}

func (c *cli) diff(ctx context.Context, o *diffOptions, args []string) error {
	if !slices.Contains([]string{"pretty", "json", "markdown"}, o.format) {
		return usageError("unknown format %q: pretty, json or markdown", o.format)
	}
	d, err := c.diffRun(ctx, o, args)
	if err != nil {
		return err
	}
	if err := report.Diff(c.stdout, c.out(), o.format, d); err != nil {
		return err
	}
	if d.Unreadable > 0 {
		return &exitError{code: exitUnreadable}
	}
	for i := range d.Changes {
		switch d.Changes[i].Kind {
		case diff.Removed, diff.Disjoint, diff.Narrower, diff.Feeding, diff.Both, diff.Unknown:
			return &exitError{code: exitFindings}
		}
	}
	for i := range d.Correlations {
		if c := &d.Correlations[i]; c.Kind == diff.Removed || c.Kind == diff.Feeding || c.Reason != "" {
			return &exitError{code: exitFindings}
		}
	}
	return nil
}

// diffRun compares two states of the rules.
func (c *cli) diffRun(ctx context.Context, o *diffOptions, args []string) (*report.DiffResult, error) {
	specs := []string{"HEAD", ""}
	copy(specs, args)
	old, err := c.side(ctx, o, specs[0])
	if err != nil {
		return nil, err
	}
	new, err := c.side(ctx, o, specs[1])
	if err != nil {
		return nil, err
	}
	if old.empty() && new.empty() {
		return nil, usageError("neither %s nor %s holds a rule", old.name, new.name)
	}
	d := explained(old.side, new.side)
	d.Before, d.After = old.name, new.name
	d.Unreadable = old.unreadable + new.unreadable
	if len(d.Changes)+len(d.Correlations) == 0 {
		return d, c.recordingsThere(o.recordings)
	}
	if len(o.recordings) > 0 {
		err = c.replayDiff(ctx, o, d, old, new)
	}
	return d, err
}

// replayDiff replays recordings on both sides of a comparison.
func (c *cli) replayDiff(ctx context.Context, o *diffOptions, d *report.DiffResult, old, new *loadedSide) error {
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	b := &backtestOptions{samples: 3}
	b.input.flags(pflag.NewFlagSet("diff", pflag.ContinueOnError)) // the defaults
	if err := b.input.check(); err != nil {
		return err
	}
	b.input.workers = o.workers
	options, split, err := c.backtestOptions(cfg, b, o.recordings)
	if err != nil {
		return err
	}
	options.Base = &backtest.Revision{Ref: d.Before}
	options.Root, options.BaseRoot = new.side.Root, old.side.Root
	compared := &comparedRules{subject: backtest.NewSubject(new.side.Program, old.side.Program)}
	if d.Recorded, err = c.runBacktest(ctx, compared, split, *options, nil); err != nil {
		return err
	}
	if d.Recorded.Partial {
		return interrupted(ctx.Err())
	}
	if d.Recorded.Summary.Problems > 0 {
		d.Unreadable++
	}
	return nil
}

// loadedSide is one side of a comparison.
type loadedSide struct {
	side       diff.Side
	name       string
	unreadable int
}

// empty reports whether there is no rule, and nothing that could not be read either.
func (s *loadedSide) empty() bool { return len(s.side.Set.Documents())+s.unreadable == 0 }

// side loads the rules of a revision, a folder, or, for "", the work tree.
func (c *cli) side(ctx context.Context, o *diffOptions, spec string) (*loadedSide, error) {
	if info, err := os.Stat(spec); spec != "" && err == nil && info.IsDir() {
		cfg, err := c.config(spec)
		if err != nil {
			return nil, err
		}
		set, diags := rules.LoadPaths(spec)
		p, err := c.pipelines(cfg, o.pipelines)
		if err != nil {
			return nil, err
		}
		out := c.finished(spec, &revised{set: set, diags: diags}, p, cfg.PlaceholderValues())
		out.side.Root = filepath.ToSlash(filepath.Clean(spec))
		return out, nil
	}
	cfg, err := c.config(".")
	if err != nil {
		return nil, err
	}
	paths, err := c.pathsOfRules(cfg, o.rules)
	if err != nil && spec != "" && spec != "HEAD" {
		return nil, usageError("%s is no folder; to compare with a revision of that name, say with -r where the rules are", spec)
	}
	if err != nil {
		return nil, err
	}
	if spec != "" {
		return c.revisionSide(ctx, o, cfg, spec, paths)
	}
	p, err := c.pipelines(cfg, o.pipelines)
	if err != nil {
		return nil, err
	}
	set, diags := rules.LoadPaths(fromHere(paths, true)...)
	return c.finished("the work tree", &revised{set: set, diags: diags}, p, cfg.PlaceholderValues()), nil
}

// revised are the rules of one side as they were read.
type revised struct {
	set     *rules.Set
	diags   rules.Diagnostics
	program *compiler.Program // made of the set in the same way, flawed rules left out; nil if there is none
}

// finished compiles a side.
func (c *cli) finished(name string, r *revised, p *loadedPipelines, placeholders map[string][]string) *loadedSide {
	result, _ := p.all.Apply(r.set, pipeline.Options{Placeholders: placeholders, Taxonomies: p.taxonomies})
	program, _ := compiler.Recompile(r.program, result.Set, compiler.Options{Placeholders: placeholders, Now: c.now, Flawed: true})
	out := &loadedSide{side: diff.Side{Set: result.Set, Program: program, Unread: map[string]bool{}}, name: name}
	for path := range r.diags.Unread(r.set) {
		out.side.Unread[path] = true
	}
	for _, d := range r.diags {
		if d.Code == rules.CodeUnreadable || d.Code == rules.CodeEmptyFolder {
			c.diagnose(rules.Diagnostics{d})
		}
		if d.Code == rules.CodeUnreadable {
			out.unreadable++
		}
	}
	return out
}

// revisionSide loads the rules as they were at a revision, with the configuration and
// the pipelines of then.
func (c *cli) revisionSide(ctx context.Context, o *diffOptions, cfg *config.Config, ref string, paths []string) (*loadedSide, error) {
	open := revision.Open
	if o.exact {
		open = revision.At
	}
	tree, err := open(ctx, ".", ref)
	if err == nil {
		err = tree.Load(ctx, fromHere(paths, true)...)
	}
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	if len(o.rules) == 0 {
		was, err := earlierRules(ctx, tree, cfg)
		if err != nil {
			return nil, err
		}
		if was != nil {
			paths = was
		}
	}
	under := fromHere(paths, true)
	texts, err := tree.Read(ctx, tree.Names(func(name string) bool {
		ext := strings.ToLower(filepath.Ext(name))
		return (ext == ".yml" || ext == ".yaml") && slices.ContainsFunc(under, func(p string) bool { return below(name, p) })
	}))
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	var docs []rules.Document
	var diags rules.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		parsed, problems := rules.Parse(name, texts[name])
		docs, diags = append(docs, parsed...), append(diags, problems...)
	}
	same, _, problems := rules.ReadPaths(tree.Kept(under)...)
	docs, diags = append(docs, same...), append(diags, parsing(problems)...)
	slices.SortStableFunc(docs, func(a, b rules.Document) int { return strings.Compare(a.Meta().Span.Path(), b.Meta().Span.Path()) })
	set, _ := rules.Assemble(docs)
	files, err := tree.Files(ctx)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	p, placeholders, err := c.earlierPipelines(files, o.pipelines)
	if err != nil {
		return nil, err
	}
	return c.finished(ref, &revised{set: set, diags: diags}, p, placeholders), nil
}

// below reports whether a file is a path of rules, or lies in it.
func below(name, path string) bool {
	rel, err := filepath.Rel(filepath.FromSlash(path), filepath.FromSlash(name))
	return err == nil && filepath.IsLocal(rel)
}

// earlierPipelines loads pipelines and placeholders as they were at a revision.
func (c *cli) earlierPipelines(files *revision.Files, flag []string) (*loadedPipelines, map[string][]string, error) {
	path := c.configPath
	if path == "" {
		path, _ = config.Find(".")
	}
	cfg := &config.Config{}
	if path != "" {
		name := fromHere([]string{path}, true)[0]
		if text, err := files.ReadFile(filepath.ToSlash(name)); err == nil {
			parsed, diags := config.Parse(path, text)
			if diags.Count(rules.Error) == 0 {
				cfg = parsed
			}
		}
	}
	read := func(path string) ([]byte, error) {
		return files.ReadFile(filepath.ToSlash(fromHere([]string{path}, true)[0]))
	}
	if len(flag) > 0 {
		read = os.ReadFile // what is named now is meant for both sides
	}
	p, err := c.pipelinesFrom(cfg, flag, read)
	return p, cfg.PlaceholderValues(), err
}

// explained compares two sides and finds events for what differs.
func explained(old, new diff.Side) *report.DiffResult {
	out := &report.DiffResult{Rules: len(new.Program.Rules)}
	var before, after *witness.Maker
	comparer := diff.NewComparer(old.Program, new.Program)
	for _, c := range diff.Compare(old, new) {
		e := report.DiffChange{Change: c}
		if c.Gained != nil || c.Lost != nil || c.Kind == diff.Added || c.Kind == diff.Removed {
			if before == nil {
				before, after = witness.NewMaker(old.Program, nil), witness.NewMaker(new.Program, nil)
			}
		}
		if c.Gained != nil {
			e.GainedEvent, _ = after.Only(c.New, witness.NewOther(old.Program, c.Old))
		}
		if c.Lost != nil {
			e.LostEvent, _ = before.Only(c.Old, witness.NewOther(new.Program, c.New))
		}
		switch c.Kind {
		case diff.Added:
			e.GainedEvent, _ = after.Matching(c.New)
		case diff.Removed:
			e.LostEvent, _ = before.Matching(c.Old)
			e.Covering = comparer.Covering(c.Old, nil)
		}
		out.Changes = append(out.Changes, e)
	}
	out.Correlations = diff.Correlations(old, new)
	return out
}
