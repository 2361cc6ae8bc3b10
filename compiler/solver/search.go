package solver

import (
	"cmp"
	"slices"

	"github.com/go-air/gini"
	"github.com/go-air/gini/z"

	"github.com/socctl/socctl/compiler"
)

// search is the boolean structure of formulas in the SAT solver, together with
// what fields have taught. Questions are assumptions, so that both are kept from
// one question to the next.
type search struct {
	sat       *gini.Gini
	gates     map[*Formula]z.Lit
	atoms     map[int]z.Lit
	truth     z.Lit
	lessons   []lesson
	selectors map[z.Lit]int    // of lessons
	pairs     map[identity]int // of values that were found to exclude each other
	variables int
}

// lesson is a clause: not all of the literals hold at once.
type lesson struct {
	selector z.Lit
	literals []literal
	domain   bool   // they do not within Options.Domain
	unknown  string // why it is not known whether they do; "" if it is proven that they do not
}

// maxVariables bounds what one SAT solver is asked about before a new one is made.
const maxVariables = 3_000

// Most questions are small, and one solver for each rule is many: the library's own
// guess of their size costs more than their answers. It grows as needed.
const (
	smallVariables = 24
	smallClauses   = 48
)

func newSearch() *search {
	s := &search{sat: gini.NewVc(smallVariables, smallClauses), gates: map[*Formula]z.Lit{}, atoms: map[int]z.Lit{}, selectors: map[z.Lit]int{}, pairs: map[identity]int{}}
	s.truth = s.variable()
	s.clause(s.truth)
	return s
}

func (s *search) variable() z.Lit {
	s.variables++
	return s.sat.Lit()
}

func (s *search) clause(lits ...z.Lit) {
	for _, l := range lits {
		s.sat.Add(l)
	}
	s.sat.Add(z.LitNull)
}

// gate returns the variable that is true exactly if a formula is.
func (s *search) gate(f *Formula) z.Lit {
	switch f.op {
	case compiler.Leaf:
		return s.atom(f.atom)
	case compiler.Not:
		return s.gate(f.args[0]).Not()
	}
	if g, known := s.gates[f]; known {
		return g
	}
	g, all := s.variable(), make([]z.Lit, 0, len(f.args)+1)
	for _, a := range f.args {
		l := s.gate(a)
		if f.op == compiler.And {
			l = l.Not()
		}
		all = append(all, l)
	}
	out := g // of an Or: true if any is
	if f.op == compiler.And {
		out = g.Not()
	}
	for _, l := range all {
		s.clause(l.Not(), out)
	}
	s.clause(append(all, out.Not())...)
	s.gates[f] = g
	return g
}

func (s *search) atom(n int) z.Lit {
	l, known := s.atoms[n]
	if !known {
		l = s.variable()
		s.atoms[n] = l
	}
	return l
}

func (s *search) literal(l literal) z.Lit {
	a := s.atom(l.atom)
	if !l.sign {
		a = a.Not()
	}
	return a
}

// learn adds a lesson.
func (s *search) learn(l lesson) {
	sel := s.variable()
	lits := []z.Lit{sel.Not()}
	for _, l := range l.literals {
		lits = append(lits, s.literal(l).Not())
	}
	s.clause(lits...)
	s.selectors[sel] = len(s.lessons)
	l.selector = sel
	s.lessons = append(s.lessons, l)
}

// solve looks for a model of f: boolean structure proposes which predicates
// hold, fields look for values, and where there are none, the structure learns it.
func (s *Solver) solve(f *Formula) Result {
	s.begin()
	j := justification{solver: s}
	if s.options.Like != nil {
		j.like = s.options.Like.read()
	}
	j.reset(nil)
	if j.want(f, true) {
		m, lessons, ok := s.fieldsOf(f, j.literals)
		if ok {
			return Result{Answer: Yes, Model: m}
		}
		for i := range lessons {
			if !j.chose && lessons[i].unknown == "" { // without alternatives there is nothing to search
				return Result{Answer: No, Conflicts: []Conflict{s.conflict(&lessons[i])}}
			}
		}
	}
	if s.search == nil || s.search.variables > maxVariables {
		s.search = newSearch()
	}
	sat := s.search
	root := sat.gate(f)
	for range s.options.Rounds {
		if s.stopped() {
			return Result{Reason: "it was stopped"}
		}
		sat.sat.Assume(root)
		for i := range sat.lessons {
			sat.sat.Assume(sat.lessons[i].selector)
		}
		switch sat.sat.Solve() {
		case -1:
			return s.refuted()
		case 0:
			return Result{Reason: "the boolean structure is too hard"}
		}
		j.reset(sat)
		if !j.want(f, true) {
			return Result{Reason: "internal: no justification"}
		}
		m, lessons, ok := s.fieldsOf(f, j.literals)
		if ok {
			return Result{Answer: Yes, Model: m}
		}
		for _, l := range lessons {
			sat.learn(l)
			s.exclude(l)
		}
	}
	return Result{Reason: "too many combinations"}
}

