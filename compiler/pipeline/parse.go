package pipeline

import (
	"strconv"

	"github.com/socctl/socctl/rules"
)

// Parse reads a pipeline. name is only used to name the file. The pipeline is
// nil if there is an error among the diagnostics; what has no meaning for an
// evaluation, such as query post-processing, is a warning.
func Parse(name string, text []byte) (*Pipeline, rules.Diagnostics) {
	docs, diags := rules.ParseNodes(name, text)
	p := parser{source: name, diags: diags}
	if len(docs) == 0 && len(diags) == 0 {
		p.errorf("pipeline/missing-key", rules.Span{File: &rules.File{Path: name}}, "the pipeline is empty", "add transformations:")
	}
	var out *Pipeline
	for i, doc := range docs {
		if i > 0 {
			p.errorf("pipeline/wrong-type", doc.Span, "a pipeline is one document", "remove what stands behind ---")
			break
		}
		out = p.pipeline(doc)
	}
	p.diags.Sort()
	if p.diags.Count(rules.Error) > 0 {
		return nil, p.diags
	}
	return out, p.diags
}

// parser collects what is found in one file.
type parser struct {
	source string
	diags  rules.Diagnostics
}

func (p *parser) errorf(code string, at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (p *parser) warnf(code string, at rules.Span, message, help string) {
	p.diags = append(p.diags, rules.Diagnostic{Code: code, Severity: rules.Warning, Span: at, Message: message, Help: help})
}

func (p *parser) pipeline(doc *rules.Node) *Pipeline {
	out := &Pipeline{Source: p.source, vars: map[string]*rules.Node{}}
	ps := p.params(doc, "a pipeline")
	if ps == nil {
		return nil
	}
	out.Name = ps.optionalText("name").Text
	if s := ps.scalar("priority", rules.IntScalar); s.Present() {
		out.Priority, _ = strconv.Atoi(s.Text)
	}
	for _, s := range ps.texts("allowed_backends") {
		out.AllowedBackends = append(out.AllowedBackends, s.Text)
	}
	if n := ps.get("vars"); n != nil {
		p.vars(out, n)
	}
	out.Items = p.items(ps.get("transformations"))
	for _, key := range []string{"postprocessing", "finalizers"} {
		if n := ps.get(key); n != nil {
			p.warnf("pipeline/no-effect", n.Span, key+" changes the text of queries and has no effect on an evaluation", "")
		}
	}
	ps.finish()
	return out
}

func (p *parser) vars(out *Pipeline, n *rules.Node) {
	if isNull(n) {
		return
	}
	if n.Kind != rules.MapNode {
		p.errorf("pipeline/wrong-type", n.Span, "vars must be a map of names to values, found "+describe(n), "")
		return
	}
	for _, e := range n.Entries {
		out.vars[e.Key.Text] = e.Value
	}
}

// items reads a list of transformations.
func (p *parser) items(n *rules.Node) []*Item {
	switch {
	case n == nil || isNull(n):
		return nil
	case n.Kind != rules.ListNode:
		p.errorf("pipeline/wrong-type", n.Span, "transformations must be a list, found "+describe(n), "begin every transformation with a dash")
		return nil
	}
	out := make([]*Item, 0, len(n.Items))
	for _, node := range n.Items {
		if item := p.item(node); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// item reads one step: what all have in common, and the parameters of its
// transformation.
func (p *parser) item(n *rules.Node) *Item {
	ps := p.params(n, "a transformation")
	if ps == nil {
		return nil
	}
	item := &Item{Source: p.source, Span: n.Span}
	item.ID = ps.optionalText("id").Text
	item.ruleConditions = parseLinked(p, ps, "rule", ruleConditionTypes)
	item.itemConditions = parseLinked(p, ps, "detection_item", itemConditionTypes)
	item.fieldConditions = parseLinked(p, ps, "field_name", fieldConditionTypes)
	kind := ps.text("type")
	if !kind.Present() {
		return nil
	}
	item.Type = kind.Text
	ps.what = kind.Text
	build := lookup(p, kind, "transformation", transformationTypes, unsupportedTransformations)
	if build == nil {
		return nil
	}
	item.transformation = build(ps)
	ps.finish()
	return item
}

func isNull(n *rules.Node) bool {
	return n.Kind == rules.ScalarNode && n.Scalar.Kind == rules.NullScalar
}

// describe names what a node is, for messages of the form "found y".
func describe(n *rules.Node) string {
	switch {
	case n.Kind != rules.ScalarNode:
		return "a " + n.Kind.String()
	case n.Scalar.Kind == rules.NullScalar:
		return "nothing"
	case n.Scalar.Kind == rules.StringScalar:
		return "string " + strconv.Quote(shorten(n.Scalar.Text))
	}
	return n.Scalar.Kind.String() + " " + n.Scalar.Text
}

// shorten cuts a text for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:77]) + "..."
	}
	return s
}
