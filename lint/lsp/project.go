package lsp

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

// tree is a project: a folder with a configuration, or one in which rules lie
// where they usually do. Its input is that of lint with the texts of the editor
// over those on disk. Only the loop that works out diagnostics changes in, over
// and what stands below; only the loop that reads tests changes suite. Others
// read them under the lock of the server.
type tree struct {
	root  string // with forward slashes
	setup *setup
	in    *lint.Input          // replaced as a whole, never changed
	over  map[string]*document // what of the editor is part of in
	suite *suite               // nil until tests were read

	last  map[string]*result   // of the last run
	seen  map[string]*document // that the last run saw
	with  *suite               // that the last run saw
	stale bool                 // something else has changed since
}

// suite is what reading tests gave.
type suite struct {
	cases    []*ruletest.Case
	problems rules.Diagnostics
	docs     map[string]*document // that were open
}

// load reads the rules, as far as there are any. Tests are read apart.
func (t *tree) load() {
	t.over, t.stale = map[string]*document{}, true
	t.in = project.Load(t.options())
}

// readTests reads the tests of the rules in, with the texts of the editor.
func (t *tree) readTests(in *lint.Input, docs map[string]*document) *suite {
	o := t.setup.options
	found, problems := ruletest.Load(ruletest.LoadOptions{Paths: o.Paths, RuleDirs: o.RuleDirs, TestDirs: o.TestDirs, Files: overlay(docs), Known: in.Set})
	return &suite{found.Cases, problems, docs}
}

func (t *tree) options() project.Options {
	o := t.setup.options
	o.Now = time.Now().UTC()
	return o
}

// holds reports whether a file belongs to the rules of the project.
func (t *tree) holds(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return (ext == ".yml" || ext == ".yaml") && slices.ContainsFunc(t.setup.options.Paths, func(p string) bool {
		p = filepath.ToSlash(p)
		return inside(name, p) && !strings.Contains(strings.TrimPrefix(name, p), "/.")
	})
}

// tests reports whether a file lies where the tests of the project are.
func (t *tree) tests(name string) bool {
	if dirs := t.setup.options.TestDirs; len(dirs) > 0 {
		return slices.ContainsFunc(dirs, func(p string) bool { return inside(name, filepath.ToSlash(p)) })
	}
	return inside(name, t.root) && strings.Contains(strings.TrimPrefix(name, t.root), "/tests/")
}

// testsTouched reports whether tests are written otherwise than when they were
// read. Rules without tests of their own do not count until they are saved.
func (t *tree) testsTouched(docs map[string]*document) bool {
	if t.suite == nil {
		return false
	}
	for name, d := range docs {
		if t.suite.docs[name] != d && (t.tests(name) || t.holds(name) && d.hasTests()) {
			return true
		}
	}
	return false
}

// input returns what lint is given: rules with their tests.
func (t *tree) input() *lint.Input {
	in := *t.in
	in.Now = time.Now().UTC()
	if t.suite != nil {
		in.HasTests, in.Tests, in.TestDiagnostics = true, t.suite.cases, t.suite.problems
	}
	return &in
}

// broken returns the files with errors that keep something from being used.
func broken(in *lint.Input) map[string]bool {
	out := map[string]bool{}
	for _, diags := range []rules.Diagnostics{in.Reading, in.Diagnostics} {
		for _, d := range diags {
			if d.Severity == rules.Error {
				out[d.Span.Path()] = true
			}
		}
	}
	return out
}
