package logic

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// compiled returns the compiled correlation of a pass, nil if there is none.
func compiled(p *lint.Pass) *compiler.Correlation {
	if p.Correlation == nil || p.Corpus.Program == nil {
		return nil
	}
	for _, c := range p.Corpus.Program.Correlations {
		if c.Source == p.Correlation || c.Source.Span == p.Correlation.Span {
			return c
		}
	}
	return nil
}

// pin is a value that a field must have for a rule to fire.
type pin struct {
	text string
	at   rules.Span
}

// pinned returns the values of which one must be that of a field for a rule to
// fire; false if there is no such list. It is proven for events whose fields hold
// one value.
func pinned(p *lint.Pass, r *compiler.Rule, field string) (pins []pin, ok bool) {
	if strings.Contains(field, ".") { // of a nested object, so often of several
		return nil, false
	}
	predicates := p.Corpus.Program.Predicates
	seen := map[int]bool{}
	var leaves []*compiler.Expr
	r.Expr.Each(func(leaf *compiler.Expr) {
		predicate := &predicates[leaf.Atom]
		text, exact := exactly(predicate)
		if predicate.Field != field || !exact || seen[leaf.Atom] {
			return
		}
		seen[leaf.Atom] = true
		v := pin{text: text}
		if leaf.Value != nil {
			v = pin{leaf.Value.Text, leaf.Value.Span}
		}
		pins, leaves = append(pins, v), append(leaves, leaf)
	})
	if len(leaves) == 0 {
		return nil, false
	}
	s := solver.New(solver.Options{})
	rule := s.Formula(p.Corpus.Program, r.Expr)
	var values []*solver.Formula
	for _, leaf := range leaves {
		values = append(values, s.Formula(p.Corpus.Program, leaf))
	}
	if s.Implies(rule, s.Or(values...)).Answer != solver.Yes {
		return nil, false
	}
	for i, value := range slices.Backward(values) { // without those of exclusions
		if s.Disjoint(rule, value).Answer == solver.Yes {
			pins = slices.Delete(pins, i, i+1)
		}
	}
	return pins, true
}

// exactly returns the one value that a predicate accepts, letter case aside.
func exactly(p *compiler.Predicate) (string, bool) {
	switch p.Op {
	case compiler.OpNumber:
		return p.Number.String(), true
	case compiler.OpText:
		anchor, texts, ok := p.Pattern.Simple()
		if ok && anchor == compiler.Whole && len(texts) == 1 {
			return texts[0], true
		}
	}
	return "", false
}

// pinnedBy returns the values of which one must be that of a field, given for each
// input of a correlation; false if some input leaves it open.
func pinnedBy(p *lint.Pass, c *compiler.Correlation, field func(in *compiler.Input) string) ([]pin, bool) {
	var out []pin
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if in.Rule < 0 {
			return nil, false
		}
		pins, ok := pinned(p, p.Corpus.Program.Rules[in.Rule], field(in))
		if !ok {
			return nil, false
		}
		for _, v := range pins {
			if !slices.ContainsFunc(out, func(o pin) bool { return strings.EqualFold(o.text, v.text) }) {
				out = append(out, v)
			}
		}
	}
	return out, len(out) > 0
}

const unlessSpelt = ", unless it holds several values at once, or differs in spelling"
