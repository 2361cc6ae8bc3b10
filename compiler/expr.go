package compiler

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/rules"
)

// ExprOp says what an Expr is.
type ExprOp uint8

// The operators.
const (
	And  ExprOp = iota // all Args; true without any
	Or                 // any of Args; false without any
	Not                // not Args[0]
	Leaf               // the predicate Atom
)

// Expr is a boolean expression over the predicates of a Program. Parts that
// occur twice in a rule, such as a selection that a condition names twice, are
// the same *Expr.
type Expr struct {
	Op   ExprOp
	Args []*Expr
	Atom int // of a Leaf: index into Program.Predicates

	// Where the expression comes from; at most one is set. None is for parts
	// that the compiler made, such as the encodings of one base64offset value.
	Condition *rules.Expr
	Selection *rules.Selection
	Item      *rules.Item
	Value     *rules.Scalar
	Filter    *rules.Filter

	predicate *Predicate // of a Leaf, until it is interned
}

// String writes the expression over the predicates of its program in canonical
// form: without names, sorted, and without what is there twice.
func (e *Expr) String(predicates []Predicate) string { return e.canonical(predicates) }

// canonical writes an expression without names and order, for hashing.
func (e *Expr) canonical(predicates []Predicate) string {
	switch e.Op {
	case Leaf:
		return predicates[e.Atom].String()
	case Not:
		if inner := e.Args[0]; inner.Op == Not {
			return inner.Args[0].canonical(predicates)
		}
		return "not(" + e.Args[0].canonical(predicates) + ")"
	}
	parts := e.operands(e.Op, predicates, nil)
	slices.Sort(parts)
	parts = slices.Compact(parts)
	if len(parts) == 1 {
		return parts[0]
	}
	return [...]string{"and(", "or("}[e.Op] + strings.Join(parts, ", ") + ")"
}

// operands lists the canonical forms of the arguments of nested operators op.
func (e *Expr) operands(op ExprOp, predicates []Predicate, out []string) []string {
	for _, arg := range e.Args {
		inner := arg
		for (inner.Op == And || inner.Op == Or) && len(inner.Args) == 1 {
			inner = inner.Args[0]
		}
		if inner.Op == op {
			out = inner.operands(op, predicates, out)
			continue
		}
		out = append(out, inner.canonical(predicates))
	}
	return out
}

// Each calls visit for every leaf, once for each time that it stands in e.
func (e *Expr) Each(visit func(leaf *Expr)) {
	if e.Op == Leaf {
		visit(e)
	}
	for _, arg := range e.Args {
		arg.Each(visit)
	}
}

// walk calls visit for every distinct node below and including e.
func (e *Expr) walk(seen map[*Expr]bool, visit func(*Expr)) {
	if seen[e] {
		return
	}
	seen[e] = true
	visit(e)
	for _, arg := range e.Args {
		arg.walk(seen, visit)
	}
}

// witness returns the fewest predicates of which one must hold whenever e
// holds, all of them false on an event that lacks their field. ok is false if
// there is no such set.
func (e *Expr) witness(predicates []Predicate) (atoms []int, ok bool) {
	switch e.Op {
	case Leaf:
		return []int{e.Atom}, !predicates[e.Atom].TrueOnAbsence()
	case Not:
		if inner := e.Args[0]; inner.Op == Not {
			return inner.Args[0].witness(predicates)
		}
		return nil, false
	case And:
		for _, arg := range e.Args {
			if w, found := arg.witness(predicates); found && (!ok || len(w) < len(atoms)) {
				atoms, ok = w, true
			}
		}
		return atoms, ok
	}
	for _, arg := range e.Args {
		w, found := arg.witness(predicates)
		if !found {
			return nil, false
		}
		atoms = append(atoms, w...)
	}
	slices.Sort(atoms)
	return slices.Compact(atoms), true
}
