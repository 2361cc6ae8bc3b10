package witness

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
)

// Miss is an event on which one part of a rule alone decides: the rule does not
// match it, and would if that part were the other way round.
type Miss struct {
	Part  *compiler.Expr // with its Selection, Item or Filter
	Holds bool           // whether the part holds on the event; of what is wanted false, of an exclusion true
	Event *Event         // nil with Err
	Err   error          // why there is no event; ErrNone says that the part never decides
}

// NearMisses returns a miss for each part of a rule: items and selections that it
// wants, and what it excludes. Parts that stand inside another one that has a single
// part are left out, and alternatives within an item.
func (m *Maker) NearMisses(r *compiler.Rule) []Miss {
	var like map[string][]string
	if e, err := m.Matching(r); err == nil {
		like = e.texts()
	}
	var out []Miss
	for _, p := range partsOf(r.Expr) {
		e, err := m.find(m.missing(r, p, like))
		out = append(out, Miss{Part: p.expr, Holds: !p.wanted, Event: e, Err: err})
	}
	return out
}

// missing asks for an event that only one part keeps from matching.
func (m *Maker) missing(r *compiler.Rule, p part, like map[string][]string) *request {
	return &request{maker: m, rule: r, like: like,
		wanted: func(s *solver.Solver) *solver.Formula {
			f := s.Formula(m.program, p.expr)
			if p.wanted {
				f = s.Not(f)
			}
			return s.And(f, s.Not(s.Formula(m.program, r.Expr)), s.Replaced(m.program, r.Expr, p.expr, p.wanted))
		},
		never: func(e evaluator.Event) bool { return m.evaluator.Holds(r.Expr, e) },
		shows: func(e evaluator.Event) bool {
			return m.evaluator.Holds(p.expr, e) != p.wanted && !m.evaluator.Holds(r.Expr, e) &&
				m.evaluator.HoldsIf(r.Expr, p.expr, p.wanted, e)
		}}
}

// part is a node of a rule's expression, and what the rule wants of it.
type part struct {
	expr   *compiler.Expr
	wanted bool
}

// partsOf lists the parts of an expression that a person would name.
func partsOf(root *compiler.Expr) []part {
	var out []part
	var walk func(e *compiler.Expr, wanted bool)
	walk = func(e *compiler.Expr, wanted bool) {
		if slices.ContainsFunc(out, func(p part) bool { return p.expr == e }) {
			return
		}
		switch {
		case e.Item != nil || e.Filter != nil || e.Op == compiler.Leaf:
			out = append(out, part{e, wanted})
		case e.Op == compiler.Not:
			walk(e.Args[0], !wanted)
		case e.Selection != nil && (!wanted || e.Op == compiler.Or):
			out = append(out, part{e, wanted})
		default:
			for _, a := range e.Args {
				walk(a, wanted)
			}
		}
	}
	walk(root, true)
	return out
}

// texts returns what the fields of an event hold, to keep it in another one.
func (e *Event) texts() map[string][]string {
	out := map[string][]string{}
	for _, name := range e.Decisive {
		v, ok := evaluator.Lookup(e.Value, name)
		if !ok {
			continue
		}
		if v.Kind() != evaluator.List {
			out[name] = []string{v.Text()}
			continue
		}
		for _, item := range v.Items() {
			out[name] = append(out[name], item.Text())
		}
	}
	return out
}
