package telemetry

import (
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// Explanation says why a view of the table applies to an event, or what kept
// it from applying.
type Explanation struct {
	View       *logsource.ViewDef
	Matched    bool // the conditions hold
	Used       bool // and the event has the view: no other one covers it
	Conditions []ConditionResult
}

// ConditionResult is one condition with what the event says about it.
type ConditionResult struct {
	Condition logsource.Condition
	Value     evaluator.Value // native value of the field; null if the event does not have it
	Present   bool
	Holds     bool
}

// Explain returns the views that apply to an event, with the conditions that
// made them apply, followed by near misses: views of which all conditions but
// one hold. If only the event id is another one, that is no near miss, unless
// no view applies at all. Both parts are in the order of the table. The
// logsource that a record states is not explained: it needs no condition.
func (n *Normaliser) Explain(e *Event) []Explanation {
	used := map[string]bool{}
	for _, v := range e.Views() {
		used[v.Name] = true
	}
	routed := map[*boundView]bool{}
	r, _ := n.plan.routeOf(e)
	for i := range r.candidates {
		routed[r.candidates[i].view] = true
	}
	var applied, near, byID []Explanation
	for _, v := range n.plan.views {
		x, missed := explain(v.def, e)
		x.Used = x.Matched && used[v.def.Name]
		switch {
		case x.Matched && routed[v]:
			applied = append(applied, x)
		case x.Matched: // holds by chance on an event of the other world
		case len(missed) == 1 && len(x.Conditions) > 1 && missed[0] == "EventID":
			byID = append(byID, x)
		case len(missed) == 1 && len(x.Conditions) > 1:
			near = append(near, x)
		}
	}
	if applied == nil {
		near = append(near, byID...)
	}
	return append(applied, near...)
}

// explain evaluates the alternative of a view that is nearest to holding, and
// names the fields whose conditions do not.
func explain(def *logsource.ViewDef, e *Event) (Explanation, []string) {
	var best Explanation
	var bestMissed []string
	for i, m := range def.When {
		x := Explanation{View: def}
		var missed []string
		for j := range m {
			result := ConditionResult{Condition: m[j], Holds: holds(&m[j], e)}
			result.Value, result.Present = conditionField(m[j].Field, e)
			x.Conditions = append(x.Conditions, result)
			if !result.Holds {
				missed = append(missed, m[j].Field)
			}
		}
		if i == 0 || len(missed) < len(bestMissed) {
			best, bestMissed = x, missed
		}
	}
	best.Matched = len(bestMissed) == 0
	return best, bestMissed
}
