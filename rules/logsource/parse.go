package logsource

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
)

// ParseError is one mistake in a table.
type ParseError struct {
	File    string
	Line    int // 1-based
	Column  int // 1-based
	Message string
}

// Error formats the mistake as file:line:column: message.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Parse reads a table from YAML. It is strict: unknown keys, repeated view
// names and transforms that do not fit their arguments are mistakes, and all of
// them are reported at once, each a *ParseError joined with errors.Join. The
// name is used in messages.
func Parse(name string, data []byte) (*Table, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) == 0 {
		return &Table{}, nil
	}
	return ParseNode(name, doc.Content[0])
}

// ParseNode is Parse for a table that is part of a larger document.
func ParseNode(name string, node *yaml.Node) (*Table, error) {
	p := &parser{file: name}
	t := p.table(node)
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	return t, nil
}

type parser struct {
	file     string
	problems []error
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems,
		&ParseError{p.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// keys calls on for every entry of a map whose key is one of known.
func (p *parser) keys(n *yaml.Node, known []string, on func(key string, k, v *yaml.Node)) {
	p.entries(n, func(k, v *yaml.Node) {
		if slices.Contains(known, k.Value) {
			on(k.Value, k, v)
			return
		}
		if near := rules.Nearest(k.Value, known); near != "" {
			p.fail(k, "unknown key %q (did you mean %q?)", k.Value, near)
			return
		}
		p.fail(k, "unknown key %q (known: %s)", k.Value, strings.Join(known, ", "))
	})
}

// entries calls on for every entry of a map, and reports anything else.
func (p *parser) entries(n *yaml.Node, on func(k, v *yaml.Node)) {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		p.fail(n, "a map is needed here")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolve(n.Content[i+1])
		if seen[k.Value] {
			p.fail(k, "key %q is repeated", k.Value)
			continue
		}
		seen[k.Value] = true
		on(k, v)
	}
}

func (p *parser) list(n *yaml.Node) []*yaml.Node {
	n = resolve(n)
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "a list is needed here")
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		items[i] = resolve(item)
	}
	return items
}

func (p *parser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		p.fail(n, "a text is needed here")
		return ""
	}
	return n.Value
}

// texts reads one text or a list of them.
func (p *parser) texts(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{p.text(n)}
	}
	var all []string
	for _, item := range p.list(n) {
		all = append(all, p.text(item))
	}
	return all
}

func (p *parser) bool(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		p.fail(n, "true or false is needed here")
	}
	return n.Value == "true"
}

func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
