package proof

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// event is a model whose texts are folded once. It only proposes what may be
// proven: nothing rests on what is evaluated here.
type event struct {
	predicates []compiler.Predicate
	fields     map[string]texts
}

type texts struct {
	null          bool
	texts, folded []string
}

func newEvent(p *compiler.Program, m solver.Model) *event {
	e := &event{predicates: p.Predicates, fields: make(map[string]texts, len(m))}
	for name, f := range m {
		t := texts{null: f.Null, texts: f.Texts}
		for _, text := range f.Texts {
			t.folded = append(t.folded, compiler.Fold(text))
		}
		e.fields[name] = t
	}
	return e
}

// holds decides an expression.
func (e *event) holds(x *compiler.Expr) bool {
	switch x.Op {
	case compiler.Leaf:
		return e.leaf(&e.predicates[x.Atom])
	case compiler.Not:
		return !e.holds(x.Args[0])
	}
	for _, arg := range x.Args {
		if e.holds(arg) == (x.Op == compiler.Or) {
			return x.Op == compiler.Or
		}
	}
	return x.Op == compiler.And
}

func (e *event) leaf(p *compiler.Predicate) bool {
	if p.Field == "" {
		for _, f := range e.fields {
			if f.any(p) {
				return true
			}
		}
		return false
	}
	f, present := e.fields[p.Field]
	switch p.Op {
	case compiler.OpExists:
		return present == p.Bool
	case compiler.OpNull:
		return !present || f.null
	case compiler.OpFieldRef:
		return f.refers(p, e.fields[p.Ref])
	}
	return f.any(p)
}

func (f *texts) any(p *compiler.Predicate) bool {
	for i, text := range f.texts {
		if p.Accepts(compiler.StringKind, text, f.folded[i]) {
			return true
		}
	}
	return false
}

func (f *texts) refers(p *compiler.Predicate, other texts) bool {
	own, others := f.folded, other.folded
	if p.Cased {
		own, others = f.texts, other.texts
	}
	for _, a := range own {
		for _, b := range others {
			if p.Refers(a, b) {
				return true
			}
		}
	}
	return false
}

// sortedFields returns the names of a model's fields.
func sortedFields(m solver.Model) []string { return slices.Sorted(maps.Keys(m)) }
