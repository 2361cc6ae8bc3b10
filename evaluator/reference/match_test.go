package reference_test

import (
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

// valueOf makes an event of a YAML node as if it had been written in JSON: with
// the order of the members and all digits of the numbers.
func valueOf(n *yaml.Node) evaluator.Value {
	switch n.Kind {
	case yaml.MappingNode:
		var members []evaluator.Member
		for i := 0; i < len(n.Content); i += 2 {
			members = append(members, evaluator.Member{Name: n.Content[i].Value, Value: valueOf(n.Content[i+1])})
		}
		return evaluator.ObjectValue(members...)
	case yaml.SequenceNode:
		var items []evaluator.Value
		for _, item := range n.Content {
			items = append(items, valueOf(item))
		}
		return evaluator.ListValue(items...)
	}
	switch n.Tag {
	case "!!null":
		return evaluator.NullValue()
	case "!!bool":
		return evaluator.BoolValue(n.Value == "true")
	case "!!int", "!!float":
		return evaluator.NumberValue(n.Value)
	}
	return evaluator.StringValue(n.Value)
}

// parseRule parses a document that must be one valid rule.
func parseRule(t *testing.T, document string) *rules.Rule {
	t.Helper()
	docs, diags := rules.Parse("rule.yml", []byte(document))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return docs[0].(*rules.Rule)
}

// TestInvalidRule: what did not parse must not be evaluated.
func TestInvalidRule(t *testing.T) {
	docs, _ := rules.Parse("rule.yml", []byte("title: t\nlogsource: {product: x}\ndetection: {a: {f: x}, condition: b}"))
	if _, err := reference.Match(docs[0].(*rules.Rule), evaluator.Map{}, nil); err == nil {
		t.Error("an invalid rule was evaluated")
	}
}

// TestEventWithoutWalk: keywords find nothing in an event that cannot be enumerated.
func TestEventWithoutWalk(t *testing.T) {
	rule := parseRule(t, "title: t\nlogsource: {product: x}\ndetection: {words: [evil], condition: words}")
	opaque := struct{ evaluator.Event }{evaluator.Map{"f": "evil"}}
	if got, err := reference.Match(rule, opaque, nil); got || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
