package solver

import (
	"strings"

	"github.com/socctl/socctl/compiler"
)

// Model is an event: the fields that it has, by name. A field that is not in it
// is absent.
type Model map[string]Field

// Field is what a field of a Model holds. The name "" stands for a value of any
// other field, for keywords.
type Field struct {
	Null  bool     // null is among the values
	Texts []string // strings; several make a list
}

// holds decides a formula on a model by the meaning of its predicates.
func (s *Solver) holds(f *Formula, m Model) bool {
	switch f.op {
	case compiler.Leaf:
		return s.atomHolds(&s.atoms[f.atom], m)
	case compiler.Not:
		return !s.holds(f.args[0], m)
	case compiler.And:
		for _, a := range f.args {
			if !s.holds(a, m) {
				return false
			}
		}
		return true
	}
	for _, a := range f.args {
		if s.holds(a, m) {
			return true
		}
	}
	return false
}

func (s *Solver) atomHolds(a *atom, m Model) bool {
	p := a.predicate
	if p.Field == "" {
		for _, f := range m {
			if acceptsAny(p, f.Texts) {
				return true
			}
		}
		return false
	}
	f, present := m[p.Field]
	switch p.Op {
	case compiler.OpExists:
		return present == p.Bool
	case compiler.OpNull:
		return !present || f.Null
	case compiler.OpFieldRef:
		return refersAny(p, f.Texts, m[p.Ref].Texts)
	}
	return acceptsAny(p, f.Texts)
}

func acceptsAny(p *compiler.Predicate, texts []string) bool {
	for _, t := range texts {
		if accepts(p, t) {
			return true
		}
	}
	return false
}

// accepts decides a predicate on a string.
func accepts(p *compiler.Predicate, text string) bool {
	folded := ""
	if p.Op == compiler.OpText && !p.Pattern.Cased() {
		folded = compiler.Fold(text)
	}
	return p.Accepts(compiler.StringKind, text, folded)
}

func refersAny(p *compiler.Predicate, texts, others []string) bool {
	for _, t := range texts {
		for _, o := range others {
			a, b := t, o
			if !p.Cased {
				a, b = compiler.Fold(t), compiler.Fold(o)
			}
			if p.Refers(a, b) {
				return true
			}
		}
	}
	return false
}

// spell returns a folded text as it is usually written: in lower case, where
// that means the same.
func (s *Solver) spell(folded string) string {
	if s.options.Spell != nil {
		if spelt := s.options.Spell(folded); compiler.Fold(spelt) == folded {
			return spelt
		}
	}
	if lower := strings.ToLower(folded); compiler.Fold(lower) == folded {
		return lower
	}
	return folded
}
