package trust

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Way is one way of satisfying an expression: comparisons of which all have to
// hold, one of every list of alternatives.
type Way struct {
	Steps []Step
	Score float64 // of the hardest comparison of every field, added up; at most MaxScore
}

// Step is a comparison of a Way.
type Step struct {
	Leaf   *compiler.Expr
	Holds  bool          // false if it must not hold
	Value  *rules.Scalar // that it is written as; nil if the compiler made it
	Scored Grade         // zero if it must not hold, which costs nothing
}

// Class returns the class of the score.
func (w *Way) Class() logsource.Trust { return ClassOf(w.Score) }

// How says what to do to go that way, as imperatives. Steps that must not hold
// are left out.
func (w *Way) How() string {
	var parts []string
	for _, s := range w.Steps {
		if s.Holds && !slices.Contains(parts, s.Scored.How) {
			parts = append(parts, s.Scored.How)
		}
	}
	if len(parts) == 0 {
		return "do anything else"
	}
	return strings.Join(parts, ", and ")
}

// Anchor returns the step that is hardest to take, nil if none costs anything.
func (w *Way) Anchor() *Step {
	var best *Step
	for i := range w.Steps {
		if s := &w.Steps[i]; s.Scored.Score > 0 && (best == nil || s.Scored.Score > best.Scored.Score) {
			best = s
		}
	}
	return best
}

// MaxWays bounds the ways that Ways returns.
const MaxWays = 64

// maxCombined bounds the ways that are looked at for what must hold together.
const maxCombined = 4 * MaxWays * MaxWays

// Ways returns the ways of satisfying an expression of a rule, the easiest first;
// of equally easy ones that with fewer comparisons, then in the order of the
// rule. There may be more than are returned: then these are the easiest as far
// as parts were looked at on their own.
func (j *Judge) Ways(rule logsource.Logsource, p *compiler.Program, e *compiler.Expr) []Way {
	w := walker{judge: j, rule: rule, program: p}
	return w.ways(e, true, nil)
}

type walker struct {
	judge   *Judge
	rule    logsource.Logsource
	program *compiler.Program
}

func (w *walker) ways(e *compiler.Expr, wanted bool, value *rules.Scalar) []Way {
	if e.Value != nil {
		value = e.Value
	}
	switch {
	case e.Op == compiler.Leaf:
		s := Step{Leaf: e, Holds: wanted, Value: value}
		if wanted {
			s.Scored = w.judge.Grade(w.rule, &w.program.Predicates[e.Atom])
		}
		return []Way{{Steps: []Step{s}, Score: s.Scored.Score}}
	case e.Op == compiler.Not:
		return w.ways(e.Args[0], !wanted, value)
	case (e.Op == compiler.And) == wanted:
		all := []Way{{}}
		for _, arg := range e.Args {
			of := w.ways(arg, wanted, value)
			of = of[:min(len(of), max(1, maxCombined/len(e.Args)/max(1, len(all))))]
			all = easiest(combine(all, of))
		}
		return all
	}
	var any []Way
	for _, arg := range e.Args {
		any = append(any, w.ways(arg, wanted, value)...)
	}
	return easiest(any)
}

// combine goes every way of a and then every way of b.
func combine(a, b []Way) []Way {
	out := make([]Way, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			way := Way{Steps: slices.Concat(x.Steps, y.Steps)}
			way.Score = total(way.Steps)
			out = append(out, way)
		}
	}
	return out
}

// total adds up the hardest comparison of every field. Fields of which the table
// says nothing count as one.
func total(steps []Step) float64 {
	byField := map[string]float64{}
	for _, s := range steps {
		byField[s.key()] = max(byField[s.key()], s.Scored.Score)
	}
	sum := 0.0
	for _, s := range steps { // in order, so that sums are the same every time
		sum += byField[s.key()]
		byField[s.key()] = 0
	}
	return min(sum, MaxScore)
}

// key is the field of a step, "" for all that are unknown.
func (s *Step) key() string {
	if s.Scored.Class == logsource.Unknown {
		return ""
	}
	return s.Scored.Field
}

func easiest(ways []Way) []Way {
	slices.SortStableFunc(ways, func(a, b Way) int {
		return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(len(a.Steps), len(b.Steps)))
	})
	return ways[:min(len(ways), MaxWays)]
}
