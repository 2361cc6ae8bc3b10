package ruletest

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Recordings says which of two twins of a SigmaHQ recording is read.
type Recordings string

// The twins. The JSON has lost the blanks at the end of texts.
const (
	EVTX Recordings = "evtx" // the default
	JSON Recordings = "json"
)

// LoadOptions says where rules and tests lie.
type LoadOptions struct {
	// Paths are files and folders: rules, whose tests are then found; tests,
	// whose rules are; or folders that hold both.
	Paths []string
	// RuleDirs and TestDirs are trees of which the second mirrors the first.
	// Without them a folder "tests" beside folders "rules" and "rules-…" does,
	// or beside the rules themselves. Folders "filters" and "correlations" beside
	// them hold what applies to the rules.
	RuleDirs, TestDirs []string

	Files Files // nil means those of the operating system
	// Known are rules that were read already: their files are not read again, and
	// what is wrong with these is not reported.
	Known *rules.Set

	Recordings Recordings
	Corpus     string // folder that RSigma's expectations are about; "" is the folder of their file
}

// Load finds and reads tests and the rules they are about. All problems of all
// files are returned, sorted; a test with an error is not part of the suite.
func Load(o LoadOptions) (*Suite, rules.Diagnostics) {
	l := &loader{options: o, files: o.Files}
	l.here, _ = filepath.Abs(".")
	if l.files == nil {
		l.files = disk{}
	}
	for _, path := range o.Paths {
		l.discover(filepath.Clean(path))
	}
	l.wantWholeProjects()
	files := l.readTests()
	l.loadRules()
	for _, doc := range l.index.docs {
		l.own(doc)
	}
	for _, f := range files {
		l.resolveFile(f)
	}
	return l.suite()
}

// loader is one run of Load.
type loader struct {
	options   LoadOptions
	files     Files
	here      string // the working directory, absolute
	ruleFiles []string
	tests     []foundTest
	projects  []*project                      // some rules of which are wanted
	wanted    struct{ rules, tests []string } // paths that the caller has asked for
	root      string                          // of the SigmaHQ repository, once found

	index     ruleIndex
	set       *rules.Set
	ruleNotes rules.Diagnostics // of rule files
	notes     []note
	cases     []*Case
	read      int // files
}

// note is a list of problems of a test file, shown if that or its rule is wanted.
type note struct {
	test, rule string
	diags      rules.Diagnostics
}

func (l *loader) unreadable(path string, err error) {
	l.wanted.tests = append(l.wanted.tests, path)
	l.testDiags(filepath.ToSlash(path), "", rules.Diagnostics{{Code: rules.CodeUnreadable, Severity: rules.Error,
		Span: rules.Span{File: &rules.File{Path: filepath.ToSlash(path)}}, Message: "cannot be read: " + cause(err),
		Help: "check the path and its permissions"}})
}

func (l *loader) testDiags(test, rule string, diags rules.Diagnostics) {
	if len(diags) > 0 {
		l.notes = append(l.notes, note{test, rule, diags})
	}
}

func (l *loader) ruleDiags(doc rules.Document, diags rules.Diagnostics) {
	l.ruleNotes = append(l.ruleNotes, diags...)
}

// loadRules loads the collected rule files, each once.
func (l *loader) loadRules() {
	l.ruleFiles = unique(l.ruleFiles, l.absolute)
	if len(l.ruleFiles) == 0 {
		return
	}
	docs, rest := l.known()
	rest = slices.DeleteFunc(rest, func(file string) bool {
		outside := l.outside(file)
		if outside {
			l.unreadable(file, ErrOutside)
		}
		return outside
	})
	read, files, diags := rules.ReadPaths(rest...)
	docs = append(docs, read...)
	slices.SortStableFunc(docs, func(a, b rules.Document) int { return cmp.Compare(a.Meta().Span.Path(), b.Meta().Span.Path()) })
	set, together := rules.Assemble(docs)
	l.read += files + len(l.ruleFiles) - len(rest)
	l.ruleNotes = slices.Concat(l.ruleNotes, diags, together)
	l.index = newRuleIndex(set, l.absolute)
	l.set = set
}

// known returns copies of the documents of rule files that were read already,
// and the other rule files.
func (l *loader) known() (docs []rules.Document, rest []string) {
	if l.options.Known == nil {
		return nil, l.ruleFiles
	}
	byPath := map[string][]rules.Document{}
	for _, d := range l.options.Known.Documents() {
		at := l.absolute(d.Meta().Span.Path())
		byPath[at] = append(byPath[at], d)
	}
	for _, file := range l.ruleFiles {
		known := byPath[l.absolute(file)]
		if known == nil {
			rest = append(rest, file)
		}
		for _, d := range known {
			docs = append(docs, rules.Copy(d))
		}
	}
	return docs, rest
}

// unique drops values whose key came before.
func unique[T any](values []T, key func(T) string) []T {
	seen := make(map[string]bool, len(values))
	return slices.DeleteFunc(values, func(v T) bool {
		k := key(v)
		before := seen[k]
		seen[k] = true
		return before
	})
}

// own adds the tests that stand in a rule, or that it names.
func (l *loader) own(doc rules.Document) {
	h := doc.Meta()
	if h.CustomAttribute("tests") != nil {
		d := &decoder{}
		n := &rules.Node{Kind: rules.MapNode, Entries: h.Custom, Span: h.Span}
		for _, t := range d.tests(n, h.Span.Path(), Inline) {
			l.resolveDraft(d, t, func() (rules.Document, bool) {
				if t.rule.Text == "" {
					return doc, true
				}
				return l.ruleOf(d, t, &resolvable{testFile: &testFile{path: t.Path}})
			})
		}
		l.ruleDiags(doc, d.diags)
	}
	l.exemplars(doc)
	l.regression(doc)
}

