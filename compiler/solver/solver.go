package solver

import (
	"github.com/socctl/socctl/compiler"
)

// Options say which events a Solver considers. The zero value is for events of
// which every field holds at most one value, without bounds but the built-in ones.
type Options struct {
	// Lists allows a field to hold several values at once, of which different
	// ones may satisfy different predicates.
	Lists bool

	// Several reports whether a field may hold several values although Lists is not
	// set; nil for none.
	Several func(field string) bool

	// Domain returns predicates that every value of a field satisfies, such as
	// that a path is absolute; nil for none. An answer may then rest on them.
	Domain func(field string) []compiler.Predicate

	// Prefer returns values of a field to try first in a model; nil for none.
	Prefer func(field string) []string

	// Like is an event that models should differ from as little as is easy; nil for
	// none.
	Like Model

	// Spell returns how a folded text is usually written, so that models are
	// readable; nil leaves it to the solver.
	Spell func(folded string) string

	// States bounds the states of an automaton for one question about one field,
	// Rounds how often boolean structure and fields are played against each other.
	// Zero means the default of each.
	States, Rounds int

	// Stop is asked now and then whether to give up: answers that are not known yet
	// are Unknown then. For a context it is func() bool { return ctx.Err() != nil }.
	// Nil never stops; a question ends by itself too, for its work is bounded.
	Stop func() bool
}

// several reports whether a field may hold several values at once.
func (s *Solver) several(field string) bool {
	return s.options.Lists || s.options.Several != nil && s.options.Several(field)
}

const (
	defaultStates = 20_000
	defaultRounds = 4_000
)

// Solver answers questions about formulas. It is for one goroutine.
type Solver struct {
	options Options

	atoms        []atom
	fields       []string
	fieldNumbers map[string]int
	leaves       map[string]*Formula // by the text of a predicate
	known        map[*compiler.Expr]*Formula
	negations    map[*Formula]*Formula
	nodes        int

	search  *search
	learnt  map[string]outcome // of fields, by their literals
	clashes map[[2]int]bool    // of two literals of one field
	domains map[int][]literal  // of a field, made from Options.Domain

	spent, limit int // see begin
}

// New returns a Solver without any formulas.
func New(o Options) *Solver {
	if o.States == 0 {
		o.States = defaultStates
	}
	if o.Rounds == 0 {
		o.Rounds = defaultRounds
	}
	return &Solver{options: o, fieldNumbers: map[string]int{}, leaves: map[string]*Formula{}, known: map[*compiler.Expr]*Formula{},
		negations: map[*Formula]*Formula{}, learnt: map[string]outcome{}, clashes: map[[2]int]bool{}, domains: map[int][]literal{}}
}

// Answer is what is known about a question.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// String returns unknown, no or yes.
func (a Answer) String() string { return [...]string{"unknown", "no", "yes"}[a] }

// Result is the answer to a question and what shows it.
type Result struct {
	Answer Answer
	// Model is an event that shows it: that satisfies the condition, or refutes
	// the implication. It is nil if the answer is a proof, or unknown.
	Model Model
	// Conflicts are what a proof rests on besides the structure of the
	// conditions: predicates of one field that cannot hold together.
	Conflicts []Conflict
	// Reason says why the answer is unknown, in a phrase; "" otherwise.
	Reason string
}

// Conflict is a set of literals of one field that no value satisfies.
type Conflict struct {
	Field    string
	Literals []Literal // of the formulas, without those of the domain
	Domain   bool      // the conflict exists only within Options.Domain
}

// Literal is a predicate that holds, or does not.
type Literal struct {
	Predicate *compiler.Predicate
	Holds     bool
}

// Satisfiable asks whether an event satisfies f: Yes with a model, or No.
func (s *Solver) Satisfiable(f *Formula) Result { return s.solve(f) }

// Implies asks whether every event that satisfies a satisfies b: Yes, or No with
// an event that satisfies a and not b.
func (s *Solver) Implies(a, b *Formula) Result { return reversed(s.solve(s.And(a, s.Not(b)))) }

// Disjoint asks whether no event satisfies both: Yes, or No with one that does.
func (s *Solver) Disjoint(a, b *Formula) Result { return reversed(s.solve(s.And(a, b))) }

// Equivalent asks whether a and b hold on the same events: Yes, or No with an
// event on which they differ.
func (s *Solver) Equivalent(a, b *Formula) Result {
	forth := s.Implies(a, b)
	if forth.Answer != Yes {
		if forth.Answer == Unknown {
			if back := s.Implies(b, a); back.Answer == No {
				return back
			}
		}
		return forth
	}
	back := s.Implies(b, a)
	back.Conflicts = append(forth.Conflicts, back.Conflicts...)
	return back
}

// reversed turns the answer whether a counterexample exists into a proof.
func reversed(r Result) Result {
	switch r.Answer {
	case Yes:
		r.Answer = No
	case No:
		r.Answer = Yes
	}
	return r
}
