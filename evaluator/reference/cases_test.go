package reference_test

import (
	"os"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

// fact is one line of testdata/cases.yml, which documents the fields.
type fact struct {
	Name         string
	Decision     string
	Detection    yaml.Node
	Event        yaml.Node
	Match        *bool
	Error        bool
	Placeholders map[string][]string
}

func readFacts(t *testing.T) []fact {
	t.Helper()
	source, err := os.ReadFile("testdata/cases.yml")
	if err != nil {
		t.Fatal(err)
	}
	var facts []fact
	if err := yaml.Unmarshal(source, &facts); err != nil {
		t.Fatal(err)
	}
	return facts
}

func TestFacts(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range readFacts(t) {
		if f.Name == "" || f.Decision == "" || seen[f.Name] || (f.Match == nil) != f.Error {
			t.Errorf("%q: name, decision or outcome is missing or given twice", f.Name)
		}
		seen[f.Name] = true
		t.Run(f.Name, f.run)
	}
	if len(seen) < 150 {
		t.Errorf("only %d facts were read", len(seen))
	}
}

// run checks a fact against both evaluators, the plain and the compiled one.
func (f fact) run(t *testing.T) {
	rule, err := f.rule(t)
	for name, match := range map[string]func() (bool, error){
		"reference": func() (bool, error) { return reference.Match(rule, valueOf(&f.Event), f.Placeholders) },
		"compiled":  func() (bool, error) { return f.compiled(rule) },
	} {
		got, problem := false, err
		if err == nil {
			got, problem = match()
		}
		switch {
		case f.Error && problem == nil:
			t.Errorf("%s, %s: got %v, want an error", f.Decision, name, got)
		case f.Error:
		case problem != nil:
			t.Errorf("%s, %s: %v", f.Decision, name, problem)
		case got != *f.Match:
			t.Errorf("%s, %s: got %v, want %v", f.Decision, name, got, *f.Match)
		}
	}
}

func (f fact) compiled(rule *rules.Rule) (bool, error) {
	set := &rules.Set{}
	set.Add(rule)
	prog, diags := compiler.Compile(set, compiler.Options{Placeholders: f.Placeholders})
	if err := diags.Err(); err != nil {
		return false, err
	}
	return len(evaluator.New(prog).Match(valueOf(&f.Event))) == 1, nil
}

// rule writes the detection of f into a document; the error is that of parsing.
func (f fact) rule(t *testing.T) (*rules.Rule, error) {
	t.Helper()
	document, err := yaml.Marshal(map[string]any{
		"title": f.Name, "logsource": map[string]string{"product": "x"}, "detection": &f.Detection})
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := rules.Parse(f.Name, document)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return docs[0].(*rules.Rule), nil
}

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
