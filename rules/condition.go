package rules

import (
	"strings"

	"github.com/bradleyjkemp/sigma-go"
)

// Condition is a condition string with its tree. Root is nil if the string
// could not be parsed.
type Condition struct {
	Text Scalar
	Root *Expr
}

// ExprOp says what an Expr is.
type ExprOp uint8

// The operators of conditions.
const (
	And   ExprOp = iota // all Args
	Or                  // any of Args
	Not                 // not Args[0]
	Ref                 // the selection Name
	OneOf               // at least one selection that matches the pattern Name
	AllOf               // every selection that matches the pattern Name
)

// Expr is a node of a condition's tree.
type Expr struct {
	Op   ExprOp
	Args []*Expr // of And, Or and Not
	Name string  // of Ref: selection; of OneOf and AllOf: pattern or them
	Span Span    // of the name, or of the first to the last operand
}

// String writes the tree as an S-expression: (and a (not b) (1of filter_*)).
func (e *Expr) String() string {
	switch e.Op {
	case Ref:
		return e.Name
	case OneOf:
		return "(1of " + e.Name + ")"
	case AllOf:
		return "(allof " + e.Name + ")"
	}
	var b strings.Builder
	b.WriteString("(" + [...]string{"and", "or", "not"}[e.Op])
	for _, arg := range e.Args {
		b.WriteString(" " + arg.String())
	}
	return b.String() + ")"
}

// Walk calls visit for e and all nodes below it.
func (e *Expr) Walk(visit func(*Expr)) {
	visit(e)
	for _, arg := range e.Args {
		arg.Walk(visit)
	}
}

// ParseCondition parses a condition. Diagnostics point into text where its
// place is known.
func ParseCondition(text Scalar) (*Condition, Diagnostics) {
	p := &parser{file: text.Span.File, shapes: newShapeCache()}
	return p.condition(text), p.diags
}

// conditions parses a condition or a list of them and resolves the names.
func (p *parser) conditions(e Entry, d *Detection) []*Condition {
	nodes := []*Node{e.Value}
	if e.Value.Kind == ListNode {
		nodes = e.Value.Items
		if len(nodes) == 0 {
			p.errorf("schema/wrong-type", e.Value.Span, "the list of conditions is empty", "write at least one condition")
		}
	}
	var out []*Condition
	for _, n := range nodes {
		if n.Kind != ScalarNode || n.Scalar.Kind != StringScalar && n.Scalar.Kind != IntScalar {
			p.errorf("schema/wrong-type", n.Span, "a condition must be a string, found "+n.describe(), "")
			continue
		}
		c := p.condition(n.Scalar)
		if c.Root != nil {
			p.resolve(c, d)
		}
		out = append(out, c)
	}
	return out
}

// resolve reports names and patterns that mean no selection (D37).
func (p *parser) resolve(c *Condition, d *Detection) {
	names := make([]string, len(d.Selections))
	for i, s := range d.Selections {
		names[i] = s.Name.Text
	}
	c.Root.Walk(func(e *Expr) {
		switch {
		case e.Op == Ref && d.Selection(e.Name) == nil:
			p.errorf("ref/undefined-selection", e.Span, "selection "+quote(e.Name)+" is not defined", meantName(e.Name, names))
		case (e.Op == OneOf || e.Op == AllOf) && len(d.Matching(e.Name)) == 0:
			p.errorf("ref/empty-glob", e.Span, "no selection matches "+quote(e.Name), meantPattern(e.Name, names))
		}
	})
}

// meantName returns a help text for the name of a selection that is not there.
func meantName(name string, names []string) string {
	if help := didYouMean(name, names); help != "" || len(names) == 0 {
		return help
	}
	return "defined are: " + strings.Join(names, ", ")
}

// meantPattern is meantName for a pattern such as filter_*, of which the part
// before the star may be misspelt.
func meantPattern(pattern string, names []string) string {
	stem, isPrefix := strings.CutSuffix(pattern, "*")
	if !isPrefix || strings.Contains(stem, "*") {
		return meantName(pattern, names)
	}
	var stems []string
	for _, name := range names {
		for i := range name {
			if name[i] == '_' {
				stems = append(stems, name[:i+1])
			}
		}
	}
	if near := Nearest(stem, stems); near != "" {
		return "did you mean " + quote(near+"*") + "?"
	}
	return meantName(pattern, names)
}

// Limits of a condition: what real ones need, many times over.
const (
	MaxConditionLength = 64 << 10 // bytes
	MaxConditionDepth  = 200      // nesting of parentheses and not
	maxConditionTokens = 10_000
)

// condition parses one condition string with the grammar of sigma-go, whose
// trees agree with the reference parser on every public rule. Its lexer knows
// neither positions nor all names that Sigma allows, so every name is replaced
// by a plain alias before and put back behind.
func (p *parser) condition(s Scalar) *Condition {
	c := &Condition{Text: s}
	text := located{s, s.places()}
	tokens, ok := p.lex(text)
	if !ok {
		return c
	}
	tree, err := p.shapes.parse(shapeOf(tokens))
	if err != nil {
		p.conditionSyntax(s.Span, "condition cannot be parsed: "+err.Error())
		return c
	}
	b := exprBuilder{text: text}
	for _, t := range tokens {
		if t.kind != operatorToken {
			b.names = append(b.names, t)
		}
	}
	c.Root = b.expr(tree)
	return c
}

// exprBuilder turns a sigma-go tree into Exprs. The names occur in the tree in
// the order in which they stand in the text.
type exprBuilder struct {
	text  located
	names []token // those not yet taken
}

func (b *exprBuilder) expr(tree sigma.SearchExpr) *Expr {
	switch t := tree.(type) {
	case sigma.And:
		return b.operator(And, t)
	case sigma.Or:
		return b.operator(Or, t)
	case sigma.Not:
		return b.operator(Not, []sigma.SearchExpr{t.Expr})
	case sigma.OneOfPattern, sigma.OneOfThem:
		return b.leaf(OneOf)
	case sigma.AllOfPattern, sigma.AllOfThem:
		return b.leaf(AllOf)
	}
	return b.leaf(Ref)
}

func (b *exprBuilder) leaf(op ExprOp) *Expr {
	t := b.names[0]
	b.names = b.names[1:]
	return &Expr{Op: op, Name: t.text, Span: b.text.At(t.from, t.to)}
}

func (b *exprBuilder) operator(op ExprOp, args []sigma.SearchExpr) *Expr {
	e := &Expr{Op: op, Args: make([]*Expr, len(args))}
	for i, arg := range args {
		e.Args[i] = b.expr(arg)
	}
	e.Span = e.Args[0].Span.to(e.Args[len(args)-1].Span)
	return e
}
