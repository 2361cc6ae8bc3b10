package evaluator

import (
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/shape"
)

// Hint is what is known of the values of a field in some events.
type Hint struct {
	Absent  bool // no event has the field
	Unknown bool // nothing is known, whatever else is said
	Values  []Values
}

// Values is what is known of some of the values. One of Texts and Sketch is set, unless
// nothing is known.
type Values struct {
	Kind   shape.Kind
	Texts  []string // all that occur
	Sketch []byte   // of all that occur, see Grams.AppendSketch
}

// Possible reports whether the detection of a rule of a program, whatever filters it has,
// may hold on any event of some of which hint knows what there is in fields. It errs on
// the side of yes.
func Possible(p *compiler.Program, r *compiler.Rule, hint func(field string) *Hint) bool {
	return possible(p, r.Detection, hint)
}

func possible(p *compiler.Program, e *compiler.Expr, hint func(field string) *Hint) bool {
	switch e.Op {
	case compiler.Leaf:
		return possibleLeaf(&p.Predicates[e.Atom], hint)
	case compiler.Not:
		inner := e.Args[0]
		return inner.Op != compiler.Not || possible(p, inner.Args[0], hint)
	case compiler.And:
		for _, arg := range e.Args {
			if !possible(p, arg, hint) {
				return false
			}
		}
		return true
	}
	for _, arg := range e.Args {
		if possible(p, arg, hint) {
			return true
		}
	}
	return false
}

func possibleLeaf(p *compiler.Predicate, hint func(field string) *Hint) bool {
	if p.Field == "" || p.TrueOnAbsence() {
		return true
	}
	h := hint(p.Field)
	switch {
	case h.Unknown:
		return true
	case h.Absent:
		return false
	case p.Op == compiler.OpExists || p.Op == compiler.OpFieldRef:
		return true
	}
	for i := range h.Values {
		if h.Values[i].mayAccept(p) {
			return true
		}
	}
	return false
}

// mayAccept reports whether one of the values may satisfy a predicate.
func (v *Values) mayAccept(p *compiler.Predicate) bool {
	if v.Texts == nil {
		return v.Kind != shape.String || p.Op != compiler.OpText || !lacksLiterals(v.Sketch, &p.Pattern)
	}
	for _, text := range v.Texts {
		e := element{kind: String, text: text}
		switch v.Kind {
		case shape.Number:
			e.kind, e.text = Number, NumberValue(text).scalar()
		case shape.Bool:
			e.kind = Bool
		}
		if satisfies(p, &e) {
			return true
		}
	}
	return false
}

// lacksLiterals reports whether no text of a sketch holds what a pattern asks for.
func lacksLiterals(sketch []byte, p *compiler.Pattern) bool {
	for _, literal := range p.Literals() {
		// Beyond ASCII, letters that fold into each other have other bytes.
		for _, word := range strings.FieldsFunc(literal, func(r rune) bool { return r >= 0x80 }) {
			if SketchLacks(sketch, word) {
				return true
			}
		}
	}
	return false
}
