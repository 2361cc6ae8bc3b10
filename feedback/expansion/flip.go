package expansion

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// flip is a part of a rule that alone decides: the rule does not match an event, and
// would if the part were the other way round.
type flip struct {
	part  *compiler.Expr // an item, a value of an item that wants all, or a leaf
	item  *compiler.Expr // that the part is or is in; nil for none
	holds bool           // the part holds, as a part of an exclusion
}

// truth decides the predicates of rules on one event, each once.
type truth struct {
	evaluator *evaluator.Evaluator
	event     evaluator.Event
	known     map[int]bool
}

func (t *truth) leaf(e *compiler.Expr) bool {
	holds, known := t.known[e.Atom]
	if !known {
		holds = t.evaluator.Holds(e, t.event)
		t.known[e.Atom] = holds
	}
	return holds
}

func (t *truth) holds(e *compiler.Expr) bool {
	switch e.Op {
	case compiler.Leaf:
		return t.leaf(e)
	case compiler.Not:
		return !t.holds(e.Args[0])
	case compiler.And:
		return !slices.ContainsFunc(e.Args, func(a *compiler.Expr) bool { return !t.holds(a) })
	}
	return slices.ContainsFunc(e.Args, t.holds)
}

// flips returns the parts of a rule of which each alone, the other way round, would
// make it match. There is none if it takes two or more.
func (t *truth) flips(root *compiler.Expr) []flip {
	if t.holds(root) {
		return nil
	}
	var out []flip
	for _, f := range t.towards(root, nil, true) {
		if !slices.Contains(out, f) && t.evaluator.HoldsIf(root, f.part, !f.holds, t.event) {
			out = append(out, f)
		}
	}
	return out
}

// towards returns the parts that would give a node a value that it does not have.
func (t *truth) towards(e, item *compiler.Expr, want bool) []flip {
	if e.Item != nil {
		item = e
	}
	switch {
	case e.Op == compiler.Leaf, e.Value != nil, e == item && e.Op == compiler.Or && want:
		return []flip{{e, item, !want}}
	case e.Op == compiler.Not:
		return t.towards(e.Args[0], item, !want)
	case (e.Op == compiler.And) == want: // all have to have it: one may lack it
		var lacking []*compiler.Expr
		for _, a := range e.Args {
			if t.holds(a) != want && !slices.Contains(lacking, a) {
				lacking = append(lacking, a)
			}
		}
		if len(lacking) != 1 {
			return nil
		}
		return t.towards(lacking[0], item, want)
	}
	var out []flip
	for _, a := range e.Args {
		out = append(out, t.towards(a, item, want)...)
	}
	return out
}

// tells counts the items of a rule that hold on the event and say something of it.
func (t *truth) tells(e *compiler.Expr) int {
	n := 0
	for _, a := range e.Args {
		n += t.tells(a)
	}
	if e.Item != nil && t.holds(e) {
		n++
	}
	return n
}
