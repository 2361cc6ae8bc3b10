package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/revision"
)

// confine returns the files that a change may have read: those of the repository. From
// others excerpts might get into a report. It is nil if the caller trusts the change.
func (c *cli) confine(ctx context.Context, o *ciOptions) (ruletest.Files, error) {
	if o.allowOutside {
		return nil, nil
	}
	tree, err := revision.Open(ctx, ".", o.base)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	files, err := ruletest.Within(tree.Root())
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	if path, found := config.Find("."); found && c.configPath == "" {
		return files, inside(files, path)
	}
	return files, nil
}

// confined refuses paths of the configuration, and links among rules, tests and gates,
// that lead out of the repository. What the command line names is the choice of who
// runs it.
func (c *cli) confined(files ruletest.Files, cfg *config.Config, o *ciOptions) error {
	if files == nil {
		return nil
	}
	names := pathsOf(cfg)
	if cfg.Path != "" && inside(files, cfg.Path) != nil {
		names = nil // --config names a file elsewhere, which no change can reach
	}
	for _, name := range names {
		if err := inside(files, cfg.Resolve(name.Text)); err != nil {
			return usageError("%s: %w", name.Span, err)
		}
		if err := linksInside(files, literal(cfg.Resolve(name.Text))); err != nil {
			return err
		}
	}
	paths, err := c.expand(cfg, slices.Concat(cfg.Rules, cfg.Tests))
	if err != nil {
		return err
	}
	for _, root := range slices.Concat(paths, o.rules, o.policyFolders(cfg), regoFolders(cfg), o.ledgers(cfg)) {
		if err := linksInside(files, root); err != nil {
			return err
		}
	}
	return nil
}

// inside refuses a path that leads out of the repository.
func inside(files ruletest.Files, name string) error {
	if _, err := files.Stat(literal(name)); errors.Is(err, ruletest.ErrOutside) {
		return usageError("%s is not read: %w; name it on the command line, or give --allow-outside if you trust this change", filepath.ToSlash(name), ruletest.ErrOutside)
	}
	return nil
}

// literal is the part of a path before the first pattern.
func literal(name string) string {
	if at := strings.IndexAny(name, "*?["); at >= 0 {
		return filepath.Dir(name[:at] + "x")
	}
	return name
}

// linksInside refuses links below a folder that lead out of the repository.
func linksInside(files ruletest.Files, root string) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink == 0 {
			return nil // what cannot be read is told by who reads it
		}
		if _, err := files.Stat(name); errors.Is(err, ruletest.ErrOutside) {
			to, _ := os.Readlink(name)
			return usageError("%s is a link to %s and is not read: %w; put the file itself there, or give --allow-outside if you trust this change",
				filepath.ToSlash(name), to, ruletest.ErrOutside)
		}
		return nil
	})
}

// pathsOf are all files and folders that a configuration names.
func pathsOf(cfg *config.Config) []rules.Scalar {
	out := append([]rules.Scalar{}, cfg.Rules...)
	for _, list := range [][]rules.Scalar{cfg.Tests, cfg.Telemetry.Recordings, cfg.Telemetry.Baseline, cfg.Pipelines, cfg.CI.Policies,
		{cfg.Telemetry.Logsource.Path, cfg.Attack.Facts}} {
		out = append(out, list...)
	}
	for _, t := range cfg.Taxonomies {
		out = append(out, t.Pipelines...)
	}
	for _, section := range []struct {
		node *rules.Node
		keys []string
	}{{cfg.Lint, []string{"rego", "baseline"}}, {cfg.Coverage, []string{"manifests", "recordings", "verdicts"}}, {cfg.Feedback, []string{"verdicts"}}} {
		out = append(out, namesIn(section.node, section.keys...)...)
	}
	return slices.DeleteFunc(out, func(s rules.Scalar) bool { return s.Text == "" })
}

// namesIn returns the texts under keys of a section, which may be lists; none without one.
func namesIn(section *rules.Node, keys ...string) (out []rules.Scalar) {
	if section == nil {
		return nil
	}
	for _, key := range keys {
		n := section.Get(key)
		if n == nil {
			continue
		}
		for _, item := range append([]*rules.Node{n}, n.Items...) {
			if item.Kind == rules.ScalarNode {
				out = append(out, item.Scalar)
			}
		}
	}
	return out
}
