package lsp

import (
	"regexp"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// What is known about a place in tests is told from the lines alone, as
// completion does: most of the time somebody is writing a test, it is none yet.

// inTests reports whether a line is one of tests: of a test file, or of a rule
// with tests of its own.
func (s *server) inTests(d *document, at spot) bool {
	s.mu.Lock()
	t := s.treeOf(d.path)
	s.mu.Unlock()
	if t != nil && t.tests(d.path) && !t.holds(d.path) {
		return true
	}
	return len(at.path) > 0 && (at.path[0] == "tests" || at.path[0] == "events")
}

// testedBy returns the rule that a line of tests is about: that of the test above
// it, else that of any test of the file, else the rule that the file names or
// that stands in it. It is nil if none is known.
func testedBy(d *document, line int, in *lint.Input) rules.Document {
	if d.looksLikeSigma() {
		return around(d.documents(), line)
	}
	if in == nil {
		return nil
	}
	if named := byName(ruleOfFile(d.file), in); len(named) > 0 {
		return named[0]
	}
	var found rules.Document
	for _, c := range in.Tests {
		if c.Path == d.path && (found == nil || c.Span.Start.Line <= line) {
			found = c.Rule
		}
	}
	return found
}

// ruleOfFile returns what stands behind rule: at the left margin.
func ruleOfFile(f *rules.File) string {
	for n := 1; n <= f.Lines(); n++ {
		if key, name, ok := cutKey(f.Line(n)); ok && key == "rule" {
			return plain(name)
		}
	}
	return ""
}

// byName returns the documents that rule: of a test may name.
func byName(name string, in *lint.Input) []rules.Document {
	if found := byRef(name, nil, in); len(found) > 0 || name == "" {
		return found
	}
	var out []rules.Document
	for _, d := range in.Set.Documents() {
		file := d.Meta().Span.Path()
		if d.Meta().Title.Text == name || strings.HasSuffix(file, "/"+name) || strings.HasSuffix(file, "/"+name+".yml") {
			out = append(out, d)
		}
	}
	return out
}

var testWord = regexp.MustCompile(`[^\s,:{}\[\]'"#]+`)

// testThing is what stands at a place of tests, one of its parts being set.
type testThing struct {
	span      rules.Span
	rules     []rules.Document
	selection *rules.Selection
	event     rules.Span // of events:, with its name
	field     string
	rule      rules.Document // that field belongs to
}

// testThingAt returns what stands at a place of tests, nil for nothing that is
// known about.
func (s *server) testThingAt(d *document, p rules.Position, in *lint.Input) *testThing {
	text, from := d.file.Line(p.Line), lineStart(d.file, p.Line)
	at, _ := rules.Span{File: d.file, Start: p, End: p}.Offsets()
	for _, m := range testWord.FindAllStringIndex(text, 200) {
		if at-from < m[0] || at-from > m[1] {
			continue
		}
		spot := spotAt(d.file, p.Line, m[1])
		if spot.comment != "" || !s.inTests(d, spot) {
			return nil
		}
		t := &testThing{span: d.file.Span(from+m[0], from+m[1])}
		return t.of(spot, text[m[0]:m[1]], d, p.Line, in)
	}
	return nil
}

func (t *testThing) of(at spot, word string, d *document, line int, in *lint.Input) *testThing {
	parent := ""
	if len(at.path) > 0 {
		parent = at.path[len(at.path)-1]
	}
	switch {
	case at.key == "rule" && in != nil:
		_, name, _ := cutKey(strings.TrimLeft(d.file.Line(line), " -"))
		t.rules = byName(plain(name), in)
	case at.key == "from":
		t.event = eventNamed(d.file, line, word)
	case at.key == "because", at.inKey && parent == "selections":
		if rule := testedBy(d, line, in); rule != nil && lint.NewSubject(rule).Detection != nil {
			t.selection = lint.NewSubject(rule).Detection.Selection(word)
		}
	case at.inKey && inEvent(at):
		t.field, t.rule = word, testedBy(d, line, in)
	}
	return t
}

// inEvent reports whether the keys at a place are fields of an event.
func inEvent(at spot) bool {
	last := len(at.path) - 1
	switch {
	case last < 0:
		return false
	case at.path[last] == "event", at.path[last] == "where", at.path[last] == "group":
		return true
	case at.path[last] == "events":
		return last > 0 // the names stand right below the one at the margin
	}
	return last == 1 && at.path[0] == "events"
}

// eventNamed returns the place of a named event; unknown if there is none.
func eventNamed(f *rules.File, line int, name string) rules.Span {
	from, to := bounds(f, line)
	in := false
	for n := from; n <= to; n++ {
		text := f.Line(n)
		trimmed := strings.TrimLeft(text, " ")
		key, _, ok := cutKey(trimmed)
		if column := len(text) - len(trimmed); ok && column == 0 {
			in = key == "events"
		} else if ok && in && key == name && len(keysAbove(f, n, column, false)) == 1 {
			at := lineStart(f, n) + column
			return f.Span(at, at+len(strings.TrimRight(trimmed, " \r")))
		}
	}
	return rules.Span{}
}

// testText is the hover over a thing of tests.
func (s *server) testText(t *testThing, setup *setup) string {
	switch {
	case t.selection != nil:
		return selectionsText([]*rules.Selection{t.selection})
	case t.field == "from":
		return "**from** · the named event whose fields are taken over"
	case t.field != "" && t.rule != nil:
		return fieldText(setup.options.Table, lint.NewSubject(t.rule).Source(), &rules.Item{Field: rules.Scalar{Text: t.field}})
	case t.event.Known():
		return excerpt("yaml", t.event.Text(), t.event.Start.Column)
	}
	text := ""
	for _, d := range t.rules {
		text += s.documentText(d)
	}
	return text
}

// testPlaces are the definitions of a thing of tests.
func (s *server) testPlaces(t *testThing) []location {
	out := []location{}
	switch {
	case t.selection != nil:
		out = append(out, s.location(t.selection.Name.Span))
	case t.event.Known():
		out = append(out, s.location(t.event))
	}
	for _, d := range t.rules {
		out = append(out, s.location(lint.NewSubject(d).Place()))
	}
	return out
}

// tests offers what may stand in tests.
func (c *completer) tests() {
	parent := ""
	if len(c.path) > 0 {
		parent = c.path[len(c.path)-1]
	}
	rule := testedBy(c.doc, c.line, c.in)
	switch {
	case c.key == "rule":
		c.references(false)
	case c.key == "from":
		c.add(kindReference, "event", childKeys(c.doc.file, c.line, "events")...)
	case c.key == "match", parent == "selections" && !c.inKey:
		c.add(kindEnum, "", "true", "false")
	case c.key == "logsource":
		c.add(kindEnum, "", "ignore")
	case c.key == "because", parent == "selections":
		c.selectionsOf(rule)
	case c.inKey && inEvent(c.spot):
		if parent == "event" || parent == "events" || c.path[0] == "events" {
			c.keys("from")
		}
		if rule != nil {
			source := lint.NewSubject(rule).Source()
			names, _ := c.setup.options.Table.FieldNames(source)
			c.add(kindField, source.String(), names...)
		}
	case c.inKey && len(c.path) == 0 && !c.inItem:
		c.keys(ruletest.FileKeys()...)
	case c.inKey && slices.Equal(c.path, []string{"tests"}):
		c.keys(ruletest.TestKeys()...)
	}
}

func (c *completer) selectionsOf(d rules.Document) {
	if d == nil || lint.NewSubject(d).Detection == nil {
		return
	}
	for _, sel := range lint.NewSubject(d).Detection.Selections {
		c.add(kindReference, "selection", sel.Name.Text)
	}
}
