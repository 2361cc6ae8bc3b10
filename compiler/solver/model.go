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

// read is a Model with its texts folded, once for all predicates.
type read map[string]readField

type readField struct {
	null  bool
	texts []foldedText
}

// foldedText is a text and its compiler.Fold.
type foldedText struct{ raw, folded string }

func fold(text string) foldedText { return foldedText{text, compiler.Fold(text)} }

func (m Model) read() read {
	out := make(read, len(m))
	for name, f := range m {
		r := readField{null: f.Null, texts: make([]foldedText, len(f.Texts))}
		for i, t := range f.Texts {
			r.texts[i] = fold(t)
		}
		out[name] = r
	}
	return out
}

// holds decides a formula on a model by the meaning of its predicates.
func (s *Solver) holds(f *Formula, m read) bool {
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

func (s *Solver) atomHolds(a *atom, m read) bool {
	p := a.predicate
	if p.Field == "" {
		for _, f := range m {
			if acceptsAny(p, f.texts) {
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
		return !present || f.null
	case compiler.OpFieldRef:
		return refersAny(p, f.texts, m[p.Ref].texts)
	}
	return acceptsAny(p, f.texts)
}

func acceptsAny(p *compiler.Predicate, texts []foldedText) bool {
	for i := range texts {
		if accepts(p, texts[i]) {
			return true
		}
	}
	return false
}

// accepts decides a predicate on a string.
func accepts(p *compiler.Predicate, text foldedText) bool {
	return p.Accepts(compiler.StringKind, text.raw, text.folded)
}

func refersAny(p *compiler.Predicate, texts, others []foldedText) bool {
	for _, t := range texts {
		for _, o := range others {
			if p.Cased && p.Refers(t.raw, o.raw) || !p.Cased && p.Refers(t.folded, o.folded) {
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

// Holds reports whether a model satisfies a formula, by the meaning of its
// predicates.
func (s *Solver) Holds(f *Formula, m Model) bool { return s.holds(f, m.read()) }
