package adequacy

import (
	"errors"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules/logsource"
)

// Mutation is what the tests of one rule made of its mutants.
type Mutation struct {
	Rule       *compiler.Rule
	Tests      int // that passed
	Mutants    int // all
	Killed     int // some test would not pass any more
	Equivalent int // proven to match the same events of the rule's logsource
	Survivors  []Survivor
}

// Survivor is a mutant that no test noticed.
type Survivor struct {
	Mutant
	// Event would kill it: the rule and the mutant differ on it. It is nil if none was
	// found, and Reason says why.
	Event   *witness.Event
	Matches bool // whether the rule matches Event; the mutant does the opposite
	Reason  string
}

// MutationCounts are numbers of mutants.
type MutationCounts struct {
	Mutants    int `json:"mutants"`
	Killed     int `json:"killed"`
	Survived   int `json:"survived"`
	Undecided  int `json:"undecided"`  // of Survived: without an event that would kill it
	Equivalent int `json:"equivalent"` // proven; they count neither way
}

// Score returns how many of the mutants that are not equivalent were killed, in
// percent; 100 if there is none.
func (c *MutationCounts) Score() float64 {
	if c.Killed+c.Survived == 0 {
		return 100
	}
	return 100 * float64(c.Killed) / float64(c.Killed+c.Survived)
}

// Counts returns the numbers of a rule.
func (m *Mutation) Counts() MutationCounts {
	c := MutationCounts{Mutants: m.Mutants, Killed: m.Killed, Survived: len(m.Survivors), Equivalent: m.Equivalent}
	for i := range m.Survivors {
		c.Undecided += count(m.Survivors[i].Event == nil)
	}
	return c
}

// Sum adds up the counts of rules.
func Sum(all []Mutation) MutationCounts {
	var out MutationCounts
	for i := range all {
		c := all[i].Counts()
		out.Mutants += c.Mutants
		out.Killed += c.Killed
		out.Survived += c.Survived
		out.Undecided += c.Undecided
		out.Equivalent += c.Equivalent
	}
	return out
}

// Mutate tries the mutants of subjects of a program with a number of workers.
// Subjects without tests are left out. A nil table is the built-in one.
func Mutate(p *compiler.Program, subjects []Subject, jobs int, table *logsource.Table) []Mutation {
	if table == nil {
		table = logsource.Default()
	}
	all := newMutants(p)
	var tested []Subject
	var made [][]Mutant
	for _, s := range subjects {
		if len(s.Tests) > 0 {
			tested, made = append(tested, s), append(made, all.of(s.Rule))
		}
	}
	out := make([]Mutation, len(tested))
	each(len(tested), jobs, func() func(int) {
		w := &surgeon{evaluator.New(all.program), witness.NewMaker(all.program, table), sight{evaluator.New(all.program), telemetry.NewNormaliser(table)}}
		return func(i int) { out[i] = w.try(tested[i], made[i]) }
	})
	return out
}

// surgeon tries mutants. It is for one goroutine.
type surgeon struct {
	evaluator *evaluator.Evaluator
	maker     *witness.Maker
	sight     sight
}

func (w *surgeon) try(s Subject, mutants []Mutant) Mutation {
	out := Mutation{Rule: s.Rule, Tests: len(s.Tests), Mutants: len(mutants)}
	like := s.example()
	for _, m := range mutants {
		if w.kills(s, m) {
			out.Killed++
			continue
		}
		survivor, equivalent := w.difference(m, like)
		if equivalent {
			out.Equivalent++
			continue
		}
		out.Survivors = append(out.Survivors, survivor)
	}
	return out
}

// kills reports whether a test would not pass any more.
func (w *surgeon) kills(s Subject, m Mutant) bool {
	for _, t := range s.Tests {
		if !t.Passes(w.evaluator, m.Expr) {
			return true
		}
	}
	return false
}

// difference looks for an event on which a mutant differs from its rule.
func (w *surgeon) difference(m Mutant, like evaluator.Event) (s Survivor, equivalent bool) {
	s.Mutant = m
	e, err := w.maker.Differing(m.Rule, m.Expr, like)
	if err != nil {
		s.Reason = err.Error()
		return s, errors.Is(err, witness.ErrNone)
	}
	s.Event, s.Matches = e, w.sight.matches(m.Rule, e.Value)
	return s, false
}
