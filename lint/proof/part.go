package proof

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Part is a part of a rule: something that its condition combines, down to single
// values. What only wraps another part is one with it, so a selection of one item
// with one value is one part that is all three.
type Part struct {
	Expr *compiler.Expr // the innermost of what is one
	Op   compiler.ExprOp

	// What it is, outermost first; nil for what it is not. A part that is none of
	// them is a map of a list, or the whole detection.
	Filter    *rules.Filter
	Condition *rules.Expr
	Selection *rules.Selection
	Item      *rules.Item
	Value     *rules.Scalar

	Parent  *Part
	Parts   []*Part
	Negated bool // it stands behind an odd number of nots

	fields []string // of its predicates, sorted; "" for keywords
}

// tree returns an expression as parts.
func tree(p *compiler.Program, e *compiler.Expr, parent *Part, negated bool) *Part {
	out := &Part{Parent: parent, Negated: negated}
	out.label(e)
	for (e.Op == compiler.And || e.Op == compiler.Or) && len(e.Args) == 1 {
		e = e.Args[0]
		out.label(e)
	}
	out.Expr, out.Op = e, e.Op
	if e.Op != compiler.Leaf && out.Value == nil {
		for _, arg := range e.Args {
			out.Parts = append(out.Parts, tree(p, arg, out, negated != (e.Op == compiler.Not)))
		}
		for _, part := range out.Parts {
			out.fields = append(out.fields, part.fields...)
		}
	} else {
		e.Each(func(leaf *compiler.Expr) { out.fields = append(out.fields, fieldsOf(&p.Predicates[leaf.Atom])...) })
	}
	slices.Sort(out.fields)
	out.fields = slices.Compact(out.fields)
	return out
}

func fieldsOf(p *compiler.Predicate) []string {
	if p.Op == compiler.OpFieldRef {
		return []string{p.Field, p.Ref}
	}
	return []string{p.Field}
}

func (p *Part) label(e *compiler.Expr) {
	if p.Filter == nil {
		p.Filter = e.Filter
	}
	if p.Condition == nil {
		p.Condition = e.Condition
	}
	if p.Selection == nil {
		p.Selection = e.Selection
	}
	if p.Item == nil {
		p.Item = e.Item
	}
	if p.Value == nil {
		p.Value = e.Value
	}
}

// Foreign reports whether the part stands in a filter document.
func (p *Part) Foreign() bool {
	for ; p != nil; p = p.Parent {
		if p.Filter != nil {
			return true
		}
	}
	return false
}

// In returns the selection that the part is, or stands in; nil for one that
// combines selections.
func (p *Part) In() *rules.Selection {
	for ; p != nil; p = p.Parent {
		if p.Selection != nil {
			return p.Selection
		}
	}
	return nil
}

// Field returns the item that the part is, or stands in; nil if it is larger.
func (p *Part) Field() *rules.Item {
	for ; p != nil; p = p.Parent {
		if p.Item != nil {
			return p.Item
		}
		if p.Selection != nil {
			return nil
		}
	}
	return nil
}

// Span returns where the part is written: for a selection its name.
func (p *Part) Span() rules.Span {
	switch {
	case p.Selection != nil:
		return p.Selection.Name.Span
	case p.Item != nil:
		return p.Item.Key.Span
	case p.Value != nil:
		return p.Value.Span
	case p.Condition != nil:
		return p.Condition.Span
	}
	for _, part := range p.Parts {
		if at := part.Span(); at.Known() {
			return at
		}
	}
	return rules.Span{}
}

// values reports whether the part is a list of values of one item.
func (p *Part) values() bool {
	if p.Item == nil && p.Field() == nil {
		return false
	}
	return len(p.Parts) > 1 && !slices.ContainsFunc(p.Parts, func(c *Part) bool { return c.Value == nil })
}

// overlap reports whether predicates of two sorted lists of fields may depend on
// each other. Keywords look at every field.
func overlap(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if a[0] == "" || b[0] == "" {
		return true
	}
	return slices.ContainsFunc(a, func(f string) bool {
		_, found := slices.BinarySearch(b, f)
		return found
	})
}

// connected returns those of other parts that share fields with one, directly or
// through others of them.
func connected(p *Part, others []*Part) []*Part {
	fields := p.fields
	var out []*Part
	rest := slices.Clone(others)
	for again := true; again; {
		again = false
		rest = slices.DeleteFunc(rest, func(o *Part) bool {
			if !overlap(fields, o.fields) {
				return false
			}
			out, again = append(out, o), true
			fields = append(slices.Clone(fields), o.fields...)
			slices.Sort(fields)
			return true
		})
	}
	return out
}

// Context returns the parts that hold whenever the part decides whether the rule
// fires: what stands beside it, or beside what it stands in, under an and.
func (p *Part) context() []*Part {
	var out []*Part
	for child := p; child.Parent != nil; child = child.Parent {
		if child.Parent.Op == compiler.And {
			for _, sibling := range child.Parent.Parts {
				if sibling != child {
					out = append(out, sibling)
				}
			}
		}
	}
	return out
}

// each calls visit for the part and all below it.
func (p *Part) each(visit func(*Part)) {
	visit(p)
	for _, part := range p.Parts {
		part.each(visit)
	}
}
