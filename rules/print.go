package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
)

// Print writes a document as YAML in its canonical form: attributes in a fixed
// order, four spaces of indentation, quotes only where plain text would mean
// something else. Reading the output gives the same document and printing that
// the same output. Comments, anchors and the layout of the source are not kept.
func Print(w io.Writer, d Document) error {
	var p printer
	p.document(d)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// Canonical returns the logic of a document: what Print writes without title,
// id, dates, tags, custom attributes and all else that does not decide what the
// document matches. Modifiers appear by their canonical names.
func Canonical(d Document) string {
	p := printer{logic: true}
	p.document(d)
	return p.out.String()
}

// ContentHash returns the SHA-256 hash of Canonical, as sha256:<hex>.
func ContentHash(d Document) string {
	sum := sha256.Sum256([]byte(Canonical(d)))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// printer writes YAML. It knows whether the next thing stands behind "key:" or
// "-", where a scalar follows a space and a collection a line break.
type printer struct {
	out   strings.Builder
	logic bool // leave out metadata
}

func (p *printer) document(d Document) {
	h := d.Meta()
	if !p.logic {
		p.head(h)
	}
	switch d := d.(type) {
	case *Rule:
		p.logsource(d.Logsource)
		p.key("detection", 0)
		p.detection(d.Detection, nil)
	case *Correlation:
		p.correlation(d)
	case *Filter:
		p.logsource(d.Logsource)
		p.key("filter", 0)
		p.detection(d.Detection, filterRulesOf(d))
	}
	p.present("generate", h.Generate, 0)
	if !p.logic {
		p.tail(h)
	}
}

// head writes what stands before the logic, tail what stands behind it.
func (p *printer) head(h *Header) {
	p.present("title", h.Title, 0)
	p.present("id", h.ID, 0)
	p.present("name", h.Name, 0)
	p.related(h.Related)
	p.present("taxonomy", h.Taxonomy, 0)
	p.present("status", h.Status, 0)
	p.present("description", h.Description, 0)
	p.present("license", h.License, 0)
	p.list("references", h.References, 0)
	p.present("author", h.Author, 0)
	p.date("date", h.Date)
	p.date("modified", h.Modified)
	p.list("tags", h.Tags, 0)
	p.list("scope", h.Scope, 0)
}

func (p *printer) related(relations []Relation) {
	if len(relations) == 0 {
		return
	}
	n := &Node{Kind: ListNode}
	for _, r := range relations {
		n.Items = append(n.Items, &Node{Kind: MapNode, Entries: []Entry{
			{NewScalar("id"), &Node{Scalar: r.ID}}, {NewScalar("type"), &Node{Scalar: r.Type}}}})
	}
	p.key("related", 0)
	p.node(n, 0)
}

// date writes a date, which Sigma does not put in quotes.
func (p *printer) date(name string, s Scalar) {
	if datePattern.MatchString(s.Text) {
		p.key(name, 0)
		p.out.WriteString(" " + s.Text + "\n")
		return
	}
	p.present(name, s, 0)
}

func (p *printer) tail(h *Header) {
	p.list("fields", h.Fields, 0)
	p.list("falsepositives", h.FalsePositives, 0)
	p.present("level", h.Level, 0)
	p.entries(h.Custom, 0)
}

func (p *printer) logsource(l Logsource) {
	p.key("logsource", 0)
	p.line()
	p.present("category", l.Category, step)
	p.present("product", l.Product, step)
	p.present("service", l.Service, step)
	if !p.logic {
		p.present("definition", l.Definition, step)
	}
	p.entries(l.Custom, step)
}

// filterRulesOf returns the rules that a filter is for, as it is written.
func filterRulesOf(f *Filter) *Node {
	if len(f.Rules) == 0 {
		return &Node{Scalar: NewScalar("any")}
	}
	return listOf(f.Rules)
}

func listOf(scalars []Scalar) *Node {
	n := &Node{Kind: ListNode}
	for _, s := range scalars {
		n.Items = append(n.Items, &Node{Scalar: s})
	}
	return n
}

func (p *printer) detection(d Detection, rules *Node) {
	p.line()
	if rules != nil {
		p.key("rules", step)
		p.node(rules, step)
	}
	for _, s := range d.Selections {
		p.scalarKey(s.Name, step)
		p.block(s.Body, step)
	}
	p.present("timeframe", d.Timeframe, step)
	switch len(d.Conditions) {
	case 0:
	case 1:
		p.key("condition", step)
		p.value(conditionText(d.Conditions[0]), step)
	default:
		texts := make([]Scalar, len(d.Conditions))
		for i, c := range d.Conditions {
			texts[i] = conditionText(c)
		}
		p.list("condition", texts, step)
	}
}

// block writes what stands behind a selection's name, or behind the dash of a
// list of blocks.
func (p *printer) block(b *Block, column int) {
	switch {
	case b.Any != nil:
		p.line()
		for _, alternative := range b.Any {
			p.alternative(alternative, column+step)
		}
	case isKeywordList(b) && len(b.Items[0].Values) == 1:
		p.value(b.Items[0].Values[0], column)
	case isKeywordList(b):
		p.node(listOf(b.Items[0].Values), column)
	case len(b.Items) == 0:
		p.out.WriteString(" {}\n")
	default:
		p.line()
		for _, item := range b.Items {
			p.indent(column + step)
			p.item(item, column+step)
		}
	}
}

// isKeywordList reports whether a block is a scalar, or the scalars of a list.
func isKeywordList(b *Block) bool {
	return len(b.Items) == 1 && !b.Items[0].Key.Present() && b.Items[0].Keywords() &&
		len(b.Items[0].Modifiers) == 0 && len(b.Items[0].Values) > 0
}

// alternative writes one element of a list of blocks. The scalars of a list are
// one block in the tree, and as many elements here.
func (p *printer) alternative(b *Block, column int) {
	switch {
	case b.Any == nil && isKeywordList(b):
		for _, v := range b.Items[0].Values {
			p.dash(column)
			p.value(v, column)
		}
	case b.Any != nil || len(b.Items) == 0:
		p.dash(column)
		p.block(b, column)
	default:
		for i, item := range b.Items {
			if i == 0 {
				p.dash(column)
				p.indent(1)
			} else {
				p.indent(column + 2)
			}
			p.item(item, column+2)
		}
	}
}

// item writes a field or keyword comparison whose indentation is written.
func (p *printer) item(item *Item, column int) {
	p.keyText(p.itemKey(item), column)
	if !item.List && len(item.Values) == 1 {
		p.value(item.Values[0], column)
		return
	}
	p.node(listOf(item.Values), column)
}

// itemKey returns the key as it is written; for the logic, and for an item that
// was built in memory, from its parts.
func (p *printer) itemKey(item *Item) Scalar {
	complete := strings.Count(item.Key.Text, "|") == len(item.Modifiers)
	if item.Key.Present() && !(p.logic && complete) {
		return item.Key
	}
	var b strings.Builder
	b.WriteString(item.Field.Text)
	for _, m := range item.Modifiers {
		b.WriteString("|" + m.Name)
	}
	if len(item.Modifiers) == 0 && item.Key.Present() {
		return item.Key
	}
	return NewScalar(b.String())
}

func (p *printer) correlation(c *Correlation) {
	p.key("correlation", 0)
	p.line()
	p.present("type", c.Type, step)
	p.list("rules", c.Rules, step)
	p.list("group-by", c.GroupBy, step)
	p.present("timespan", c.Timespan, step)
	if len(c.Aliases) > 0 {
		p.key("aliases", step)
		p.line()
	}
	for _, a := range c.Aliases {
		p.scalarKey(a.Name, 2*step)
		fields := &Node{Kind: MapNode}
		for _, f := range a.Fields {
			fields.Entries = append(fields.Entries, Entry{f.Rule, &Node{Scalar: f.Field}})
		}
		p.node(fields, 2*step)
	}
	p.correlationCondition(c)
}

func (p *printer) correlationCondition(c *Correlation) {
	if c.Expression != nil {
		p.key("condition", step)
		p.value(conditionText(c.Expression), step)
		return
	}
	if len(c.Operators) == 0 && len(c.Field) == 0 && !c.Percentile.Present() {
		return
	}
	p.key("condition", step)
	p.line()
	if len(c.Field) == 1 {
		p.present("field", c.Field[0], 2*step)
	} else {
		p.list("field", c.Field, 2*step)
	}
	p.present("percentile", c.Percentile, 2*step)
	for _, op := range c.Operators {
		p.present(op.Name.Text, op.Value, 2*step)
	}
}

// conditionText returns a condition written from its tree, or its text if it
// could not be parsed.
func conditionText(c *Condition) Scalar {
	if c.Root == nil {
		return c.Text
	}
	return NewScalar(c.Root.Text())
}

// Text writes the tree as a condition, with no more parentheses than needed to
// read the same tree again.
func (e *Expr) Text() string {
	var b strings.Builder
	e.print(&b)
	return b.String()
}

func (e *Expr) print(b *strings.Builder) {
	switch e.Op {
	case Ref:
		b.WriteString(e.Name)
	case OneOf:
		b.WriteString("1 of " + e.Name)
	case AllOf:
		b.WriteString("all of " + e.Name)
	case Not:
		b.WriteString("not ")
		e.Args[0].operand(b, Not)
	default:
		word := [...]string{" and ", " or "}[e.Op]
		for i, arg := range e.Args {
			if i > 0 {
				b.WriteString(word)
			}
			arg.operand(b, e.Op)
		}
	}
}

// operand writes a tree within an operator, in parentheses unless it binds
// closer: not before and before or.
func (e *Expr) operand(b *strings.Builder, within ExprOp) {
	closer := e.Op >= Not || e.Op == And && within == Or
	if !closer {
		b.WriteByte('(')
	}
	e.print(b)
	if !closer {
		b.WriteByte(')')
	}
}

// YAML writes a node as Print writes a custom attribute, with aliases and merge
// keys resolved.
func (n *Node) YAML() string {
	var p printer
	if n.Kind == MapNode && len(n.Entries) > 0 {
		p.entries(n.Entries, 0)
		return p.out.String()
	}
	p.node(n, -step)
	return strings.TrimLeft(p.out.String(), " \n")
}
