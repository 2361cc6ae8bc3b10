package telemetry

import (
	"slices"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// Explanation says why a view of the table applies to an event, or what kept
// it from applying.
type Explanation struct {
	View       *logsource.ViewDef
	Matched    bool // the conditions hold
	Used       bool // and the event has the view: no other one covers it
	Elements   int  // how many times it has it: once, or once for each element that the view shows
	Conditions []ConditionResult
}

// ConditionResult is one condition with what the event says about it.
type ConditionResult struct {
	Condition logsource.Condition
	Value     evaluator.Value // native value of the field; null if the event does not have it
	Present   bool
	Holds     bool
}

// maxFar is how many views are explained that are far from applying.
const maxFar = 5

// Explain returns the views that apply to an event, with the conditions that
// made them apply, followed by near misses: views of which all conditions but
// one hold. If only the event id is another one, that is no near miss, unless
// no view applies at all. Both parts are in the order of the table. Where
// nothing applies and nothing is near, the few views follow that come nearest
// with some field that is there. The logsource that a record states is not
// explained: it needs no condition.
func (n *Normaliser) Explain(e *Event) []Explanation {
	var applied, near, byID, far []Explanation
	for _, x := range n.explainAll(e) {
		missed := x.missed()
		switch {
		case x.Matched:
			applied = append(applied, x)
		case len(missed) == 0 || !x.grounded(): // holds by chance on an event of the other world, or says nothing
		case len(missed) > 1:
			far = append(far, x)
		case missed[0] == "EventID":
			byID = append(byID, x)
		default:
			near = append(near, x)
		}
	}
	if applied != nil {
		return append(applied, near...)
	}
	if near = append(near, byID...); near != nil {
		return near
	}
	return nearest(far)
}

// ExplainFor returns why the views on which a rule of a logsource is tried
// apply to an event or not: those that apply in the order of the table, then
// the few that come nearest.
func (n *Normaliser) ExplainFor(e *Event, rule logsource.Logsource) []Explanation {
	var applied, far []Explanation
	for _, x := range n.explainAll(e) {
		switch {
		case !x.View.Provides(rule):
		case x.Matched:
			applied = append(applied, x)
		default:
			far = append(far, x)
		}
	}
	if applied != nil {
		return applied
	}
	return nearest(far)
}

func nearest(far []Explanation) []Explanation {
	slices.SortStableFunc(far, func(a, b Explanation) int { return len(a.missed()) - len(b.missed()) })
	return far[:min(len(far), maxFar)]
}

// explainAll explains every view of the table.
func (n *Normaliser) explainAll(e *Event) []Explanation {
	count := map[string]int{}
	for _, v := range e.Views() {
		count[v.Name]++
	}
	routed := map[*boundView]bool{}
	r, _ := n.plan.routeOf(e)
	for i := range r.candidates {
		routed[r.candidates[i].view] = true
	}
	all := make([]Explanation, len(n.plan.views))
	for i, v := range n.plan.views {
		x := explain(v.def, e)
		x.Matched = x.Matched && routed[v]
		x.Elements = count[v.def.Name] / len(v.logsources)
		x.Used = x.Matched && x.Elements > 0
		all[i] = x
	}
	return all
}

// missed names the fields whose conditions do not hold.
func (x *Explanation) missed() []string {
	var missed []string
	for _, c := range x.Conditions {
		if !c.Holds {
			missed = append(missed, c.Condition.Field)
		}
	}
	return missed
}

// grounded reports whether a condition holds that asks for a field to be there.
func (x *Explanation) grounded() bool {
	return slices.ContainsFunc(x.Conditions, func(c ConditionResult) bool {
		return c.Holds && c.Condition.Positive() && c.Condition.Field != logsource.FileName
	})
}

// explain evaluates the alternative of a view that is nearest to holding.
func explain(def *logsource.ViewDef, e *Event) Explanation {
	var best Explanation
	for i, m := range def.When {
		x := Explanation{View: def}
		for j := range m {
			result := ConditionResult{Condition: m[j], Holds: holds(&m[j], e)}
			result.Value, result.Present = conditionField(m[j].Field, e)
			x.Conditions = append(x.Conditions, result)
		}
		if i == 0 || x.nearer(&best) {
			best = x
		}
	}
	best.Matched = len(best.missed()) == 0
	return best
}

// nearer reports whether x says more than y about how far the event is from
// the view: fewer conditions fail, and some field is there.
func (x *Explanation) nearer(y *Explanation) bool {
	if x.grounded() != y.grounded() {
		return x.grounded()
	}
	return len(x.missed()) < len(y.missed())
}
