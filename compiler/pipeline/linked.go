package pipeline

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// linked is a list of conditions and how they combine: all of them, any of
// them, or by an expression over their names.
type linked[C any] struct {
	all  []C
	expr *expression
	any  bool
	not  bool
}

// holds evaluates the conditions. Without conditions all of them hold and none
// does, as in pySigma.
func (l *linked[C]) holds(match func(C) bool) bool {
	var out bool
	switch {
	case l.expr != nil:
		out = l.expr.holds(func(i int) bool { return match(l.all[i]) })
	case l.any:
		out = slices.ContainsFunc(l.all, match)
	default:
		out = !slices.ContainsFunc(l.all, func(c C) bool { return !match(c) })
	}
	return out != l.not
}

// parseLinked reads the keys <prefix>_conditions, _cond_op, _cond_not and
// _cond_expr.
func parseLinked[C any](p *parser, ps *params, prefix string, types map[string]func(*params) C) linked[C] {
	var out linked[C]
	names := parseConditions(p, ps, prefix, types, &out)
	op := ps.optionalText(prefix + "_cond_op")
	switch op.Text {
	case "", "and":
	case "or":
		out.any = true
	default:
		p.errorf("pipeline/invalid-value", op.Span, prefix+"_cond_op cannot be "+op.Text, "it is one of and, or")
	}
	out.not = ps.boolean(prefix + "_cond_not")
	expr := ps.optionalText(prefix + "_cond_expr")
	switch {
	case !expr.Present():
	case op.Present():
		p.errorf("pipeline/expression", expr.Span, prefix+"_cond_expr and "+prefix+"_cond_op exclude each other", "remove one")
	case names == nil:
		p.errorf("pipeline/expression", expr.Span, prefix+"_cond_expr needs "+prefix+"_conditions as a map of names to conditions", "")
	default:
		out.expr = p.expression(expr, names)
	}
	if len(out.all) == 0 && (out.any || out.not) && prefix != "rule" {
		p.warnf("pipeline/no-effect", ps.node.Span, "without "+prefix+"_conditions nothing satisfies this transformation", "remove "+prefix+"_cond_op or "+prefix+"_cond_not")
	}
	return out
}

// parseConditions returns the names of the conditions, nil unless they are
// written as a map.
func parseConditions[C any](p *parser, ps *params, prefix string, types map[string]func(*params) C, out *linked[C]) []string {
	key := prefix + "_conditions"
	n := ps.get(key)
	if n == nil || isNull(n) {
		return nil
	}
	what := strings.ReplaceAll(prefix, "_", " ") + " condition"
	add := func(node *rules.Node) {
		if c, ok := parseCondition(p, node, what, types); ok {
			out.all = append(out.all, c)
		}
	}
	switch n.Kind {
	case rules.ListNode:
		for _, item := range n.Items {
			add(item)
		}
		return nil
	case rules.MapNode:
		names := []string{}
		for _, e := range n.Entries {
			names = append(names, e.Key.Text)
			add(e.Value)
		}
		return names
	}
	ps.wrongType(key, n, "a list of conditions, or a map of names to conditions")
	return nil
}

func parseCondition[C any](p *parser, n *rules.Node, what string, types map[string]func(*params) C) (c C, ok bool) {
	ps := p.params(n, "a "+what)
	if ps == nil {
		return c, false
	}
	kind := ps.text("type")
	if !kind.Present() {
		return c, false
	}
	build := lookup(p, kind, what, types, nil)
	if build == nil {
		return c, false
	}
	ps.what = "condition " + kind.Text
	c = build(ps)
	ps.finish()
	return c, true
}
