package ruletest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// exemplars reads RSigma's tests of a rule: custom_attributes with the key
// rsigma.exemplars, or that key at the top of the document. RSigma tries them
// on the rule whatever the logsource.
func (l *loader) exemplars(doc rules.Document) {
	h := doc.Meta()
	node := h.CustomAttribute("rsigma.exemplars")
	if node == nil {
		node = h.CustomAttribute("custom_attributes").Get("rsigma.exemplars")
	}
	if node == nil {
		return
	}
	d := &decoder{}
	items := d.list(node, "rsigma.exemplars")
	if len(items) == 0 && node.Kind == rules.ListNode {
		d.errorf("test/no-test", node.Span, "", "rsigma.exemplars is empty")
	}
	names := map[string]int{}
	_, correlation := doc.(*rules.Correlation)
	for i, item := range items {
		before := len(d.diags)
		t := d.exemplar(item, correlation)
		if t == nil || d.failed(before) {
			continue
		}
		if t.Name == "" {
			t.Name = fmt.Sprintf("exemplar %d", i+1)
		}
		t.Path, t.Name = h.Span.Path(), numbered(names, t.Name)
		t.ID = t.Path + "::" + t.Name
		l.add(t, doc)
	}
	l.ruleDiags(doc, d.diags)
}

func (d *decoder) exemplar(n *rules.Node, correlation bool) *draft {
	if !d.fields(n, "an exemplar", "name", "expect", "event", "events") {
		return nil
	}
	name := d.text(n.Get("name"), "name")
	t := &draft{Case: Case{Name: name.Text, Origin: Exemplar, Span: startOf(n), single: true, ignoreLogsource: true}}
	expect := d.text(n.Get("expect"), "expect")
	match := expect.Text == "match"
	t.want.match, t.want.matchSpan = &match, expect.Span
	if !match && expect.Text != "no-match" {
		d.errorf("test/wrong-type", startOf(n), "", "expect must be match or no-match, found %q", expect.Text)
	}
	event, events := n.Get("event"), n.Get("events")
	switch {
	case (event == nil) == (events == nil):
		d.errorf("test/missing-field", t.Span, "", "an exemplar has either event or events")
	case event != nil:
		t.events = []inlineEvent{{d.event(event, &fixtures{}), startOf(event)}}
	case !correlation:
		d.errorf("test/conflict", events.Span, "write one exemplar for each event", "events is for correlations only")
	default:
		t.sequence, t.start = true, sequenceStart
		for _, step := range d.list(events, "events") {
			if !d.fields(step, "an event", "offset", "event") {
				continue
			}
			at := d.duration(step, "offset", false)
			event := step.Get("event")
			if event == nil {
				d.errorf("test/missing-field", startOf(step), "", "the event is missing")
				continue
			}
			t.steps = append(t.steps, testStep(at, inlineEvent{d.event(event, &fixtures{}), startOf(event)}))
		}
	}
	return t
}

// expectationFile reads RSigma's file of expected counts.
func (l *loader) expectationFile(name string, n *rules.Node) *testFile {
	d := &decoder{}
	f := &testFile{path: name}
	if !d.fields(n, "a file of expectations", "defaults", "expectations") {
		f.diags = d.diags
		return f
	}
	f.others = l.unexpected(d, n.Get("defaults"), name)
	items := d.list(n.Get("expectations"), "expectations")
	if len(items) == 0 {
		d.errorf("test/no-test", startOf(n), "", "the file holds no expectation")
	}
	names := map[string]int{}
	for _, item := range items {
		before := len(d.diags)
		t := l.expected(d, item, name)
		if t == nil || d.failed(before) {
			continue
		}
		t.Name = numbered(names, t.Name)
		t.ID = name + "::" + t.Name
		f.drafts = append(f.drafts, t)
	}
	f.diags = d.diags
	return f
}

// unexpected reads the defaults of a file of expectations. If they forbid
// detections that nobody expects, every rule that the file does not name is
// tested to find nothing; RSigma's mere warnings are not looked for.
func (l *loader) unexpected(d *decoder, n *rules.Node, file string) func(rules.Document) *draft {
	if n == nil || !d.fields(n, "defaults", "unexpected_detections") {
		return nil
	}
	policies := []string{"fail", "warn", "ignore"}
	word := d.text(n.Get("unexpected_detections"), "unexpected_detections")
	if word.Text != "" && !slices.Contains(policies, word.Text) {
		d.errorf("test/wrong-type", word.Span, suggestion(word.Text, policies), "unexpected_detections cannot be %q", word.Text)
	}
	if word.Text != "fail" {
		return nil
	}
	sources := l.corpusFiles(l.corpus(file))
	return func(doc rules.Document) *draft {
		name := "unexpected: " + doc.Meta().Label()
		return &draft{Case: Case{ID: file + "::" + name, Name: name, Path: file, Origin: Expectation, Span: word.Span, recording: word,
			sources: sources, want: want{count: &countRange{span: word.Span}}}}
	}
}

// corpus is the folder that the expectations of a file are about.
func (l *loader) corpus(file string) string {
	if l.options.Corpus != "" {
		return l.options.Corpus
	}
	return filepath.Dir(filepath.FromSlash(file))
}

// expected reads one entry of a file of expectations.
func (l *loader) expected(d *decoder, n *rules.Node, file string) *draft {
	if !d.fields(n, "an expectation", "rule", "corpus", "exactly", "at_least", "at_most") {
		return nil
	}
	t := &draft{Case: Case{Path: file, Origin: Expectation, Span: startOf(n)}}
	if t.rule = d.text(n.Get("rule"), "rule"); t.rule.Text == "" {
		d.errorf("test/missing-field", t.Span, "give its id or title", "the expectation has no rule")
	}
	t.Name = t.rule.Text
	t.want.count = d.fireCount(n)
	root := l.corpus(file)
	if corpus := n.Get("corpus"); corpus != nil {
		t.recording = d.text(corpus, "corpus")
		t.Name += " on " + t.recording.Text
		l.record(&t.Case, filepath.Join(root, filepath.FromSlash(t.recording.Text)))
		return t
	}
	t.recording = t.rule
	if t.sources = l.corpusFiles(root); len(t.sources) == 0 {
		t.obstacle = missing(rules.Scalar{Text: filepath.ToSlash(root), Span: t.rule.Span}, "every recording of")
	}
	return t
}

// corpusFiles lists what RSigma would read below a folder, but no YAML.
func (l *loader) corpusFiles(root string) []string {
	var out []string
	entries, _ := l.files.ReadDir(root)
	for _, e := range entries {
		if name := filepath.Join(root, e.Name()); !e.IsDir() && !isYAML(name) && !strings.HasPrefix(e.Name(), ".") && !l.outside(name) {
			out = append(out, name)
		}
	}
	return out
}

func (d *decoder) fireCount(n *rules.Node) *countRange {
	c := &countRange{max: -1, span: startOf(n)}
	exactly, exact := d.number(n.Get("exactly"), "exactly")
	least, hasLeast := d.number(n.Get("at_least"), "at_least")
	most, hasMost := d.number(n.Get("at_most"), "at_most")
	switch {
	case exact && (hasLeast || hasMost):
		d.errorf("test/conflict", c.span, "", "exactly excludes at_least and at_most")
	case exact:
		c.min, c.max = exactly, exactly
	case hasLeast || hasMost:
		c.min = least
		if hasMost {
			c.max = most
		}
	default:
		d.errorf("test/missing-field", c.span, "", "the expectation gives neither exactly nor at_least nor at_most")
	}
	return c
}