// add takes a complete test of a rule into the suite.
func (l *loader) add(t *draft, doc rules.Document) {
	c := t.Case
	c.Rule = doc
	switch {
	case c.want.goldenPath != "" && l.outside(c.want.goldenPath):
		c.obstacle = forbidden(c.want.golden, "the golden file")
	case doc.Meta().Invalid:
		c.obstacle = &obstacle{status: Error, span: doc.Meta().Title.Span, message: "the rule cannot be loaded", help: "correct the rule first"}
	}
	l.cases = append(l.cases, &c)
}

// suite keeps what was asked for.
func (l *loader) suite() (*Suite, rules.Diagnostics) {
	s := &Suite{Files: l.read, Rules: len(l.index.docs), set: l.set}
	for _, doc := range l.index.docs {
		if rule, isRule := doc.(*rules.Rule); isRule && inAny(rule.Span.Path(), l.wanted.rules) {
			s.asked = append(s.asked, rule)
		}
	}
	used := map[string]bool{}
	for _, c := range l.cases {
		rule := c.Rule.Meta().Span.Path()
		if inAny(c.Path, l.wanted.tests) || inAny(rule, l.wanted.rules) {
			s.Cases = append(s.Cases, c)
			used[rule] = true
		}
	}
	slices.SortStableFunc(s.Cases, func(a, b *Case) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start.Line, b.Span.Start.Line), cmp.Compare(a.ID, b.ID))
	})
	l.explainInvalid(s.Cases)
	var diags rules.Diagnostics
	for _, d := range l.ruleNotes {
		if path := d.Span.Path(); used[path] || inAny(path, l.wanted.rules) {
			diags = append(diags, d)
		}
	}
	for _, n := range l.notes {
		if inAny(n.test, l.wanted.tests) || n.rule != "" && inAny(n.rule, l.wanted.rules) {
			diags = append(diags, n.diags...)
		}
	}
	diags = unique(diags, rules.Diagnostic.String)
	diags.Sort()
	return s, diags
}

// explainInvalid gives tests of rules with errors the first of these.
func (l *loader) explainInvalid(cases []*Case) {
	first := map[string]rules.Diagnostic{}
	for _, d := range l.ruleNotes {
		if _, known := first[d.Span.Path()]; !known && d.Severity == rules.Error {
			first[d.Span.Path()] = d
		}
	}
	for _, c := range cases {
		if d, known := first[c.Rule.Meta().Span.Path()]; known && c.Rule.Meta().Invalid && c.obstacle.status == Error {
			c.obstacle.message += ": " + d.Message
			c.obstacle.span = d.Span
		}
	}
}

// readTests reads the test files that were found and collects the rule files
// that they name.
func (l *loader) readTests() []*resolvable {
	l.tests = unique(l.tests, func(t foundTest) string { return l.absolute(t.path) })
	var out []*resolvable
	for _, t := range l.tests {
		if f := l.readTest(t); f != nil {
			out = append(out, f)
			for _, d := range f.drafts {
				l.ruleFiles = append(l.ruleFiles, l.namedFiles(f, d.rule.Text)...)
			}
		}
	}
	return out
}

func (l *loader) readTest(t foundTest) *resolvable {
	name := filepath.ToSlash(t.path)
	source, err := l.files.ReadFile(t.path)
	if err != nil {
		l.unreadable(t.path, err)
		return nil
	}
	l.read++
	r := &resolvable{found: t}
	if t.project != nil {
		r.mirrored = t.project.mirrored(t.path)
	}
	nodes, diags := rules.ParseNodes(name, source)
	switch {
	case len(nodes) == 0:
		r.testFile = &testFile{path: name, diags: diags}
		if diags.Count(rules.Error) == 0 {
			d := &decoder{}
			d.errorf("test/no-test", fileStart(name), "add tests: with a list of tests", "the file holds no test")
			r.diags = d.diags
		}
		return r
	case nodes[0].Get("expectations") != nil:
		r.testFile = l.expectationFile(name, nodes[0])
	case !isTestNode(nodes[0]) && !slices.ContainsFunc(r.mirrored, l.exists) && len(nodes[0].Entries) > 0 && nodes[0].Get("rule") == nil:
		r.testFile = &testFile{path: name, diags: rules.Diagnostics{{Code: "test/not-a-test", Severity: rules.Warning, Span: startOf(nodes[0]),
			Message: "the file lies among tests and is none: it is passed over"}}}
	default:
		r.testFile = l.testFile(name, nodes[0])
	}
	if len(nodes) > 1 {
		d := &decoder{}
		d.errorf("test/wrong-type", startOf(nodes[1]), "write one file for each rule", "a test file has one document")
		r.diags = append(r.diags, d.diags...)
	}
	r.diags = append(r.diags, diags...)
	return r
}

// namedFiles returns the existing files that rule: may mean as a path.
func (l *loader) namedFiles(r *resolvable, rule string) []string {
	if !isYAML(rule) {
		return nil
	}
	return slices.DeleteFunc(r.candidates(rule), func(p string) bool {
		return !l.exists(p) || r.found.project != nil && inAny(p, r.found.project.testDirs)
	})
}

// candidates returns where a rule given by path may lie, best first.
func (r *resolvable) candidates(rule string) []string {
	out := []string{beside(r.path, rule)}
	if p := r.found.project; p != nil {
		out = append(out, filepath.Join(p.root, rule))
		for _, dir := range p.ruleDirs {
			out = append(out, filepath.Join(dir, rule))
		}
	}
	return append(out, strings.TrimSuffix(filepath.Clean(rule), string(filepath.Separator)))
}