// refuted returns the result where boolean structure allows nothing any more.
func (s *Solver) refuted() Result {
	r := Result{Answer: No}
	for _, l := range s.search.sat.Why(nil) {
		n, isLesson := s.search.selectors[l]
		if !isLesson {
			continue
		}
		lesson := &s.search.lessons[n]
		if lesson.unknown != "" && s.stopped() {
			return Result{Reason: "it was stopped"}
		}
		if lesson.unknown != "" {
			return Result{Reason: lesson.unknown}
		}
		r.Conflicts = append(r.Conflicts, s.conflict(lesson))
	}
	slices.SortFunc(r.Conflicts, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(len(a.Literals), len(b.Literals)), cmp.Compare(a.Field, b.Field))
	})
	return r
}

func (s *Solver) conflict(l *lesson) Conflict {
	c := Conflict{Domain: l.domain}
	for _, l := range l.literals {
		c.Field = s.atoms[l.atom].predicate.Field
		c.Literals = append(c.Literals, Literal{s.atoms[l.atom].predicate, l.sign})
	}
	return c
}

// justification chooses literals that suffice to make a formula true: one
// argument of a disjunction, all of a conjunction.
type justification struct {
	solver   *Solver
	like     read    // whose choice comes first; nil for none
	sat      *search // whose values decide; nil to choose the first
	literals []literal
	signs    map[int]bool
	done     map[want]bool
	chose    bool // there were alternatives
}

type want struct {
	f    *Formula
	sign bool
}

func (j *justification) reset(sat *search) {
	j.sat, j.literals, j.chose = sat, j.literals[:0], false
	j.signs, j.done = map[int]bool{}, map[want]bool{}
}

// value reports whether a formula has a truth value in what was proposed.
func (j *justification) value(f *Formula, sign bool) bool {
	if j.sat == nil {
		return j.possible(f, sign, maxAhead)
	}
	return j.sat.sat.Value(j.sat.gate(f)) == sign
}

// maxAhead bounds how deep possible looks.
const maxAhead = 4

// possible reports whether nothing that was chosen keeps a formula from being true or
// false, as far as can be seen at little cost.
func (j *justification) possible(f *Formula, sign bool, ahead int) bool {
	switch {
	case f.op == compiler.Leaf:
		known, chosen := j.signs[f.atom]
		return !chosen || known == sign
	case ahead == 0:
		return true
	case f.op == compiler.Not:
		return j.possible(f.args[0], !sign, ahead)
	}
	all := (f.op == compiler.And) == sign
	for _, a := range f.args {
		if j.possible(a, sign, ahead-1) != all {
			return !all
		}
	}
	return all
}

// want makes a formula true or false; false if what was chosen before is against it.
func (j *justification) want(f *Formula, sign bool) bool {
	w := want{f, sign}
	if j.done[w] {
		return true
	}
	j.done[w] = true
	if f.op == compiler.Leaf {
		if known, chosen := j.signs[f.atom]; chosen {
			return known == sign
		}
		j.signs[f.atom] = sign
		j.literals = append(j.literals, literal{f.atom, sign})
		return true
	}
	if f.op == compiler.Not {
		return j.want(f.args[0], !sign)
	}
	if (f.op == compiler.And) == sign {
		for _, a := range f.args {
			if !j.want(a, sign) {
				return false
			}
		}
		return true
	}
	if a := j.choose(f.args, sign); a != nil {
		return j.want(a, sign)
	}
	return false
}

// choose returns the argument that is made true or false: one that is already,
// else the first that may be.
func (j *justification) choose(args []*Formula, sign bool) *Formula {
	j.chose = true
	for _, a := range args {
		if j.done[want{a, sign}] && j.value(a, sign) {
			return a
		}
	}
	if j.like != nil {
		for _, a := range args {
			if j.value(a, sign) && j.solver.holds(a, j.like) == sign {
				return a
			}
		}
	}
	for _, a := range args {
		if j.value(a, sign) {
			return a
		}
	}
	return nil
}
