package ruletest

import (
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
)

// testsFolder and regressionFolder are the names under which tests lie.
const (
	testsFolder      = "tests"
	regressionFolder = "regression_data"
)

// project is a folder with rules, what filters and correlates them, and the tree
// of their tests.
type project struct {
	root     string
	ruleDirs []string
	testDirs []string
}

// projectOf returns the project that a path belongs to: that of the
// configuration if it lies there, else the nearest folder from the path
// upwards that holds a folder of tests or of rules.
func (l *loader) projectOf(path string) *project {
	if p := l.configured(path); p != nil {
		return p
	}
	for dir := range ancestors(path) {
		if p := l.projectAt(dir); p != nil {
			return p
		}
		if l.exists(filepath.Join(dir, ".git")) || l.exists(filepath.Join(dir, ".socctl.yml")) {
			break
		}
	}
	return nil
}

func (l *loader) configured(path string) *project {
	o := l.options
	if len(o.TestDirs) == 0 {
		return nil
	}
	for _, dir := range slices.Concat(o.RuleDirs, o.TestDirs) {
		if within(path, dir) || within(dir, path) {
			return &project{root: path, ruleDirs: o.RuleDirs, testDirs: o.TestDirs}
		}
	}
	return nil
}

// projectAt returns the project whose root is dir, nil if dir is no root.
func (l *loader) projectAt(dir string) *project {
	entries, err := l.files.ReadDir(dir)
	if err != nil {
		return nil
	}
	p := &project{root: dir}
	var beside []string // what applies to the rules: nothing where there are none
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case !l.isDir(name, e):
		case e.Name() == testsFolder:
			p.testDirs = append(p.testDirs, name)
		case e.Name() == "rules" || strings.HasPrefix(e.Name(), "rules-"):
			p.ruleDirs = append(p.ruleDirs, name)
		case e.Name() == "filters" || e.Name() == "correlations":
			beside = append(beside, name)
		}
	}
	switch {
	case p.ruleDirs == nil && p.testDirs == nil:
		return nil
	case p.ruleDirs == nil:
		p.ruleDirs = []string{dir}
	default:
		p.ruleDirs = append(p.ruleDirs, beside...)
	}
	return p
}

func (l *loader) isDir(name string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := l.files.Stat(name)
	return err == nil && info.IsDir()
}

// mirrored returns where the rule of a test file may lie, best first.
func (p *project) mirrored(file string) []string {
	var out []string
	for _, tests := range p.testDirs {
		rel, err := filepath.Rel(tests, file)
		if err != nil || strings.HasPrefix(rel, "..") {
			continue
		}
		for _, dir := range p.ruleDirs {
			out = append(out, filepath.Join(dir, rel))
			if inner, ok := strings.CutPrefix(rel, filepath.Base(dir)+string(filepath.Separator)); ok {
				out = append(out, filepath.Join(dir, inner))
			}
		}
		out = append(out, filepath.Join(p.root, rel), filepath.Join(filepath.Dir(tests), rel))
	}
	return withOtherExtension(out)
}

// withOtherExtension adds the same paths with .yaml for .yml and back.
func withOtherExtension(paths []string) []string {
	other := map[string]string{".yml": ".yaml", ".yaml": ".yml"}
	for _, p := range slices.Clone(paths) {
		ext := filepath.Ext(p)
		paths = append(paths, strings.TrimSuffix(p, ext)+other[ext])
	}
	return paths
}

// ancestors yields a path and the folders above it, up to the root of the file
// system, relative as long as the path is.
func ancestors(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		path = filepath.Clean(path)
		depth := 1
		if abs, err := filepath.Abs(path); err == nil {
			depth += strings.Count(filepath.ToSlash(abs), "/")
		}
		for ; depth > 0 && yield(path); depth-- {
			switch {
			case path == ".":
				path = ".."
			case filepath.Base(path) == "..":
				path = filepath.Join(path, "..")
			default:
				path = filepath.Dir(path)
			}
		}
	}
}

// within reports whether a path is dir or lies below it.
func within(path, dir string) bool {
	p, d := absolute(path), absolute(dir)
	return p == d || strings.HasPrefix(p, strings.TrimSuffix(d, string(filepath.Separator))+string(filepath.Separator))
}

// absolute is the function of that name, without asking for the working directory
// anew.
func (l *loader) absolute(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) || l.here == "" {
		return absolute(path)
	}
	return filepath.Join(l.here, path)
}

func absolute(path string) string {
	abs, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return filepath.Clean(path)
	}
	return abs
}
