package migration

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
)

// panther reads the description of a rule of Panther. Its logic is Python or a
// detection of its own language; its tests are events with what is expected.
func (r *reader) panther(file *rules.File) {
	for _, n := range r.documents(file) {
		kind := n.Get("AnalysisType")
		switch textOf(kind) {
		case "rule", "scheduled_rule":
			r.pantherRule(file, n)
		case "":
			r.different(n.Span, "the file has no AnalysisType, so it is nothing of Panther", "")
		default:
			r.without(kind.Span, "a "+textOf(kind)+" of Panther is no rule about single events", "its tests, if it has any, are left out")
		}
	}
}

func (r *reader) pantherRule(file *rules.File, n *rules.Node) {
	r.remaining(n, "the rule", "the logic and its description are written in Sigma by a person; the tests show when they are right",
		"AnalysisType", "RuleID", "DisplayName", "Tests")
	tests := n.Get("Tests")
	if tests == nil || tests.Kind != rules.ListNode {
		if tests != nil {
			r.unreadable(tests.Span, "Tests is no list", "")
		}
		return
	}
	if len(tests.Items) == 0 {
		return
	}
	t := r.testFile(r.mirrored(file), "From "+path.Base(file.Path)+" of Panther.")
	r.subject(t, n.Span, []string{textOf(n.Get("RuleID")), textOf(n.Get("DisplayName")), stem(file.Path)})
	for _, item := range tests.Items {
		r.pantherTest(t, item)
	}
}

func (r *reader) pantherTest(t *testFile, n *rules.Node) {
	if !r.object(n, "a test") {
		return
	}
	expected, log := n.Get("ExpectedResult"), n.Get("Log")
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "Name", "ExpectedResult", "Log":
		case "Mocks":
			r.without(e.Key.Span, "the test replaces functions of Python by mocks", "see whether the event alone decides; else remove the test")
		default:
			r.without(e.Key.Span, "the key "+e.Key.Text+" of a test is not taken over", "")
		}
	}
	switch {
	case expected == nil || expected.Kind != rules.ScalarNode || expected.Scalar.Kind != rules.BoolScalar:
		r.unreadable(n.Span, "the test has no ExpectedResult of true or false", "")
		return
	case log == nil || log.Kind != rules.MapNode:
		r.unreadable(n.Span, "the test has no Log that is a map", "")
		return
	}
	name := t.unique(textOf(n.Get("Name")))
	match := plainNode(strings.ToLower(expected.Scalar.Text))
	if log.Get("from") == nil {
		t.add("name", name, "event", copied(log), "match", match)
		return
	}
	// In a test of ours from: names another event, so an event with a field of that
	// name stands in a file.
	recording := strings.TrimSuffix(t.path, ".yml") + fmt.Sprintf(".%d.json", len(t.cases)+1)
	t.recordings = append(t.recordings, Output{Path: recording, Content: append(jsonOf(copied(log)), '\n')})
	t.add("name", name, "file", textNode(path.Base(recording)), "match", match)
}

// jsonOf is a node as JSON, in the order of its members.
func jsonOf(n *yaml.Node) []byte {
	switch n.Kind {
	case yaml.MappingNode:
		out := []byte{'{'}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(append(append(out, quotedJSON(n.Content[i].Value)...), ':'), jsonOf(n.Content[i+1])...)
		}
		return append(out, '}')
	case yaml.SequenceNode:
		out := []byte{'['}
		for i, item := range n.Content {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, jsonOf(item)...)
		}
		return append(out, ']')
	}
	if n.Tag == "!!str" {
		return quotedJSON(n.Value)
	}
	return plainJSON(n.Value)
}
