package migration

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
)

// testFile is a file of tests that is to be written.
type testFile struct {
	path       string
	comment    string
	rule       string // what the tests are about; "" is the rule whose path is mirrored
	cases      []*yaml.Node
	names      map[string]int
	recordings []Output // events that cannot stand in the file
}

// testFile begins a file of tests. A path that is taken, by another document of the
// same file or by one whose name differs in its end alone, gets a number.
func (r *reader) testFile(name, comment string) *testFile {
	free := name
	for n := 2; r.tests[free] != nil; n++ {
		free = fmt.Sprintf("%s_%d.yml", strings.TrimSuffix(name, ".yml"), n)
	}
	t := &testFile{path: free, comment: comment, names: map[string]int{}}
	r.tests[free] = t
	return t
}

// unique makes a name that no other test of the file has.
func (t *testFile) unique(name string) *yaml.Node {
	if name = strings.TrimSpace(name); name == "" {
		name = fmt.Sprintf("test %d", len(t.cases)+1)
	}
	for {
		t.names[name]++
		n := t.names[name]
		if n == 1 {
			return textNode(name)
		}
		name = fmt.Sprintf("%s (%d)", name, n)
	}
}

func (t *testFile) add(pairs ...any) { t.cases = append(t.cases, mapOf(pairs...)) }

func (t *testFile) text() []byte {
	return document(t.comment, mapOf("rule", some(t.rule), "tests", listNode(t.cases...)))
}

// beside gives a path below the folder that is written to as it is seen from the
// file of tests.
func (t *testFile) beside(name string) string {
	if path.IsAbs(name) {
		return name
	}
	from := strings.Split(path.Dir(t.path), "/")
	to := strings.Split(path.Clean(name), "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

// mirrored is the path of the tests of a rule that another tool keeps in a file.
func (r *reader) mirrored(file *rules.File) string {
	return path.Join("tests", strings.TrimSuffix(path.Clean("/"+r.within(file.Path)), path.Ext(file.Path))+".yml")
}

// subject finds the rule that tests are about, by the names that it has elsewhere.
// Without one the tests wait for a rule at the mirrored path.
func (r *reader) subject(t *testFile, at rules.Span, names []string) {
	shared := ""
	for _, name := range names {
		switch {
		case name == "" || r.options.Rule == nil || !r.options.Rule(name):
		case r.several(name):
			shared = name
		default:
			t.rule = name
			return
		}
	}
	if shared != "" {
		r.report(rules.Warning, "migrate/unknown-rule", at, "several rules here are called "+shared, "write the id of the right one as rule: into "+t.path)
		return
	}
	rule := "rules/" + strings.TrimPrefix(t.path, "tests/")
	r.report(rules.Warning, "migrate/unknown-rule", at, "there is no Sigma rule for these tests yet", "write it as "+rule+", or give it one of these as id, name or title and import again: "+strings.Join(present(names), ", "))
}

func (r *reader) several(name string) bool {
	return r.options.Several != nil && r.options.Several(name)
}

func present(names []string) (out []string) {
	for _, n := range names {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

func textOf(n *rules.Node) string {
	if n == nil || n.Kind != rules.ScalarNode {
		return ""
	}
	return n.Scalar.Text
}

// stem is the name of a file without its extension.
func stem(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }

// remaining tells which keys of a document are not taken over.
func (r *reader) remaining(n *rules.Node, what, help string, read ...string) {
	var left []string
	var first rules.Span
	for _, e := range n.Entries {
		if !slices.Contains(read, e.Key.Text) {
			if left = append(left, e.Key.Text); len(left) == 1 {
				first = e.Key.Span
			}
		}
	}
	if len(left) > 0 {
		r.without(first, what+" has keys that are not taken over: "+strings.Join(left, ", "), help)
	}
}
