package solver

import (
	"slices"

	"github.com/socctl/socctl/compiler"
)

// text finds one text that satisfies the wanted literals, what holds of the
// field's domain, and none of the refused ones; or a core of them that no text
// satisfies. If any are wanted, one of them is in the core: without it there need
// not be a text.
func (s *Solver) text(n int, wanted, refused, domain []literal) outcome {
	out := s.anyText(n, wanted, refused, domain)
	if out.core != nil && len(wanted) > 0 && !slices.ContainsFunc(out.core, func(l literal) bool { return slices.Contains(wanted, l) }) {
		out.core = append(out.core, wanted[0])
	}
	return out
}

func (s *Solver) anyText(n int, wanted, refused, domain []literal) outcome {
	q := question{solver: s, wanted: s.textual(wanted), refused: refused, domain: domain}
	q.all = slices.Concat(q.wanted, domain)
	if text, ok := q.guess(s.fields[n]); ok {
		return outcome{present: true, value: Field{Texts: []string{text}}}
	}
	if core := q.scalarConflict(); core != nil {
		return q.conflict(core)
	}
	if core := q.pairConflict(); core != nil {
		return q.conflict(core)
	}
	return q.decide()
}

// textual leaves out what says only that there is a text.
func (s *Solver) textual(literals []literal) []literal {
	return slices.DeleteFunc(slices.Clone(literals), func(l literal) bool { return s.atoms[l.atom].ref >= 0 })
}

// question is what is asked about the text of one field.
type question struct {
	solver                       *Solver
	wanted, refused, domain, all []literal // all is wanted and domain
}

// conflict returns a core as an outcome, without the literals of the domain.
func (q *question) conflict(core []literal) outcome {
	out := outcome{core: make([]literal, 0, len(core))}
	for _, l := range core {
		if l.sign && slices.Contains(q.domain, l) && !slices.Contains(q.wanted, l) {
			out.domain = true
		} else {
			out.core = append(out.core, l)
		}
	}
	return out
}

// broken returns the first literal that a text does not satisfy.
func (q *question) broken(text string) (literal, bool) {
	t := fold(text)
	for _, ls := range [][]literal{q.all, q.refused} {
		for _, l := range ls {
			p := q.solver.atoms[l.atom].predicate
			if p.Op == compiler.OpRegex {
				q.solver.spent += len(text)
			}
			if accepts(p, t) != l.sign {
				return l, true
			}
		}
	}
	return literal{}, false
}

// machines returns the automata of literals; false if one has none, or one that
// is refused accepts too much.
func (q *question) machines(literals []literal) ([]*machine, bool) {
	out := make([]*machine, 0, len(literals))
	for _, l := range literals {
		m := q.solver.machine(l.atom)
		if m == nil || !l.sign && !m.exact {
			return nil, false
		}
		out = append(out, m)
	}
	return out, true
}

// pairConflict looks for two literals that no text satisfies. Most conflicts are
// of this kind, and it is the one that people understand. It is not looked for longer
// than leaves half of the effort to what comes after it.
func (q *question) pairConflict() []literal {
	keep := q.solver.left() / 2
	for i, a := range q.all {
		for _, b := range q.all[:i] {
			if q.solver.left() >= keep && q.solver.clash(a, b) {
				return []literal{b, a}
			}
		}
	}
	for _, a := range q.all {
		for _, r := range q.refused {
			if q.solver.left() >= keep && q.solver.clash(a, r) {
				return []literal{a, r}
			}
		}
	}
	return nil
}

// clash reports whether it is known that no text satisfies two literals, of which
// the first is wanted.
func (s *Solver) clash(a, b literal) bool {
	if easy, sat := s.simplePair(a, b); easy {
		return !sat
	}
	key := pairKey(a, b)
	if known, ok := s.clashes[key]; ok {
		return known
	}
	if len(s.clashes) > maxLearnt {
		clear(s.clashes)
	}
	result := s.clashing(a, b)
	if result || s.left() > 0 {
		s.clashes[key] = result
	}
	return result
}

func pairKey(a, b literal) [2]int {
	code := func(l literal) int {
		if l.sign {
			return 2*l.atom + 1
		}
		return 2 * l.atom
	}
	return [2]int{code(a), code(b)}
}

func (s *Solver) clashing(a, b literal) bool {
	q := question{solver: s, wanted: []literal{a}, all: []literal{a}}
	if b.sign {
		q.wanted, q.all = append(q.wanted, b), append(q.all, b)
	} else {
		q.refused = []literal{b}
	}
	if _, ok := q.guess(""); ok {
		return false
	}
	if q.scalarConflict() != nil {
		return true
	}
	wanted, ok1 := q.machines(q.all)
	refused, ok2 := q.machines(q.refused)
	if !ok1 || !ok2 {
		return false
	}
	_, v := s.product(wanted, refused)
	return v == empty
}

// maxCandidates bounds the texts that are tried, and maxActive the refused
// literals that a text has to be kept from at the same time.
const (
	maxCandidates = 96
	maxActive     = 64
)

// decide builds automata. Refused literals are taken into account one by one, as
// texts are found that they refuse.
func (q *question) decide() outcome {
	s := q.solver
	wanted, ok := q.machines(q.all)
	if !ok {
		return outcome{unknown: "no automaton for " + q.without(q.all)}
	}
	var active []literal
	for len(active) < maxActive {
		refused, _ := q.machines(active)
		text, v := s.product(wanted, refused)
		switch v {
		case tooLarge:
			return outcome{unknown: "too many states for " + s.describe(slices.Concat(q.all, active))}
		case empty:
			return q.conflict(q.minimal(slices.Concat(q.all, active)))
		}
		broken, isBroken := q.broken(text)
		switch {
		case !isBroken:
			return outcome{present: true, value: Field{Texts: []string{text}}}
		case broken.sign || slices.Contains(active, broken):
			return q.enumerate()
		}
		if m := s.machine(broken.atom); m == nil || !m.exact {
			return q.enumerate()
		}
		active = append(active, broken)
	}
	return outcome{unknown: "too many exclusions for " + s.describe(q.all)}
}

// without names the literals that have no automaton.
func (q *question) without(literals []literal) string {
	var out []literal
	for _, l := range literals {
		if q.solver.machine(l.atom) == nil {
			out = append(out, l)
		}
	}
	return q.solver.describe(out)
}

// minimal leaves out of a core what it does not need.
func (q *question) minimal(core []literal) []literal {
	for i := len(core) - 1; i >= 0 && len(core) > 1; i-- {
		rest := slices.Delete(slices.Clone(core), i, i+1)
		var wanted, refused []literal
		for _, l := range rest {
			if l.sign {
				wanted = append(wanted, l)
			} else {
				refused = append(refused, l)
			}
		}
		w, _ := q.machines(wanted)
		r, _ := q.machines(refused)
		if _, v := q.solver.product(w, r); v == empty {
			core = rest
		}
	}
	return core
}
