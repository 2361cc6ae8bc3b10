package compiler

import (
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// CorrelationType says what a correlation computes over a window.
type CorrelationType uint8

// The types of correlations (D43, D44, D53).
const (
	EventCount      CorrelationType = iota // number of matches
	ValueCount                             // number of different values
	ValueSum                               // sum of numbers
	ValueAvg                               // mean of numbers
	ValuePercentile                        // percentile of numbers; the median is the 50th
	Temporal                               // which inputs matched
	TemporalOrdered                        // whether all inputs matched in their order
)

// String returns the name that rules use; a median is a percentile.
func (t CorrelationType) String() string {
	return [...]string{"event_count", "value_count", "value_sum", "value_avg", "value_percentile", "temporal", "temporal_ordered"}[t]
}

// Numeric reports whether the type computes on numbers, so that values that
// are none are left out.
func (t CorrelationType) Numeric() bool {
	return t == ValueSum || t == ValueAvg || t == ValuePercentile
}

// Correlation is a correlation of a Program.
type Correlation struct {
	ID    string // UUID, lower case; "" if it has none
	Title string
	Level string // "" if it has none
	Hash  string // as Rule.Hash; the hashes of the inputs are part of it

	Type       CorrelationType
	Inputs     []Input       // in the order of the document; never empty
	GroupBy    []string      // names of the parts of a group's key; nil for one group of everything
	Timespan   time.Duration // at least a second
	Compare    []Comparison  // all must hold for the value of the window; nil if Condition decides
	Condition  *InputExpr    // of Temporal without Compare: which inputs must have matched; nil otherwise
	Percentile float64       // of ValuePercentile, 0 to 100

	// AtClose is set if more events can make the condition false again. It is
	// then decided once per window, when the window closes: a timespan after
	// its first event (D52).
	AtClose bool

	// Alerts is not set for a correlation that only feeds others (D48).
	Alerts bool

	Source *rules.Correlation
}

// Input is what a correlation refers to: a rule or another correlation.
type Input struct {
	Rule        int      // index into Program.Rules, -1 if it is none
	Correlation int      // index into Program.Correlations, -1 if it is none
	GroupBy     []string // field of this input for each of the correlation's GroupBy
	Fields      []string // fields whose values are meant; nil for types that look at none
}

// Comparison compares the value of a window with a number.
type Comparison struct {
	Op    CompareOp
	Value Number
}

// CompareOp is the operator of a Comparison.
type CompareOp uint8

// The operators of comparisons.
const (
	GreaterThan CompareOp = iota
	AtLeast
	LessThan
	AtMost
	EqualTo
	NotEqualTo
)

// Holds reports whether x stands in the comparison.
func (c Comparison) Holds(x Number) bool {
	switch order := x.Compare(c.Value); c.Op {
	case GreaterThan:
		return order > 0
	case AtLeast:
		return order >= 0
	case LessThan:
		return order < 0
	case AtMost:
		return order <= 0
	case EqualTo:
		return order == 0
	default:
		return order != 0
	}
}

// InputExpr is a boolean expression over the inputs of a correlation.
type InputExpr struct {
	Op    ExprOp // And, Or, Not, or Leaf for the input
	Args  []*InputExpr
	Input int // of a Leaf: index into Correlation.Inputs
}

// Holds evaluates the expression, given which inputs have matched.
func (e *InputExpr) Holds(matched func(input int) bool) bool {
	switch e.Op {
	case Leaf:
		return matched(e.Input)
	case Not:
		return !e.Args[0].Holds(matched)
	}
	for _, arg := range e.Args {
		if arg.Holds(matched) == (e.Op == Or) {
			return e.Op == Or
		}
	}
	return e.Op == And
}

// monotone reports whether more matches can never make the expression false.
func (e *InputExpr) monotone() bool {
	if e.Op == Not {
		return false
	}
	for _, arg := range e.Args {
		if !arg.monotone() {
			return false
		}
	}
	return true
}

// String writes the expression with the numbers of the inputs.
func (e *InputExpr) String() string {
	if e.Op == Leaf {
		return strconv.Itoa(e.Input)
	}
	parts := make([]string, len(e.Args))
	for i, arg := range e.Args {
		parts[i] = arg.String()
	}
	return [...]string{And: "and", Or: "or", Not: "not"}[e.Op] + "(" + strings.Join(parts, ", ") + ")"
}
