package ruletest

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Untested returns the rules that were asked for and that no test of the suite is
// about.
func (s *Suite) Untested() []*rules.Rule {
	tested := map[rules.Document]bool{}
	for _, c := range s.Cases {
		tested[c.Rule] = true
	}
	return slices.DeleteFunc(slices.Clone(s.asked), func(r *rules.Rule) bool { return tested[r] })
}

// With returns a suite of the tests of one rule that stand in a text: what a file of
// tests at path would hold. Only tests with one of the names are part of it.
func (s *Suite) With(rule *rules.Rule, path string, source []byte, names []string) (*Suite, rules.Diagnostics) {
	l := &loader{files: disk{}}
	nodes, diags := rules.ParseNodes(filepath.ToSlash(path), source)
	if len(nodes) == 0 {
		return &Suite{}, diags
	}
	f := l.testFile(filepath.ToSlash(path), nodes[0])
	d := &decoder{diags: append(diags, f.diags...)}
	for _, t := range f.drafts {
		if slices.Contains(names, t.Name) {
			l.resolveDraft(d, t, func() (rules.Document, bool) { return rule, true })
		}
	}
	return &Suite{Cases: l.cases, Files: 1, Rules: 1, set: s.set}, d.diags
}

// Written returns the rule of the suite of which a pipeline made this one: tests are
// about rules as they were written.
func (s *Suite) Written(rule *rules.Rule) *rules.Rule {
	for _, r := range s.set.Rules {
		if r.Span == rule.Span {
			return r
		}
	}
	return rule
}

// Fixture is a named event of a test file.
type Fixture struct {
	Name  string
	Value evaluator.Value
}

// Fixtures returns the named events of a test file that are maps, in its order.
func Fixtures(n *rules.Node) []Fixture {
	d := &decoder{}
	known := d.fixtures(n.Get("events"))
	var out []Fixture
	for _, name := range known.names {
		if v := d.event(known.nodes[name], known); v.Kind() == evaluator.Object {
			out = append(out, Fixture{name, v})
		}
	}
	return out
}

// SidecarPath returns where the tests of a rule file belong: at its place in the
// tree that mirrors the rules. Without such a tree it is the folder tests beside the
// folder of rules, or beside the rule itself.
func SidecarPath(o LoadOptions, rule string) string {
	l := &loader{options: o, files: disk{}}
	l.here, _ = filepath.Abs(".")
	p := l.projectOf(rule)
	if p == nil {
		return filepath.Join(filepath.Dir(rule), testsFolder, filepath.Base(rule))
	}
	tests := filepath.Join(p.root, testsFolder)
	if len(p.testDirs) > 0 {
		tests = p.testDirs[0]
	}
	for _, dir := range p.ruleDirs {
		rel, err := filepath.Rel(absolute(dir), absolute(rule))
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		if len(p.ruleDirs) > 1 && strings.HasPrefix(filepath.Base(dir), "rules-") {
			rel = filepath.Join(filepath.Base(dir), rel)
		}
		return filepath.Join(tests, rel)
	}
	return filepath.Join(tests, filepath.Base(rule))
}
