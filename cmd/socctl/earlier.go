package main

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/logsource"
	"github.com/socctl/socctl/rules/revision"
)

// earlierConfig is the configuration as it was at a revision, with paths from here; nil if
// there was none that can be read.
func earlierConfig(ctx context.Context, tree *revision.Tree, cfg *config.Config) (*config.Config, error) {
	if cfg.Path == "" {
		return nil, nil
	}
	name := fromHere([]string{cfg.Path}, true)[0]
	texts, err := tree.Read(ctx, []string{filepath.ToSlash(name)})
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	text, there := texts[filepath.ToSlash(name)]
	if !there {
		return nil, nil
	}
	was, diags := config.Parse(name, text)
	if diags.Count(rules.Error) > 0 {
		return nil, nil
	}
	return was, nil
}

// earlierRules returns where rules were at a revision, by the configuration of then: a
// change of the configuration that leaves a folder out removes the rules in it. It is nil
// if there was no configuration that can be read, or none that names rules.
func earlierRules(ctx context.Context, tree *revision.Tree, cfg *config.Config) ([]string, error) {
	was, err := earlierConfig(ctx, tree, cfg)
	if err != nil || was == nil {
		return nil, err
	}
	var out []string
	for _, pattern := range was.Rules {
		if strings.ContainsAny(pattern.Text, "*?[") {
			out = append(out, matchesIn(tree, was.Dir, pattern.Text)...)
		} else {
			out = append(out, fromHere([]string{was.Resolve(pattern.Text)}, true)...)
		}
	}
	return out, nil
}

// otherViews tells that the views of a revision are others than these, which both sides are
// compared with; "" if they are not. Views that cannot be read are others.
func otherViews(ctx context.Context, tree *revision.Tree, cfg *config.Config, now *logsource.Table) (string, error) {
	table, err := earlierViews(ctx, tree, cfg)
	if err != nil || table != nil && telemetry.NewNormaliser(table).Key() == telemetry.NewNormaliser(now).Key() {
		return "", err
	}
	return "the views of events (telemetry.logsource) are not those of before, so rules may match other events though they mean the same; " +
		"both sides are tested and replayed with the views of now: run backtest without --base on either to see what each finds", nil
}

// earlierViews returns the views of a revision; nil if they cannot be read.
func earlierViews(ctx context.Context, tree *revision.Tree, cfg *config.Config) (*logsource.Table, error) {
	was, err := earlierConfig(ctx, tree, cfg)
	if err != nil {
		return nil, err
	}
	var name, text string
	if was != nil {
		name, text = was.Path, was.Telemetry.Logsource.Text
		if path := was.Telemetry.Logsource.Path; path.Present() {
			name = filepath.ToSlash(fromHere([]string{was.Resolve(path.Text)}, true)[0])
			texts, err := tree.Read(ctx, []string{name})
			if err != nil {
				return nil, &exitError{exitUsage, err}
			}
			text = string(texts[name])
		}
	}
	table, err := viewTable(name, []byte(text))
	if err != nil {
		return nil, nil // what is wrong with them is not what is asked
	}
	return table, nil
}

// loadBase loads the rules of a revision beside those of the work tree. Unless somebody has
// named the rules, they are where the configuration of then has them.
func loadBase(ctx context.Context, head *lint.Input, tree *revision.Tree, cfg *config.Config, o project.Options, named bool) (*lint.Input, error) {
	if !named {
		var err error
		if o.Earlier, err = earlierRules(ctx, tree, cfg); err != nil {
			return nil, err
		}
	}
	base, err := project.LoadBase(ctx, head, tree, o)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return base, nil
}

// matchesIn returns the files and folders of a revision that a glob means, which is
// relative to a folder.
func matchesIn(tree *revision.Tree, dir, glob string) []string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	glob = filepath.Clean(filepath.FromSlash(glob))
	found := map[string]bool{}
	for _, name := range tree.Names(func(string) bool { return true }) {
		full, err := filepath.Abs(filepath.FromSlash(name))
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(dir, full)
		for ; err == nil && filepath.IsLocal(rel) && rel != "."; rel = filepath.Dir(rel) {
			if ok, _ := filepath.Match(glob, rel); ok {
				found[filepath.Join(dir, rel)] = true
			}
		}
	}
	return fromHere(slices.Sorted(maps.Keys(found)), true)
}
