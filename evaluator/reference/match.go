// Package reference decides whether a Sigma rule matches an event, in the
// plainest way there is. It is the truth that every faster path is tested
// against: each decision of docs/conformance.md (D7 to D38, D56) can be read
// off the code at one place, and nothing is interned, cached, reordered or
// shared with a fast path. It is slow and meant to stay so.
package reference

import (
	"fmt"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Match reports whether rule matches event. Placeholders holds the values of
// each %placeholder% by its name. An error means that the rule cannot be
// evaluated on any event.
func Match(rule *rules.Rule, event evaluator.Event, placeholders map[string][]string) (bool, error) {
	prepared, err := Prepare(rule, placeholders)
	if err != nil {
		return false, err
	}
	return prepared.Match(event), nil
}

// Rule is a rule that is known to be evaluable. It is immutable and safe for
// concurrent use.
type Rule struct{ matches predicate }

// Prepare checks everything about a rule that does not depend on an event.
func Prepare(rule *rules.Rule, placeholders map[string][]string) (*Rule, error) {
	if rule.Invalid {
		return nil, fmt.Errorf("rule %q has errors", rule.Label())
	}
	matches, err := detection(&rule.Detection, placeholders)
	if err != nil {
		return nil, fmt.Errorf("rule %q: %w", rule.Label(), err)
	}
	return &Rule{matches}, nil
}

// Match reports whether the rule matches event.
func (r *Rule) Match(event evaluator.Event) bool { return r.matches(event) }

// predicate is anything that is true or false for an event.
type predicate func(evaluator.Event) bool

// anyOf is true if at least one of ps is.
func anyOf(ps []predicate) predicate {
	return func(e evaluator.Event) bool {
		for _, p := range ps {
			if p(e) {
				return true
			}
		}
		return false
	}
}

// allOf is true if every one of ps is.
func allOf(ps []predicate) predicate {
	return func(e evaluator.Event) bool {
		for _, p := range ps {
			if !p(e) {
				return false
			}
		}
		return true
	}
}

// not is the exact complement of p, also for missing fields and odd values.
func not(p predicate) predicate {
	return func(e evaluator.Event) bool { return !p(e) }
}

// each applies build to every element of list and stops at the first error.
func each[T, P any](list []T, build func(T) (P, error)) ([]P, error) {
	out := make([]P, 0, len(list))
	for _, element := range list {
		p, err := build(element)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
