package lifecycle

import (
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/rules"
)

// Input is what rules are judged by. All of it is of the same rules.
type Input struct {
	Program  *compiler.Program
	Health   *health.Report
	Replay   *backtest.Result // that Health is of; nil without one
	Tests    map[string]Tests // by path and line of the rule, see health.PlaceOf
	Covers   []Cover
	Criteria Criteria
	Now      time.Time
	// Correlations are all of the set, also those with errors, which Program has not: what
	// they refer to is needed.
	Correlations []*rules.Correlation
}

// Tests are what the tests of a rule show.
type Tests struct {
	Passed    int // that want a match, and pass
	Negatives int // that want none, and pass
	Failed    int // that do not pass, for whatever reason
	// Decisive is the percentage of the rule's parts that the tests show to decide; nil
	// if that is not measured, as of a correlation.
	Decisive *float64
}

// Cover says that one rule is proven to match every event that another one matches.
type Cover struct {
	Narrow, Wide *compiler.Rule
	Same         bool // and the other way round
	Sure         bool // also where fields hold several values
}

// TestsOf sums up a run of tests with ruletest.RunOptions.Keep, and what was measured
// of them.
func TestsOf(r *ruletest.Result, covered []adequacy.Coverage) map[string]Tests {
	out := map[string]Tests{}
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Case.Rule == nil {
			continue
		}
		place := health.PlaceOf(c.Case.Rule)
		t := out[place]
		switch {
		case c.Status != ruletest.Pass:
			t.Failed++
		case c.Case.WantsMatch():
			t.Passed++
		case c.Case.Negative():
			t.Negatives++
		}
		out[place] = t
	}
	for i := range covered {
		place := health.PlaceOf(covered[i].Rule.Source)
		t := out[place]
		counts := covered[i].Counts()
		percent := counts.Percent()
		t.Decisive = &percent
		out[place] = t
	}
	return out
}
