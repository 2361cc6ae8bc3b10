package backtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Levels are those of rules, the most severe first.
var Levels = []string{"critical", "high", "medium", "low", "informational"}

// AllRules is the name of the budget for the alerts of all rules together.
const AllRules = "total"

// Budget is how many alerts a day each rule of a level may raise, or all rules
// together.
type Budget struct {
	Level  string  `json:"level"` // or total
	PerDay float64 `json:"per_day"`
}

// Verified says whether a budget is kept.
type Verified struct {
	PerDay float64 `json:"per_day"`
	State  State   `json:"state"`
}

// State says what an interval says about a budget.
type State string

// The states of budgets.
const (
	Within    State = "within"    // the interval ends below the budget
	Undecided State = "undecided" // the budget lies in the interval: too little was recorded to tell
	Exceeded  State = "exceeded"  // the interval begins above the budget
)

// verify compares a rate with a budget; nil if one of them is not there.
func verify(budgets []Budget, level string, r *Rate) *Verified {
	i := slices.IndexFunc(budgets, func(b Budget) bool { return b.Level == level })
	if i < 0 || r == nil {
		return nil
	}
	v := &Verified{PerDay: budgets[i].PerDay, State: Undecided}
	switch {
	case r.Lower > v.PerDay:
		v.State = Exceeded
	case r.Upper <= v.PerDay:
		v.State = Within
	}
	return v
}

// ParseBudget reads a budget such as 5/day, 1/week or 0.5; a number alone is per day.
func ParseBudget(level, text string) (Budget, error) {
	if level != AllRules && !slices.Contains(Levels, level) {
		return Budget{}, fmt.Errorf("there is no level %s: known are %s and %s", level, strings.Join(Levels, ", "), AllRules)
	}
	number, unit, per := strings.Cut(text, "/")
	if !per {
		unit = "day"
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	days := map[string]float64{"hour": 1.0 / 24, "day": 1, "week": 7, "month": 30}[strings.TrimSpace(unit)]
	if err != nil || days == 0 || n < 0 || n > 1e9 || n != n {
		return Budget{}, fmt.Errorf("a budget is a number of alerts per hour, day, week or month, such as 5/day, not %s", strconv.Quote(text))
	}
	return Budget{level, n / days}, nil
}

// ParseBudgets reads the section budgets: of a configuration; nil has none.
func ParseBudgets(n *rules.Node) ([]Budget, rules.Diagnostics) {
	if n == nil {
		return nil, nil
	}
	var out []Budget
	var diags rules.Diagnostics
	report := func(at rules.Span, err error) {
		diags = append(diags, rules.Diagnostic{Code: "config/budget", Severity: rules.Error, Span: at, Message: err.Error()})
	}
	for _, e := range n.Entries {
		if e.Value.Kind != rules.ScalarNode {
			report(e.Value.Span, fmt.Errorf("the budget of %s is a number per hour, day, week or month, such as 5/day", e.Key.Text))
			continue
		}
		b, err := ParseBudget(e.Key.Text, e.Value.Scalar.Text)
		switch {
		case err != nil && b.Level == "" && e.Key.Text != AllRules && !slices.Contains(Levels, e.Key.Text):
			report(e.Key.Span, err)
		case err != nil:
			report(e.Value.Span, err)
		default:
			out = append(out, b)
		}
	}
	sortBudgets(out)
	return out, diags
}

// MergeBudgets returns budgets of which others replace those of the same level.
func MergeBudgets(budgets, others []Budget) []Budget {
	out := slices.Clone(budgets)
	for _, b := range others {
		out = slices.DeleteFunc(out, func(o Budget) bool { return o.Level == b.Level })
		out = append(out, b)
	}
	sortBudgets(out)
	return out
}

func sortBudgets(budgets []Budget) {
	order := append(slices.Clone(Levels), AllRules)
	slices.SortFunc(budgets, func(a, b Budget) int { return slices.Index(order, a.Level) - slices.Index(order, b.Level) })
}
