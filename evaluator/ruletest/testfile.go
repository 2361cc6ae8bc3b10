package ruletest

import (
	"fmt"
	"slices"

	"github.com/socctl/socctl/rules"
)

var (
	fileKeys = []string{"rule", "events", "tests"}
	testKeys = []string{"name", "rule", "event", "events", "file", "where", "logsource", "match", "selections",
		"because", "count", "golden", "start", "sequence", "alerts"}
	inputKeys = []string{"event", "events", "file", "sequence"}
)

// FileKeys returns the keys of a test file.
func FileKeys() []string { return slices.Clone(fileKeys) }

// TestKeys returns the keys of a test.
func TestKeys() []string { return slices.Clone(testKeys) }

// draft is a test that was read, before its rule is known.
type draft struct {
	Case
	rule rules.Scalar // attribute rule: of the test or of its file
}

// testFile is the content of a test file.
type testFile struct {
	path   string
	drafts []*draft
	others func(rules.Document) *draft // test of a rule that no draft is about; nil for none
	diags  rules.Diagnostics
}

// testFile reads the document of a test file.
func (l *loader) testFile(path string, n *rules.Node) *testFile {
	d := &decoder{}
	f := &testFile{path: path}
	if d.fields(n, "a test file", fileKeys...) {
		rule := d.text(n.Get("rule"), "rule")
		f.drafts = d.tests(n, path, Sidecar)
		for _, t := range f.drafts {
			if t.rule.Text == "" {
				t.rule = rule
			}
		}
	}
	f.diags = d.diags
	return f
}

// tests reads the attributes tests: and events: of a test file or of a rule.
func (d *decoder) tests(n *rules.Node, path string, origin Origin) []*draft {
	e, found := entry(n, "tests")
	start := len(d.diags)
	known := d.fixtures(n.Get("events"))
	switch {
	case !found && d.failed(0): // perhaps tests: is misspelt
		return nil
	case !found:
		d.errorf("test/no-test", startOf(n), "add tests: with a list of tests", "the file holds no test")
		return nil
	}
	items := d.list(e.Value, "tests")
	if len(items) == 0 && e.Value.Kind == rules.ListNode {
		d.errorf("test/no-test", e.Key.Span, "add a test, or remove the file", "tests is empty")
	}
	var out []*draft
	names := map[string]rules.Span{}
	for _, item := range items {
		before := len(d.diags)
		t := d.test(item, known, path, origin)
		if t == nil {
			continue
		}
		if first, dup := names[t.Name]; dup {
			d.errorf("test/duplicate-name", t.Span, "", "test %q is already defined in line %d", t.Name, first.Start.Line)
		}
		names[t.Name] = t.Span
		if !d.failed(before) {
			out = append(out, t)
		}
	}
	if !d.failed(start) { // a test with an error may mean one of them
		d.unused(known)
	}
	return out
}

// test reads one test; nil if it is no map.
func (d *decoder) test(n *rules.Node, known *fixtures, path string, origin Origin) *draft {
	before := len(d.diags)
	if !d.fields(n, "a test", testKeys...) {
		return nil
	}
	t := &draft{Case: Case{Path: path, Origin: origin, Span: startOf(n)}}
	if name, found := entry(n, "name"); found {
		t.Name = d.text(name.Value, "name").Text
		t.Span = name.Value.Span
	} else {
		d.errorf("test/missing-field", t.Span, "add name: with what the test is about", "the test has no name")
	}
	t.ID = path + "::" + t.Name
	t.rule = d.text(n.Get("rule"), "rule")
	d.logsource(t, n.Get("logsource"))
	d.input(t, n, known)
	d.expectations(t, n, d.failed(before))
	return t
}

func (d *decoder) logsource(t *draft, n *rules.Node) {
	word := d.text(n, "logsource")
	t.ignoreLogsource = word.Text == "ignore"
	if word.Text != "" && !t.ignoreLogsource {
		d.errorf("test/wrong-type", word.Span, "leave it out, or write ignore", "logsource of a test can only be ignore, found %q", word.Text)
	}
}

// input reads the one of event, events, file and sequence that a test has.
func (d *decoder) input(t *draft, n *rules.Node, known *fixtures) {
	var given []rules.Entry
	for _, key := range inputKeys {
		if e, found := entry(n, key); found {
			given = append(given, e)
		}
	}
	switch {
	case len(given) == 0:
		d.errorf("test/missing-field", t.Span, "add event:, events:, file: or sequence:", "the test has no input")
		return
	case len(given) > 1:
		d.errorf("test/conflict", given[1].Key.Span, "write two tests", "a test has either %s or %s", given[0].Key.Text, given[1].Key.Text)
		return
	}
	switch in := given[0]; in.Key.Text {
	case "event":
		t.single = true
		t.events = []inlineEvent{{d.event(in.Value, known), startOf(in.Value)}}
	case "events":
		for _, item := range d.list(in.Value, "events") {
			t.events = append(t.events, inlineEvent{d.event(item, known), startOf(item)})
		}
		if len(in.Value.Items) == 0 && in.Value.Kind == rules.ListNode {
			d.errorf("test/missing-field", in.Key.Span, "", "events is empty")
		}
	case "file":
		t.recording = d.text(in.Value, "file")
		t.where = d.where(n.Get("where"))
	case "sequence":
		t.sequence = true
		d.sequence(t, n, known)
	}
	d.onlyWith(n, given[0].Key.Text)
}

// onlyWith reports keys that say nothing about an input of that kind.
func (d *decoder) onlyWith(n *rules.Node, input string) {
	needs := map[string][]string{"where": {"file"}, "golden": {"file"}, "count": {"file", "events"},
		"match": {"event", "events", "file"}, "selections": {"event"}, "because": {"event"},
		"start": {"sequence"}, "alerts": {"sequence"}, "logsource": {"event", "events", "file"}}
	for _, e := range n.Entries {
		inputs, limited := needs[e.Key.Text]
		fits := !limited
		for _, i := range inputs {
			fits = fits || i == input
		}
		if !fits {
			d.errorf("test/conflict", e.Key.Span, "", "%s needs %s, and the test has %s", e.Key.Text, alternatives(inputs), input)
		}
	}
}

func alternatives(words []string) string {
	text := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			text += " or " + w
		} else {
			text += ", " + w
		}
	}
	return text
}

func (d *decoder) where(n *rules.Node) []filter {
	if n == nil {
		return nil
	}
	if n.Kind != rules.MapNode {
		d.wrongType(n, "where", "a map of fields")
		return nil
	}
	var out []filter
	for _, e := range n.Entries {
		f := filter{field: e.Key.Text}
		values := []*rules.Node{e.Value}
		if e.Value.Kind == rules.ListNode {
			values = e.Value.Items
		}
		for _, v := range values {
			if v.Kind != rules.ScalarNode {
				d.wrongType(v, fmt.Sprintf("the value of %s", f.field), "a text or a number")
				continue
			}
			f.texts = append(f.texts, scalarValue(v.Scalar).Text())
		}
		out = append(out, f)
	}
	return out
}
