package backtest

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Verdict says what the recordings tell of a rule.
type Verdict string

// The verdicts.
const (
	Fired  Verdict = "fired"            // it matched
	Quiet  Verdict = "quiet"            // it could have matched, and did not
	Partly Verdict = "partly-exercised" // it did not match, and some of its fields never occurred
	Unused Verdict = "not-exercised"    // no event could have made it match: its silence says nothing
)

// missingFields returns the fields of a rule that no event of its logsource had.
func missingFields(r *compiler.Rule, g *Ground) []string {
	var out []string
	for _, f := range r.Fields {
		if !g.Fields[f] {
			out = append(out, f)
		}
	}
	return out
}

// can reports whether an expression can hold, and whether it can fail, on events
// that lack some fields. It knows nothing of values, so it may say yes too often,
// never too rarely.
func can(e *compiler.Expr, predicates []compiler.Predicate, lacking map[string]bool) (hold, fail bool) {
	switch e.Op {
	case compiler.Leaf:
		p := &predicates[e.Atom]
		if lacking[p.Field] || p.Op == compiler.OpFieldRef && lacking[p.Ref] {
			return p.TrueOnAbsence(), !p.TrueOnAbsence()
		}
		return true, true
	case compiler.Not:
		hold, fail = can(e.Args[0], predicates, lacking)
		return fail, hold
	}
	and := e.Op == compiler.And
	hold, fail = and, !and
	for _, arg := range e.Args {
		h, f := can(arg, predicates, lacking)
		if and {
			hold, fail = hold && h, fail || f
		} else {
			hold, fail = hold || h, fail && f
		}
	}
	return hold, fail
}

// judge gives a rule its verdict, and the reason if there is one to give.
func judge(r *compiler.Rule, predicates []compiler.Predicate, g *Ground, matches int) (v Verdict, reason string, missing []string) {
	if g.Events == 0 {
		if matches > 0 {
			return Fired, "", nil
		}
		return Unused, "no event of " + LogsourceOf(r).String(), nil
	}
	missing = missingFields(r, g)
	if matches > 0 {
		return Fired, "", missing
	}
	if len(missing) == 0 {
		return Quiet, "", nil
	}
	lacking := make(map[string]bool, len(missing))
	for _, f := range missing {
		lacking[f] = true
	}
	if hold, _ := can(r.Expr, predicates, lacking); !hold {
		return Unused, "it needs fields that no event has", missing
	}
	return Partly, "some of its fields never occur", missing
}

// seenBy returns the view of an event on which a rule matched.
func seenBy(ev *evaluator.Evaluator, m evaluator.Match, event evaluator.Event, views []evaluator.View) evaluator.Event {
	var fitting []evaluator.View
	for _, v := range views {
		if v.Name == m.View && evaluator.Satisfies(v.Logsource, m.Rule) {
			fitting = append(fitting, v)
		}
	}
	for i, v := range fitting {
		if i == len(fitting)-1 || ev.MatchRule(m.Rule, v.Event) {
			return v.Event
		}
	}
	return event
}
