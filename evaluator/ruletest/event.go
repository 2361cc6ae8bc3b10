package ruletest

import (
	"encoding/json"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// fixtures are the named events of a test file.
type fixtures struct {
	nodes map[string]*rules.Node
	names []string
	open  map[string]bool // being built, to find cycles
	keys  []rules.Scalar  // names, where they stand
	used  map[string]bool // by tests, directly or through others
}

func (d *decoder) fixtures(n *rules.Node) *fixtures {
	f := &fixtures{nodes: map[string]*rules.Node{}, open: map[string]bool{}, used: map[string]bool{}}
	if n == nil {
		return f
	}
	if n.Kind != rules.MapNode {
		d.wrongType(n, "events", "a map of named events")
		return f
	}
	for _, e := range n.Entries {
		f.nodes[e.Key.Text] = e.Value
		f.names = append(f.names, e.Key.Text)
		f.keys = append(f.keys, e.Key)
	}
	for _, name := range f.names { // so that problems of unused ones show too
		d.event(f.nodes[name], f)
	}
	clear(f.used)
	return f
}

// unused reports the fixtures that no test is derived from.
func (d *decoder) unused(f *fixtures) {
	for _, name := range f.keys {
		if !f.used[name.Text] {
			d.diags = append(d.diags, rules.Diagnostic{Code: "test/unused-fixture", Severity: rules.Warning, Span: name.Span,
				Message: "no test uses the event " + name.Text, Help: "derive a test from it with from: " + name.Text + ", or remove it"})
		}
	}
}

// event reads an event: a map, in which from: names a fixture, or the raw line
// of a text log.
func (d *decoder) event(n *rules.Node, f *fixtures) evaluator.Value {
	if n.Kind == rules.ScalarNode && n.Scalar.Kind == rules.StringScalar {
		return evaluator.StringValue(n.Scalar.Text)
	}
	if n.Kind != rules.MapNode {
		d.wrongType(n, "an event", "a map of fields")
		return evaluator.Value{}
	}
	from, derived := entry(n, "from")
	if !derived {
		return valueOf(n)
	}
	members := d.base(from, f)
	for _, e := range n.Entries {
		if e.Key.Text != "from" {
			members = override(members, e)
		}
	}
	return evaluator.ObjectValue(members...)
}

// base returns a copy of the members of the fixture that from: names.
func (d *decoder) base(from rules.Entry, f *fixtures) []evaluator.Member {
	name := d.text(from.Value, "from")
	fixture, known := f.nodes[name.Text]
	switch {
	case name.Text == "":
		return nil
	case !known:
		d.errorf("test/unknown-event", name.Span, suggestion(name.Text, f.names), "no event is called %q", name.Text)
		return nil
	case f.open[name.Text]:
		d.errorf("test/unknown-event", name.Span, "", "event %q is derived from itself", name.Text)
		return nil
	}
	f.open[name.Text], f.used[name.Text] = true, true
	defer delete(f.open, name.Text)
	quiet := decoder{} // a fixture's own problems are reported once, where it stands
	base := quiet.event(fixture, f)
	for _, p := range quiet.diags {
		if strings.HasSuffix(p.Message, "derived from itself") {
			d.diags = append(d.diags, p)
		}
	}
	return append([]evaluator.Member(nil), base.Members()...)
}

// override sets or, with null, removes a member.
func override(members []evaluator.Member, e rules.Entry) []evaluator.Member {
	removed := e.Value.Kind == rules.ScalarNode && e.Value.Scalar.Kind == rules.NullScalar
	for i, m := range members {
		if m.Name != e.Key.Text {
			continue
		}
		if removed {
			return append(members[:i], members[i+1:]...)
		}
		members[i].Value = valueOf(e.Value)
		return members
	}
	if removed {
		return members
	}
	return append(members, evaluator.Member{Name: e.Key.Text, Value: valueOf(e.Value)})
}

// valueOf converts a node to what a JSON record of the same content holds.
func valueOf(n *rules.Node) evaluator.Value {
	switch n.Kind {
	case rules.MapNode:
		members := make([]evaluator.Member, len(n.Entries))
		for i, e := range n.Entries {
			members[i] = evaluator.Member{Name: e.Key.Text, Value: valueOf(e.Value)}
		}
		return evaluator.ObjectValue(members...)
	case rules.ListNode:
		items := make([]evaluator.Value, len(n.Items))
		for i, item := range n.Items {
			items[i] = valueOf(item)
		}
		return evaluator.ListValue(items...)
	}
	return scalarValue(n.Scalar)
}

// scalarValue keeps as text what YAML calls a number and JSON cannot write,
// such as 007.
func scalarValue(s rules.Scalar) evaluator.Value {
	switch s.Kind {
	case rules.NullScalar:
		return evaluator.NullValue()
	case rules.BoolScalar:
		return evaluator.BoolValue(s.Bool())
	case rules.IntScalar, rules.FloatScalar:
		text := strings.TrimPrefix(s.DecimalText(), "+")
		if json.Valid([]byte(text)) {
			return evaluator.NumberValue(text)
		}
	}
	return evaluator.StringValue(s.Text)
}
