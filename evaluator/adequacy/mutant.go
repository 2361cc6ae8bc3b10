package adequacy

import (
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Mutant is a rule with one change that a test should notice.
type Mutant struct {
	Rule   *compiler.Rule
	Change string     // in words: "value ' -x' dropped"
	Span   rules.Span // where it was made
	Expr   *compiler.Expr
}

// mutants are the mutants of rules of a program, with the predicates that they need
// besides.
type mutants struct {
	program *compiler.Program // of the rules as they are, and all predicates
	atoms   map[string]int    // of predicates that were added
	made    []Mutant          // of the current rule
}

func newMutants(p *compiler.Program) *mutants {
	return &mutants{program: &compiler.Program{Predicates: slices.Clone(p.Predicates), Rules: p.Rules}, atoms: map[string]int{}}
}

// of returns the mutants of a rule, in the order of its expression.
func (m *mutants) of(r *compiler.Rule) []Mutant {
	m.made = nil
	add := func(span rules.Span, node, with *compiler.Expr, format string, args ...any) {
		m.made = append(m.made, Mutant{Rule: r, Change: fmt.Sprintf(format, args...), Span: span, Expr: edited(r.Expr, node, with)})
	}
	inside := map[*compiler.Expr]bool{} // forms that one value stands for
	span := r.Source.Detection.Span
	if len(r.Source.Detection.Conditions) > 0 {
		span = r.Source.Detection.Conditions[0].Text.Span
	}
	nodes(r.Expr, func(e *compiler.Expr) {
		if inside[e] {
			return
		}
		if e.Value != nil {
			nodes(e, func(form *compiler.Expr) { inside[form] = true })
			return
		}
		at := spanOf(e, span)
		switch {
		case e.Item != nil:
			m.item(e, add)
		case e.Op == compiler.Not:
			add(at, e, e.Args[0], "not dropped before %s", labelOf(e.Args[0]))
		}
		if len(e.Args) < 2 {
			return
		}
		for i, arg := range e.Args {
			add(spanOf(arg, at), e, without(e, i), "%s dropped", labelOf(arg))
		}
		if e == r.Expr && r.Filters != nil {
			return // that every filter applies is not written in the rule
		}
		add(at, e, &compiler.Expr{Op: other(e.Op), Args: e.Args, Selection: e.Selection, Item: e.Item, Filter: e.Filter, Condition: e.Condition},
			"%s instead of %s in %s", word(e, other(e.Op)), word(e, e.Op), labelOf(e))
	})
	return m.made
}

type adder func(span rules.Span, node, with *compiler.Expr, format string, args ...any)

// item changes the modifiers of an item.
func (m *mutants) item(e *compiler.Expr, add adder) {
	if e.Op == compiler.Not {
		inner := *e.Args[0]
		inner.Item = e.Item
		add(spanOf(e, rules.Span{}), e, &inner, "neq dropped from %s", itemName(e.Item))
		return
	}
	modifiers, anchor, cased := map[string]bool{}, "", false
	for _, mod := range e.Item.Modifiers {
		switch mod.Name {
		case "contains", "startswith", "endswith":
			anchor = mod.Name
		case "cased":
			cased = true
		case "all":
		case "lt", "lte", "gt", "gte":
			m.relation(e, mod.Name, add)
			return
		default:
			modifiers[mod.Name] = true
		}
	}
	if len(modifiers) > 0 {
		return
	}
	for _, to := range anchorChanges[anchor] {
		if !e.Item.Keywords() {
			m.texts(e, anchors[to], cased, add, "%s instead of %s in %s", orEquals(to), orEquals(anchor), itemName(e.Item))
		}
	}
	at := anchors[anchor]
	if e.Item.Keywords() {
		at = compiler.Anywhere
	}
	if cased {
		m.texts(e, at, false, add, "cased dropped from %s", itemName(e.Item))
	} else {
		m.texts(e, at, true, add, "cased added to %s", itemName(e.Item))
	}
}

var anchors = map[string]compiler.Anchor{"": compiler.Whole, "contains": compiler.Anywhere, "startswith": compiler.AtStart, "endswith": compiler.AtEnd}

// anchorChanges are the anchors that an item could have by mistake.
var anchorChanges = map[string][]string{
	"":           {"contains"},
	"contains":   {"startswith", "endswith"},
	"startswith": {"contains"},
	"endswith":   {"contains"},
}

func orEquals(anchor string) string {
	if anchor == "" {
		return "equals"
	}
	return anchor
}

// texts gives all texts of an item another anchor or letter case.
func (m *mutants) texts(e *compiler.Expr, anchor compiler.Anchor, cased bool, add adder, format string, args ...any) {
	changed := *e
	changed.Args = slices.Clone(e.Args)
	found := false
	for i, arg := range e.Args {
		if arg.Op != compiler.Leaf || arg.Value == nil || m.program.Predicates[arg.Atom].Op != compiler.OpText {
			continue
		}
		p := compiler.TextPredicate(e.Item.Field.Text, arg.Value.Text, anchor, cased)
		changed.Args[i] = &compiler.Expr{Op: compiler.Leaf, Atom: m.atom(p), Value: arg.Value}
		found = found || changed.Args[i].Atom != arg.Atom
	}
	if found {
		add(spanOf(e, rules.Span{}), e, &changed, format, args...)
	}
}

// relation moves the bound of a comparison.
func (m *mutants) relation(e *compiler.Expr, name string, add adder) {
	to := map[string]string{"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}[name]
	relation := map[string]compiler.Relation{"lt": compiler.Less, "lte": compiler.LessOrEqual, "gt": compiler.Greater, "gte": compiler.GreaterOrEqual}[to]
	changed := *e
	changed.Args = slices.Clone(e.Args)
	for i, arg := range e.Args {
		if arg.Op != compiler.Leaf {
			return
		}
		// Made anew, because a predicate remembers its text.
		old := &m.program.Predicates[arg.Atom]
		p := compiler.Predicate{Field: old.Field, Op: old.Op, Number: old.Number, Relation: relation, Part: old.Part}
		changed.Args[i] = &compiler.Expr{Op: compiler.Leaf, Atom: m.atom(p), Value: arg.Value}
	}
	add(spanOf(e, rules.Span{}), e, &changed, "%s instead of %s in %s", to, name, itemName(e.Item))
}

// atom returns the number of a predicate.
func (m *mutants) atom(p compiler.Predicate) int {
	text := p.String()
	if n, known := m.atoms[text]; known {
		return n
	}
	n := len(m.program.Predicates)
	m.program.Predicates = append(m.program.Predicates, p)
	m.atoms[text] = n
	return n
}

// edited returns an expression with one node, wherever it stands, replaced.
func edited(e, node, with *compiler.Expr) *compiler.Expr {
	if e == node {
		return with
	}
	var out *compiler.Expr
	for i, arg := range e.Args {
		if now := edited(arg, node, with); now != arg {
			if out == nil {
				out = new(compiler.Expr)
				*out = *e
				out.Args = slices.Clone(e.Args)
			}
			out.Args[i] = now
		}
	}
	if out == nil {
		return e
	}
	return out
}

// without returns a node without one of its arguments.
func without(e *compiler.Expr, i int) *compiler.Expr {
	out := *e
	out.Args = slices.Delete(slices.Clone(e.Args), i, i+1)
	return &out
}

func other(op compiler.ExprOp) compiler.ExprOp {
	if op == compiler.And {
		return compiler.Or
	}
	return compiler.And
}

// word names an operator as a person would write it.
func word(e *compiler.Expr, op compiler.ExprOp) string {
	if c := e.Condition; c != nil && (c.Op == rules.And || c.Op == rules.Or) {
		return [...]string{"and", "or"}[op]
	}
	return [...]string{"all of", "any of"}[op]
}

func labelOf(e *compiler.Expr) string {
	switch {
	case e.Filter != nil:
		return "filter " + e.Filter.Label()
	case e.Selection != nil:
		return e.Selection.Name.Text
	case e.Item != nil:
		return itemName(e.Item)
	case e.Value != nil:
		return "value " + valueName(e.Value)
	case e.Condition != nil:
		return e.Condition.Text()
	case len(e.Args) > 0:
		return "the group of " + labelOf(e.Args[0])
	}
	return "a part"
}

// spanOf returns where a node stands, else where the one around it does.
func spanOf(e *compiler.Expr, around rules.Span) rules.Span {
	switch {
	case e.Filter != nil:
		return e.Filter.Title.Span
	case e.Selection != nil:
		return e.Selection.Name.Span
	case e.Item != nil && e.Item.Key.Span.Known():
		return e.Item.Key.Span
	case e.Item != nil:
		return e.Item.Span
	case e.Value != nil:
		return e.Value.Span
	case e.Condition != nil && e.Condition.Span.Known():
		return e.Condition.Span
	case len(e.Args) > 0 && !around.Known():
		return spanOf(e.Args[0], around)
	}
	return around
}
