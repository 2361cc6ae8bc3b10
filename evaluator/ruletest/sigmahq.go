package ruletest

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/rules"
)

// regression reads the tests that the attribute regression_tests_path of a rule
// names. Paths are relative to the root of the repository, which is found by
// walking up from the rule until the path exists.
func (l *loader) regression(doc rules.Document) {
	node := doc.Meta().CustomAttribute("regression_tests_path")
	if node == nil {
		return
	}
	d := &decoder{}
	at := d.text(node, "regression_tests_path")
	if at.Text == "" {
		l.ruleDiags(doc, d.diags)
		return
	}
	file := doc.Meta().Span.Path()
	root, found := l.rootOf(file, at.Text)
	if !found {
		l.add(&draft{Case: Case{ID: file + "::regression data", Name: "regression data", Path: file, Origin: SigmaHQ, Span: at.Span,
			obstacle: missing(at, "regression data")}}, doc)
		return
	}
	info := filepath.ToSlash(filepath.Join(root, filepath.FromSlash(at.Text)))
	for _, t := range l.infoFile(d, info, root, at) {
		l.add(t, doc)
	}
	l.testDiags(info, file, d.diags)
}

func missing(at rules.Scalar, what string) *obstacle {
	return &obstacle{status: MissingRecording, span: at.Span, message: fmt.Sprintf("%s %s is missing", what, at.Text),
		help: "fetch it, correct the path, or use --allow-missing-recordings"}
}

// rootOf walks up from a file until a relative path exists.
func (l *loader) rootOf(file, rel string) (string, bool) {
	rel = filepath.FromSlash(rel)
	if l.root != "" && l.exists(filepath.Join(l.root, rel)) {
		return l.root, true
	}
	for dir := range ancestors(filepath.Dir(filepath.FromSlash(file))) {
		if l.exists(filepath.Join(dir, rel)) {
			l.root = dir
			return dir, true
		}
	}
	return "", false
}

// infoFile reads a file of the SigmaHQ form. Keys that say who wrote it when
// are left alone; so is any that SigmaHQ may add.
func (l *loader) infoFile(d *decoder, info, root string, from rules.Scalar) []*draft {
	source, err := l.files.ReadFile(filepath.FromSlash(info))
	if err != nil {
		d.errorf(rules.CodeUnreadable, from.Span, "check the path and its permissions", "%s cannot be read: %s", info, cause(err))
		return nil
	}
	l.read++
	nodes, diags := rules.ParseNodes(info, source)
	d.diags = append(d.diags, diags...)
	if diags.Count(rules.Error) > 0 {
		return nil
	}
	if len(nodes) == 0 || nodes[0].Kind != rules.MapNode {
		d.errorf("test/no-test", fileStart(info), "", "the file holds no test")
		return nil
	}
	n := nodes[0]
	items := d.list(n.Get("regression_tests_info"), "regression_tests_info")
	if len(items) == 0 && d.diags.Count(rules.Error) == 0 {
		d.errorf("test/no-test", startOf(n), "add regression_tests_info: with a list of tests", "the file holds no test")
	}
	var out []*draft
	names := map[string]int{}
	for _, item := range items {
		if t := l.infoTest(d, item, info, root); t != nil {
			t.Name = numbered(names, t.Name)
			t.ID = info + "::" + t.Name
			out = append(out, t)
		}
	}
	return out
}

// numbered makes names unique that others may give twice.
func numbered(seen map[string]int, name string) string {
	seen[name]++
	if n := seen[name]; n > 1 {
		return fmt.Sprintf("%s #%d", name, n)
	}
	return name
}

func (l *loader) infoTest(d *decoder, n *rules.Node, info, root string) *draft {
	before := len(d.diags)
	if n.Kind != rules.MapNode {
		d.wrongType(n, "a test", "a map")
		return nil
	}
	name, kind := d.text(n.Get("name"), "name"), d.text(n.Get("type"), "type")
	t := &draft{Case: Case{Name: name.Text, Path: info, Origin: SigmaHQ, Span: startOf(n), recording: d.text(n.Get("path"), "path")}}
	if name.Text == "" {
		t.Name = "regression test"
	} else {
		t.Span = name.Span
	}
	if k := strings.ToLower(kind.Text); k != "" && k != "evtx" && k != "json" {
		d.errorf("test/unknown-type", kind.Span, suggestion(k, []string{"evtx", "json"}), "recordings of type %q cannot be read", kind.Text)
	}
	if t.recording.Text == "" && !d.failed(before) {
		d.errorf("test/missing-field", t.Span, "", "the test has no path")
	}
	t.want.count = &countRange{min: 1, max: -1, span: t.recording.Span}
	if e, found := entry(n, "match_count"); found {
		t.want.count.span, t.want.count.least = e.Value.Span, true
		t.want.count.min, _ = d.number(e.Value, "match_count")
	}
	if d.failed(before) {
		return nil
	}
	l.record(&t.Case, filepath.Join(root, filepath.FromSlash(t.recording.Text)))
	return t
}

// record sets the recording of a test, or what keeps it from being read.
func (l *loader) record(c *Case, file string) {
	if l.options.Recordings == JSON && strings.EqualFold(filepath.Ext(file), ".evtx") {
		file = strings.TrimSuffix(file, filepath.Ext(file)) + ".json"
	}
	plain := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(file), ".gz"), ".zst")
	switch {
	case path.Ext(plain) == ".csv":
		c.obstacle = &obstacle{status: Error, span: c.recording.Span, message: "CSV recordings are not supported yet",
			help: "convert it to NDJSON"}
	case l.outside(file):
		c.obstacle = forbidden(c.recording, "the recording")
	case !l.exists(file):
		at := c.recording
		if l.options.Recordings == JSON {
			at.Text = filepath.ToSlash(file)
		}
		c.obstacle = missing(at, "recording")
	}
	c.sources = []string{file}
}

// cause drops the path from an error of the file system.
func cause(err error) string {
	if p, ok := err.(*fs.PathError); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// fileStart is the place of something about a file that has no content.
func fileStart(name string) rules.Span {
	first := rules.Position{Line: 1, Column: 1}
	return rules.Span{File: &rules.File{Path: name}, Start: first, End: first}
}
