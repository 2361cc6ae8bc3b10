package adequacy

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Kind says what a part of a rule is.
type Kind string

// The kinds of parts, from the outside in.
const (
	Filter    Kind = "filter" // a filter document that applies to the rule
	Selection Kind = "selection"
	Item      Kind = "item"
	Value     Kind = "value"
)

// Part is a part of a rule, and what tests have shown of it.
type Part struct {
	Kind Kind
	Name string     // as written; of a value with its item
	In   string     // of a value: the name of its item; else ""
	Span rules.Span // where it stands

	// True and False say that the part was seen so. DecidesTrue says that on some event
	// the part held and the verdict would have been the opposite if it had not;
	// DecidesFalse the other way round.
	True, False, DecidesTrue, DecidesFalse bool
	// NeverTrue and NeverFalse say that it is proven that the part can never decide in
	// that way; see Prove.
	NeverTrue, NeverFalse bool

	Expr      *compiler.Expr `json:"-"`
	selection string         // that it stands in; "" for none
	item      string         // name of the item that a value stands in
}

// Decisive reports whether tests have shown the part to decide both ways, as far as
// it can.
func (p *Part) Decisive() bool {
	return (p.DecidesTrue || p.NeverTrue) && (p.DecidesFalse || p.NeverFalse)
}

// partsOf lists the parts of a rule that a person would name, in the order of the
// expression. What alone makes up another part is left out, because it is the same.
func partsOf(root *compiler.Expr) []*Part {
	var out []*Part
	seen := map[*compiler.Expr]bool{}
	var walk func(e *compiler.Expr, in Part, alone bool)
	walk = func(e *compiler.Expr, in Part, alone bool) {
		if seen[e] {
			return
		}
		seen[e] = true
		if p := describe(e, in); p != nil {
			if !alone {
				out = append(out, p)
			}
			in, alone = *p, true
		}
		if e.Value != nil {
			return // forms that one value stands for
		}
		for _, arg := range e.Args {
			walk(arg, in, alone && len(e.Args) == 1)
		}
	}
	walk(root, Part{}, false)
	return out
}

// describe returns the part that an expression is within another one, nil if it has
// no name.
func describe(e *compiler.Expr, in Part) *Part {
	p := &Part{Expr: e, selection: in.selection}
	switch {
	case e.Filter != nil:
		p.Kind, p.Name, p.Span = Filter, e.Filter.Label(), e.Filter.Title.Span
	case e.Selection != nil:
		p.Kind, p.Name, p.Span = Selection, e.Selection.Name.Text, e.Selection.Name.Span
		p.selection = p.Name
	case e.Item != nil:
		p.Kind, p.Name, p.Span = Item, in.selection+"."+itemName(e.Item), e.Item.Key.Span
		if !p.Span.Known() {
			p.Span = e.Item.Span
		}
	case e.Value != nil:
		p.Kind, p.Name, p.In, p.Span, p.item = Value, in.Name+" "+valueName(e.Value), in.Name, e.Value.Span, in.local()
	default:
		return nil
	}
	return p
}

func itemName(i *rules.Item) string {
	if i.Keywords() {
		return "keywords" + i.Key.Text
	}
	return i.Key.Text
}

// maxValueName bounds what is shown of a value.
const maxValueName = 60

func valueName(v *rules.Scalar) string {
	if v.Kind != rules.StringScalar {
		return v.Text
	}
	return "'" + valueText(v) + "'"
}

func valueText(v *rules.Scalar) string {
	if text := []rune(v.Text); len(text) > maxValueName {
		return string(text[:maxValueName-1]) + "…"
	}
	return v.Text
}

// local returns the name of the field of an item's part, without its selection.
func (p *Part) local() string {
	if p.Kind == Item || p.Kind == Value {
		return strings.TrimPrefix(p.Name, p.selection+".")
	}
	return p.Name
}

// nodes calls visit for every distinct node of an expression, those outside first.
func nodes(e *compiler.Expr, visit func(*compiler.Expr)) {
	var seen []*compiler.Expr
	var walk func(*compiler.Expr)
	walk = func(e *compiler.Expr) {
		if slices.Contains(seen, e) {
			return
		}
		if len(e.Args) > 0 {
			seen = append(seen, e)
		}
		visit(e)
		for _, arg := range e.Args {
			walk(arg)
		}
	}
	walk(e)
}
