// Package matcher is a placeholder until the real one is merged.
package matcher

import "github.com/socctl/socctl/compiler"

type Kind uint8

const (
	String Kind = iota
	Number
	Bool
	Composite
)

type Matcher struct {
	p      []compiler.Predicate
	atoms  []int32
	decide func(p *compiler.Predicate, kind Kind, text, folded string) bool
}

func New(predicates []compiler.Predicate, atoms []int32, decide func(p *compiler.Predicate, kind Kind, text, folded string) bool) *Matcher {
	return &Matcher{predicates, atoms, decide}
}

type Scratch struct{}

func (m *Matcher) Match(hits []int32, kind Kind, text string, s *Scratch) []int32 {
	folded := compiler.Fold(text)
	for _, a := range m.atoms {
		if m.decide(&m.p[a], kind, text, folded) {
			hits = append(hits, a)
		}
	}
	return hits
}
