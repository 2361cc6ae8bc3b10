package ruletest

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/rules"
)

// foundTest is a test file with the project that says where its rule lies.
type foundTest struct {
	path    string
	project *project // nil if it belongs to none
}

// discover finds the files that one path of the caller stands for. Rules are
// found along with tests and tests along with rules; l.wanted says which of
// them the caller has asked for.
func (l *loader) discover(path string) {
	info, err := l.files.Stat(path)
	if err != nil {
		l.unreadable(path, err)
		return
	}
	p := l.projectOf(path)
	switch {
	case l.inRegressionData(path):
	case p != nil && inAny(path, p.testDirs):
		l.wanted.tests = append(l.wanted.tests, path)
		l.walkTests(path, p)
		l.walkAll(p.ruleDirs)
	case !info.IsDir():
		l.discoverFile(path, p)
	case p != nil && holdsAny(path, p.ruleDirs):
		l.wanted.rules = append(l.wanted.rules, p.ruleDirs...)
		l.wanted.tests = append(l.wanted.tests, p.testDirs...)
		l.walkAll(p.ruleDirs)
		l.walkTestDirs(p)
	default:
		l.wanted.rules = append(l.wanted.rules, path)
		l.walkRules(path)
		if p != nil {
			l.walkTestDirs(p)
			l.projects = append(l.projects, p)
		}
	}
}

// wantWholeProjects adds the tests of projects all of whose rules are wanted,
// so that a test without a rule shows.
func (l *loader) wantWholeProjects() {
	for _, p := range l.projects {
		whole := true
		for _, dir := range p.ruleDirs {
			whole = whole && inAny(dir, l.wanted.rules)
		}
		if whole {
			l.wanted.tests = append(l.wanted.tests, p.testDirs...)
		}
	}
}

// inRegressionData handles a path within SigmaHQ's recordings: the tests are
// those of all rules of the repository whose info.yml lies there.
func (l *loader) inRegressionData(path string) bool {
	for dir := range ancestors(path) {
		if filepath.Base(dir) != regressionFolder {
			continue
		}
		if p := l.projectAt(filepath.Join(dir, "..")); p != nil {
			l.wanted.tests = append(l.wanted.tests, path)
			l.walkAll(p.ruleDirs)
			return true
		}
	}
	return false
}

// discoverFile tells a single file by its content.
func (l *loader) discoverFile(path string, p *project) {
	if l.isTestContent(path) {
		l.wanted.tests = append(l.wanted.tests, path)
		l.tests = append(l.tests, foundTest{path, p})
		switch {
		case p != nil:
			l.walkAll(p.ruleDirs)
		default:
			l.walkAll(l.options.RuleDirs)
		}
		return
	}
	l.wanted.rules = append(l.wanted.rules, path)
	l.ruleFiles = append(l.ruleFiles, path)
	if p != nil {
		l.walkAll(p.ruleDirs) // for the filters that apply to the rule, and what it correlates
		l.walkTestDirs(p)
	}
}

// isTestContent reports whether a file has the keys of a test file and none of
// a rule.
func (l *loader) isTestContent(path string) bool {
	source, err := l.files.ReadFile(path)
	if err != nil {
		return false
	}
	nodes, _ := rules.ParseNodes(path, source)
	if len(nodes) == 0 {
		return false
	}
	for _, key := range []string{"detection", "correlation", "filter", "logsource"} {
		if nodes[0].Get(key) != nil {
			return false
		}
	}
	return isTestNode(nodes[0])
}

// isTestNode reports whether a document has a key of a test file, or one that
// is meant to be.
func isTestNode(n *rules.Node) bool {
	if n.Get("title") != nil {
		return false
	}
	for _, e := range n.Entries {
		if rules.Nearest(e.Key.Text, []string{"tests", "events", "expectations"}) != "" {
			return true
		}
	}
	return false
}

func (l *loader) walkAll(dirs []string) {
	for _, dir := range dirs {
		l.walkRules(dir)
	}
}

func (l *loader) walkTestDirs(p *project) {
	for _, dir := range p.testDirs {
		l.walkTests(dir, p)
	}
}

// walkRules collects the rule files below a folder. A folder of tests on the
// way belongs to a project of its own; recordings are reached from their rules.
func (l *loader) walkRules(root string) {
	l.walk(root, func(path string, d fs.DirEntry) error {
		switch {
		case !d.IsDir():
			l.ruleFiles = append(l.ruleFiles, path)
		case path == root:
		case d.Name() == regressionFolder:
			return fs.SkipDir
		case d.Name() == testsFolder:
			if p := l.projectAt(filepath.Dir(path)); p != nil {
				l.walkTests(path, p)
			}
			return fs.SkipDir
		}
		return nil
	})
}

func (l *loader) walkTests(root string, p *project) {
	l.walk(root, func(path string, d fs.DirEntry) error {
		if !d.IsDir() {
			l.tests = append(l.tests, foundTest{path, p})
		}
		return nil
	})
}

// walk visits the folders below root, and the YAML files, except hidden ones.
// Root itself may be a file or a link to a folder.
func (l *loader) walk(root string, visit func(string, fs.DirEntry) error) {
	err := l.walkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.unreadable(path, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case path != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return visit(path, d)
		case isYAML(path):
			if err := rules.Regular(d, func() (fs.FileInfo, error) { return l.files.Stat(path) }); err != nil {
				l.unreadable(path, err)
				return nil
			}
			return visit(path, d)
		}
		return nil
	})
	if err != nil {
		l.unreadable(root, err)
	}
}

func isYAML(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yml" || ext == ".yaml"
}

func inAny(path string, dirs []string) bool {
	for _, dir := range dirs {
		if within(path, dir) {
			return true
		}
	}
	return false
}

func holdsAny(path string, dirs []string) bool {
	for _, dir := range dirs {
		if within(dir, path) {
			return true
		}
	}
	return false
}
