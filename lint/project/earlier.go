package project

import (
	"context"
	"maps"
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
// cost is that of the change. tree must have been loaded.
func LoadBase(ctx context.Context, head *lint.Input, tree *revision.Tree, o Options) (*lint.Input, error) {
	below := func(name string, paths []string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return within(name, p) })
	}
	inPaths := func(name string) bool { return isRuleFile(name) && below(name, o.Paths) }
	changed := tree.Changed // or of one side only, although it is the same file
	if o.Earlier != nil {
		inPaths = func(name string) bool { return isRuleFile(name) && below(name, o.Earlier) }
		changed = func(name string) bool {
			return tree.Changed(name) || below(name, o.Paths) != below(name, o.Earlier)
		}
	}
	was, err := tree.Read(ctx, tree.Names(func(name string) bool { return inPaths(name) && changed(name) }))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, d := range head.Set.Documents() {
		if name := d.Meta().Span.Path(); changed(name) {
			files[name] = nil
		}
	}
	for name, text := range was {
		files[name] = text
	}
	for _, d := range head.Reading { // of a file without any document
		name := d.Span.Path()
		empty := func() bool {
			return len(tree.Names(func(file string) bool { return isRuleFile(file) && within(file, name) })) == 0
		}
		if d.Code == rules.CodeEmptyFolder && empty() {
			continue // it was empty before
		}
		if changed(name) && files[name] == nil {
			files[name] = nil
		}
	}
	base := Edit(head, files, o)
	if !head.HasTests {
		return base, nil
	}
	return base, baseTests(ctx, base, head, tree, o)
}

// baseTests finds the tests as they were: those of the work tree, unless
// something has changed that tests may be or depend on.
func baseTests(ctx context.Context, base, head *lint.Input, tree *revision.Tree, o Options) error {
	if !testsChanged(base, head, tree) {
		return nil
	}
	return LoadBaseTests(ctx, base, tree, o)
}

// LoadBaseTests reads the tests as they were, of the rules as they were, so that they
// can be run; LoadBase does that only if any has changed.
func LoadBaseTests(ctx context.Context, base *lint.Input, tree *revision.Tree, o Options) error {
	if base.Suite != nil {
		return nil
	}
	files, err := tree.Files(ctx)
	if err != nil {
		return err
	}
	there := func(paths []string) []string {
		return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
			_, err := files.Stat(p)
			return err != nil
		})
	}
	suite, problems := ruletest.Load(ruletest.LoadOptions{Paths: there(o.Paths), RuleDirs: there(o.RuleDirs), TestDirs: there(o.TestDirs),
		Known: base.Set, Files: files})
	base.Tests, base.Suite, base.TestDiagnostics = suite.Cases, suite, problems
	return nil
}

// testsChanged reports whether any file has changed that is not a rule without
// tests of its own, under the names that tests of other files may use.
func testsChanged(base, head *lint.Input, tree *revision.Tree) bool {
	was, is := namesOfPlain(base), namesOfPlain(head)
	plain := func(name string) bool { return is[name] != "" && was[name] == is[name] }
	for _, name := range tree.Differing() {
		if !plain(name) {
			return true
		}
	}
	for _, t := range head.Tests {
		if tree.Changed(t.Path) && !plain(t.Path) {
			return true
		}
	}
	return slices.ContainsFunc(head.Set.Documents(), func(d rules.Document) bool {
		name := d.Meta().Span.Path()
		return tree.Changed(name) && !plain(name)
	})
}

// namesOfPlain returns by path what the documents are called of the files that
// neither hold nor name tests.
func namesOfPlain(in *lint.Input) map[string]string {
	out := make(map[string]string, len(in.Set.Rules))
	tested := map[string]bool{}
	for _, d := range in.Set.Documents() {
		h := d.Meta()
		path := h.Span.Path()
		for _, key := range []string{"tests", "rsigma.exemplars", "custom_attributes", "regression_tests_path"} {
			tested[path] = tested[path] || h.CustomAttribute(key) != nil
		}
		out[path] += strings.Join([]string{h.ID.Text, h.Name.Text, h.Title.Text, ""}, "\n")
	}
	maps.DeleteFunc(out, func(path, _ string) bool { return tested[path] })
	return out
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
