package ruletest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/socctl/socctl/rules"
)

// decoder reads nodes strictly and collects what is wrong with them.
type decoder struct {
	diags rules.Diagnostics
}

func (d *decoder) errorf(code string, at rules.Span, help, format string, args ...any) {
	d.diags = append(d.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Help: help,
		Message: fmt.Sprintf(format, args...)})
}

// failed reports whether an error was found behind the first n diagnostics.
func (d *decoder) failed(n int) bool { return d.diags[n:].Count(rules.Error) > 0 }

// fields checks that n is a map with known keys only.
func (d *decoder) fields(n *rules.Node, what string, known ...string) bool {
	if n.Kind != rules.MapNode {
		d.wrongType(n, what, "a map")
		return false
	}
	for _, e := range n.Entries {
		if !slices.Contains(known, e.Key.Text) {
			d.errorf("test/unknown-key", e.Key.Span, suggestion(e.Key.Text, known), "unknown key %q in %s", e.Key.Text, what)
		}
	}
	return true
}

// suggestion is the help for an unknown name.
func suggestion(name string, known []string) string {
	if near := rules.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 || len(known) > 12 {
		return ""
	}
	text := "known are "
	for i, k := range known {
		if i > 0 {
			text += ", "
		}
		text += k
	}
	return text
}

func (d *decoder) wrongType(n *rules.Node, what, wanted string) {
	d.errorf("test/wrong-type", n.Span, "", "%s must be %s, found %s", what, wanted, describe(n))
}

// describe names a node for messages.
func describe(n *rules.Node) string {
	switch {
	case n.Kind != rules.ScalarNode:
		return "a " + n.Kind.String()
	case n.Scalar.Kind == rules.NullScalar:
		return "nothing"
	case n.Scalar.Kind == rules.StringScalar:
		return fmt.Sprintf("%q", n.Scalar.Text)
	}
	return n.Scalar.Kind.String() + " " + n.Scalar.Text
}

// text reads an optional text.
func (d *decoder) text(n *rules.Node, what string) rules.Scalar {
	switch {
	case n == nil:
		return rules.Scalar{}
	case n.Kind != rules.ScalarNode || n.Scalar.Kind == rules.NullScalar || n.Scalar.Text == "":
		d.wrongType(n, what, "a text")
		return rules.Scalar{}
	}
	return n.Scalar
}

// boolean reads an optional true or false.
func (d *decoder) boolean(n *rules.Node, what string) *bool {
	if n == nil {
		return nil
	}
	if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.BoolScalar {
		d.wrongType(n, what, "true or false")
		return nil
	}
	b := n.Scalar.Bool()
	return &b
}

// number reads a count; ok is false if there is none.
func (d *decoder) number(n *rules.Node, what string) (value int, ok bool) {
	if n == nil {
		return 0, false
	}
	value, err := strconv.Atoi(n.Scalar.Text)
	if n.Kind != rules.ScalarNode || n.Scalar.Kind != rules.IntScalar || err != nil || value < 0 {
		d.wrongType(n, what, "a number from 0")
		return 0, false
	}
	return value, true
}

// list reads an optional list.
func (d *decoder) list(n *rules.Node, what string) []*rules.Node {
	if n == nil {
		return nil
	}
	if n.Kind != rules.ListNode {
		d.wrongType(n, what, "a list")
		return nil
	}
	return n.Items
}

// entry returns the key and the value of a map's key.
func entry(n *rules.Node, key string) (rules.Entry, bool) {
	for _, e := range n.Entries {
		if e.Key.Text == key {
			return e, true
		}
	}
	return rules.Entry{}, false
}

// startOf is where to point for something about the whole of n.
func startOf(n *rules.Node) rules.Span {
	if n.Kind == rules.MapNode && len(n.Entries) > 0 {
		return n.Entries[0].Key.Span
	}
	return rules.Span{File: n.Span.File, Start: n.Span.Start, End: n.Span.Start}
}
