package migration

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/socctl/socctl/rules"
)

// The writer of yaml.v3 quotes whatever would be read as something else, so texts
// of others come through as they are.

// oldBool is what readers of YAML 1.1 take for true or false.
var oldBool = regexp.MustCompile(`^(?i:y|yes|n|no|on|off)$`)

func textNode(text string) *yaml.Node {
	// Names of files need not be UTF-8.
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(text, "\uFFFD")}
	if oldBool.MatchString(text) {
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

func plainNode(value any) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(value)}
}

func listNode(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

func inline(n *yaml.Node) *yaml.Node {
	n.Style = yaml.FlowStyle
	return n
}

// mapOf is a map in the order of its pairs: a key, its value, and so on. A nil value
// leaves the pair out.
func mapOf(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		if value, _ := pairs[i+1].(*yaml.Node); value != nil {
			n.Content = append(n.Content, textNode(pairs[i].(string)), value)
		}
	}
	return n
}

func textList(texts []string) *yaml.Node {
	n := inline(listNode())
	for _, t := range texts {
		n.Content = append(n.Content, textNode(t))
	}
	return n
}

// copied is what stands in a file, with texts as texts and numbers as they are
// spelt.
func copied(n *rules.Node) *yaml.Node {
	switch n.Kind {
	case rules.MapNode:
		out := &yaml.Node{Kind: yaml.MappingNode}
		for _, e := range n.Entries {
			out.Content = append(out.Content, textNode(e.Key.Text), copied(e.Value))
		}
		if len(n.Entries) == 0 {
			inline(out)
		}
		return out
	case rules.ListNode:
		out := listNode()
		for _, item := range n.Items {
			out.Content = append(out.Content, copied(item))
		}
		if len(n.Items) == 0 {
			inline(out)
		}
		return out
	}
	switch n.Scalar.Kind {
	case rules.StringScalar:
		return textNode(n.Scalar.Text)
	case rules.NullScalar:
		return plainNode("null")
	}
	return plainNode(n.Scalar.Text)
}

// document is a file with a comment at its head, of one line whatever the name of a
// file in it holds.
func document(comment string, n *yaml.Node) []byte {
	var b bytes.Buffer
	b.WriteString("# " + strings.Map(visible, strings.ToValidUTF8(comment, "\uFFFD")) + "\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(4)
	if err := enc.Encode(n); err != nil {
		// Nodes are made here and hold no cycle, which alone can fail.
		panic(err)
	}
	enc.Close()
	return b.Bytes()
}

func visible(r rune) rune {
	if !unicode.IsPrint(r) {
		return '\uFFFD'
	}
	return r
}
