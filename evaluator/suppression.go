package evaluator

import (
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Suppression is an event that a rule's detection matched, but that filters
// kept from being a match.
type Suppression struct {
	Rule *compiler.Rule
	View string          // as in Match
	By   []*rules.Filter // the filters that did not let it through, in the order of the set

	rule int
}

// Suppressed returns what filters suppressed of the event that Match was
// called with last, each rule once. It is valid until the next call of Match.
func (e *Evaluator) Suppressed() []Suppression { return e.stopped }

// suppress notes a rule whose detection holds although the rule does not.
func (e *Evaluator) suppress(i int, view string) {
	rule := e.program.Rules[i]
	if !e.state.holds(rule.Detection) {
		return
	}
	s := Suppression{Rule: rule, View: view, rule: i}
	for _, filter := range rule.Filters {
		if !e.state.holds(filter) {
			s.By = append(s.By, filter.Filter)
		}
	}
	e.stopped = append(e.stopped, s)
}

// settleSuppressed leaves out rules that matched on another view of the event,
// and further views of the same rule.
func (e *Evaluator) settleSuppressed() {
	seen := map[int]bool{}
	e.stopped = slices.DeleteFunc(e.stopped, func(s Suppression) bool {
		drop := e.hits[s.rule] || seen[s.rule]
		seen[s.rule] = true
		return drop
	})
}
