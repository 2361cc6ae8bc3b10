package compiler

import (
	"fmt"

	"github.com/socctl/socctl/rules"
)

// lowerer turns the detection of one rule into an expression of leaves.
type lowerer struct {
	options    *Options
	diags      rules.Diagnostics
	selections map[*rules.Selection]*Expr
}

func (l *lowerer) errorf(code string, at rules.Span, message, help string) {
	l.diags = append(l.diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

func (l *lowerer) warnf(code string, at rules.Span, message, help string) {
	l.diags = append(l.diags, rules.Diagnostic{Code: code, Severity: rules.Warning, Span: at, Message: message, Help: help})
}

// detection lowers every selection, also those that no condition names, so
// that all problems are found, and then the conditions.
func (l *lowerer) detection(d *rules.Detection) *Expr {
	l.selections = make(map[*rules.Selection]*Expr, len(d.Selections))
	for _, s := range d.Selections {
		if s.Body == nil {
			continue
		}
		body := l.block(s.Body)
		if body.Item != nil {
			body = &Expr{Op: And, Args: []*Expr{body}}
		}
		body.Selection = s
		l.selections[s] = body
	}
	any := &Expr{Op: Or}
	for _, c := range d.Conditions {
		if c.Root != nil {
			any.Args = append(any.Args, l.condition(c.Root, d))
		}
	}
	if len(any.Args) == 1 {
		return any.Args[0]
	}
	return any
}

func (l *lowerer) condition(e *rules.Expr, d *rules.Detection) *Expr {
	out := &Expr{Condition: e}
	switch e.Op {
	case rules.And, rules.Or, rules.Not:
		out.Op = [...]ExprOp{rules.And: And, rules.Or: Or, rules.Not: Not}[e.Op]
		for _, arg := range e.Args {
			out.Args = append(out.Args, l.condition(arg, d))
		}
	case rules.Ref:
		if s := d.Selection(e.Name); s != nil && l.selections[s] != nil {
			return l.selections[s]
		}
		out.Op = Or
	case rules.OneOf, rules.AllOf:
		out.Op = Or
		if e.Op == rules.AllOf {
			out.Op = And
		}
		for _, s := range d.Matching(e.Name) {
			if body := l.selections[s]; body != nil {
				out.Args = append(out.Args, body)
			}
		}
	}
	return out
}

func (l *lowerer) block(b *rules.Block) *Expr {
	out := &Expr{Op: And}
	for _, item := range b.Items {
		out.Args = append(out.Args, l.item(item))
	}
	if b.Any != nil {
		out.Op = Or
		for _, alternative := range b.Any {
			out.Args = append(out.Args, l.block(alternative))
		}
	}
	if len(out.Args) == 1 {
		return out.Args[0]
	}
	return out
}

// item lowers one field with its values: any of them, or all with the modifier
// all, and the opposite of that with neq (D16, D20, D22).
func (l *lowerer) item(item *rules.Item) *Expr {
	chain := newChain(item)
	out := &Expr{Op: Or}
	if chain.all {
		out.Op = And
	}
	if chain.exists && (item.List && len(item.Values) != 1 || chain.all) {
		l.errorf("value/wrong-type", item.Key.Span, "exists takes a single true or false", "")
		return out
	}
	for i := range item.Values {
		out.Args = append(out.Args, l.value(&chain, &item.Values[i]))
	}
	if chain.neq {
		out = &Expr{Op: Not, Args: []*Expr{out}}
	}
	out.Item = item
	return out
}

// value lowers one value. Several predicates come from one value where a
// modifier stands for alternatives.
func (l *lowerer) value(c *chain, v *rules.Scalar) *Expr {
	predicates := l.predicates(c, v)
	leaves := make([]*Expr, len(predicates))
	for i := range predicates {
		predicates[i].Field = c.item.Field.Text
		leaves[i] = &Expr{Op: Leaf, predicate: &predicates[i]}
	}
	if len(leaves) == 1 {
		leaves[0].Value = v
		return leaves[0]
	}
	return &Expr{Op: Or, Args: leaves, Value: v}
}

// chain is the modifiers of an item, sorted by what they do.
type chain struct {
	item       *rules.Item
	all, neq   bool
	exists     bool
	cased      bool
	regex      bool
	cidr       bool
	fieldref   bool
	expand     bool
	flags      map[string]bool
	anchor     Anchor
	relation   Relation
	compares   bool
	part       TimePart
	timed      bool
	transforms []rules.Modifier // windash and the encodings, in order
}

var (
	anchors   = map[string]Anchor{"contains": Anywhere, "startswith": AtStart, "endswith": AtEnd}
	compares  = map[string]Relation{"lt": Less, "lte": LessOrEqual, "gt": Greater, "gte": GreaterOrEqual}
	timeParts = map[string]TimePart{"minute": Minute, "hour": Hour, "day": Day, "week": Week, "month": Month, "year": Year}
)

func newChain(item *rules.Item) chain {
	c := chain{item: item}
	for _, m := range item.Modifiers {
		if anchor, ok := anchors[m.Name]; ok {
			c.anchor = anchor
			continue
		}
		if relation, ok := compares[m.Name]; ok {
			c.relation, c.compares = relation, true
			continue
		}
		if part, ok := timeParts[m.Name]; ok {
			c.part, c.timed = part, true
			continue
		}
		c.set(m)
	}
	return c
}

func (c *chain) set(m rules.Modifier) {
	switch m.Name {
	case "all":
		c.all = true
	case "neq":
		c.neq = true
	case "exists":
		c.exists = true
	case "cased":
		c.cased = true
	case "re":
		c.regex = true
	case "cidr":
		c.cidr = true
	case "fieldref":
		c.fieldref = true
	case "expand":
		c.expand = true
	case "i", "m", "s":
		if c.flags == nil {
			c.flags = map[string]bool{}
		}
		c.flags[m.Name] = true
	default:
		c.transforms = append(c.transforms, m)
	}
}

// textual reports whether a modifier makes sense of text only.
func (c *chain) textual() bool {
	return c.anchor != Whole || c.cased || c.regex || len(c.transforms) > 0 || c.expand
}

func (l *lowerer) predicates(c *chain, v *rules.Scalar) []Predicate {
	switch {
	case c.exists:
		return l.exists(v)
	case c.timed:
		return l.timePart(c, v)
	case c.compares:
		return l.compare(c, v)
	case v.Kind == rules.NullScalar:
		return l.null(c, v)
	case c.fieldref:
		return l.fieldRef(c, v)
	case c.cidr:
		return l.cidr(v)
	case c.regex:
		return l.regex(c, v)
	case v.Kind == rules.StringScalar || c.textual() || c.item.Keywords():
		return l.text(c, v)
	case v.Kind == rules.BoolScalar:
		return []Predicate{{Op: OpBool, Bool: v.Bool()}}
	}
	if n, ok := ParseNumber(v.DecimalText()); ok {
		return []Predicate{{Op: OpNumber, Number: n}}
	}
	return l.text(c, v) // .inf and .nan
}

func (l *lowerer) wrongType(c *chain, v *rules.Scalar, want string) []Predicate {
	l.errorf("value/wrong-type", v.Span, fmt.Sprintf("%s needs %s, found %s", c.item.Key.Text, want, describe(v)), "")
	return nil
}

func describe(v *rules.Scalar) string {
	switch v.Kind {
	case rules.NullScalar:
		return "null"
	case rules.StringScalar:
		return fmt.Sprintf("string %.60q", v.Text)
	}
	return v.Kind.String() + " " + v.Text
}
