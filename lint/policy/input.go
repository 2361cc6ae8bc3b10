package policy

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// inputs makes the input of a document once for all checks.
type inputs struct {
	documents sync.Map // *lint.Subject to ast.Value
	corpora   sync.Map // *lint.Corpus to ast.Value
}

// of returns the input of a pass: a document, or all of them.
func (i *inputs) of(p *lint.Pass) ast.Value {
	if p.Subject != nil {
		return i.document(p.Subject, p.Corpus)
	}
	if v, ok := i.corpora.Load(p.Corpus); ok {
		return v.(ast.Value)
	}
	documents := make([]*ast.Term, len(p.Corpus.Subjects))
	for n, s := range p.Corpus.Subjects {
		documents[n] = ast.NewTerm(i.document(s, p.Corpus))
	}
	v := object("documents", ast.NewArray(documents...))
	i.corpora.Store(p.Corpus, v)
	return v
}

func (i *inputs) document(s *lint.Subject, c *lint.Corpus) ast.Value {
	if v, ok := i.documents.Load(s); ok {
		return v.(ast.Value)
	}
	v := ast.NewObject([2]*ast.Term{ast.StringTerm("$"), ast.NewTerm(about(s, c))})
	if s.Header.Node != nil {
		for _, e := range s.Header.Node.Entries {
			v.Insert(ast.StringTerm(e.Key.Text), ast.NewTerm(nodeValue(e.Value)))
		}
	}
	i.documents.Store(s, v)
	return v
}

// documentName names a document among all: path:line.
func documentName(s *lint.Subject) string {
	return fmt.Sprintf("%s:%d", s.Path(), s.Header.Span.Start.Line)
}

// about is what is known of a document besides what is written.
func about(s *lint.Subject, c *lint.Corpus) ast.Value {
	positive, negative := 0, 0
	for _, t := range s.Tests {
		if t.Positive() {
			positive++
		}
		if t.Negative() {
			negative++
		}
	}
	return object(
		"path", ast.String(s.Path()),
		"name", ast.String(documentName(s)),
		"kind", ast.String(s.Kind()),
		"now", ast.String(c.Now.UTC().Format("2006-01-02T15:04:05Z")),
		"today", ast.String(c.Now.UTC().Format("2006-01-02")),
		"selections", selections(s),
		"tests", object("looked_for", ast.Boolean(c.HasTests), "positive", ast.Number(fmt.Sprint(positive)), "negative", ast.Number(fmt.Sprint(negative))),
	)
}

// selections lists the items of a detection, flat: a block in a list is not told
// from its neighbours.
func selections(s *lint.Subject) ast.Value {
	out := ast.NewArray()
	if s.Detection == nil {
		return out
	}
	for _, sel := range s.Detection.Selections {
		items := ast.NewArray()
		for of, item := range s.Items() {
			if of == sel {
				items = items.Append(ast.NewTerm(itemValue(item)))
			}
		}
		out = out.Append(ast.NewTerm(object("name", ast.String(sel.Name.Text), "location", location(sel.Name.Span), "items", items)))
	}
	return out
}

func itemValue(item *rules.Item) ast.Value {
	modifiers, values := ast.NewArray(), ast.NewArray()
	for _, m := range item.Modifiers {
		modifiers = modifiers.Append(ast.StringTerm(m.Name))
	}
	for _, v := range item.Values {
		values = values.Append(ast.NewTerm(object("value", scalarValue(v), "location", location(v.Span))))
	}
	return object("field", ast.String(item.Field.Text), "modifiers", modifiers, "values", values, "location", location(item.Key.Span))
}

// nodeValue is a node of the document: {"value": …, "location": "row:column:row:column"}.
func nodeValue(n *rules.Node) ast.Value {
	var value ast.Value
	switch n.Kind {
	case rules.ScalarNode:
		value = scalarValue(n.Scalar)
	case rules.ListNode:
		items := make([]*ast.Term, len(n.Items))
		for i, item := range n.Items {
			items[i] = ast.NewTerm(nodeValue(item))
		}
		value = ast.NewArray(items...)
	default:
		o := ast.NewObject()
		for _, e := range n.Entries {
			o.Insert(ast.StringTerm(e.Key.Text), ast.NewTerm(nodeValue(e.Value)))
		}
		value = o
	}
	return object("value", value, "location", location(n.Span))
}

func scalarValue(s rules.Scalar) ast.Value {
	switch s.Kind {
	case rules.NullScalar:
		return ast.Null{}
	case rules.BoolScalar:
		return ast.Boolean(s.Bool())
	case rules.IntScalar, rules.FloatScalar:
		// JSON knows no leading zeros, signs and infinities: such numbers stay text.
		if text := s.DecimalText(); json.Valid([]byte(text)) {
			return ast.Number(text)
		}
	}
	return ast.String(s.Text)
}

func location(at rules.Span) ast.Value {
	return ast.String(fmt.Sprintf("%d:%d:%d:%d", at.Start.Line, at.Start.Column, at.End.Line, at.End.Column))
}

// object makes an object of keys and values in turn.
func object(pairs ...any) ast.Value {
	o := ast.NewObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		o.Insert(ast.StringTerm(pairs[i].(string)), ast.NewTerm(pairs[i+1].(ast.Value)))
	}
	return o
}
