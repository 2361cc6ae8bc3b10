package project

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/revision"
)

// LoadBase reads the project as it was at a revision. head is what Load made of
// the work tree: what has not changed since is taken from there, so that the
// cost is that of the change.
func LoadBase(ctx context.Context, head *lint.Input, tree *revision.Tree, o Options) (*lint.Input, error) {
	if err := tree.Load(ctx, slices.Concat(o.Paths, o.TestDirs)...); err != nil {
		return nil, err
	}
	inPaths := func(name string) bool {
		return isRuleFile(name) && slices.ContainsFunc(o.Paths, func(p string) bool { return within(name, p) })
	}
	was, err := tree.Read(ctx, tree.Names(func(name string) bool { return inPaths(name) && tree.Changed(name) }))
	if err != nil {
		return nil, err
	}
	var docs []rules.Document
	var diags rules.Diagnostics
	for _, name := range sortedKeys(was) {
		parsed, problems := rules.Parse(name, was[name])
		docs, diags = append(docs, parsed...), append(diags, problems...)
	}
	for _, d := range head.Set.Documents() {
		if !tree.Changed(d.Meta().Span.Path()) {
			docs = append(docs, rules.Copy(d))
		}
	}
	for _, d := range head.Diagnostics {
		empty := func() bool {
			return len(tree.Names(func(name string) bool { return isRuleFile(name) && within(name, d.Span.Path()) })) == 0
		}
		if d.Code == rules.CodeEmptyFolder && empty() {
			diags = append(diags, d) // it was empty before
		}
	}
	set, together := rules.Assemble(docs)
	base := Build(set, append(diags, together...), o)
	base.HasTests = head.HasTests
	if !head.HasTests {
		return base, nil
	}
	return base, baseTests(ctx, base, head, tree, o)
}

// baseTests finds the tests as they were: those of the work tree, unless some
// file of them has changed. Then all are read from a copy of the revision.
func baseTests(ctx context.Context, base, head *lint.Input, tree *revision.Tree, o Options) error {
	if !testsChanged(head, tree, o) {
		base.Tests = head.Tests
		return nil
	}
	dir, err := os.MkdirTemp("", "socctl-base-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := tree.Extract(ctx, tree.Names(func(name string) bool { return !strings.HasPrefix(name, "../") }), dir); err != nil {
		return err
	}
	there := func(paths []string) []string {
		out := make([]string, len(paths))
		for i, p := range paths {
			out[i] = filepath.Join(dir, p)
		}
		return out
	}
	suite, _ := ruletest.Load(ruletest.LoadOptions{Paths: there(o.Paths), RuleDirs: there(o.RuleDirs), TestDirs: there(o.TestDirs)})
	base.Tests, base.TestRoot = suite.Cases, filepath.ToSlash(dir)+"/"
	return nil
}

// testsChanged reports whether any file of tests is another than it was.
func testsChanged(head *lint.Input, tree *revision.Tree, o Options) bool {
	for _, t := range head.Tests {
		if tree.Changed(t.Path) && t.Origin != ruletest.Inline && t.Origin != ruletest.Exemplar {
			return true
		}
	}
	return len(tree.Names(func(name string) bool {
		return tree.Changed(name) && slices.ContainsFunc(o.TestDirs, func(p string) bool { return within(name, p) })
	})) > 0
}

func within(name, folder string) bool {
	folder = path.Clean(filepath.ToSlash(folder))
	return folder == "." || name == folder || strings.HasPrefix(name, folder+"/")
}

func isRuleFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
