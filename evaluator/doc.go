// Package evaluator matches events against a compiled set of rules.
//
// An Evaluator is cheap, belongs to one goroutine and shares the immutable
// Program with others. What it guarantees: a rule matches exactly when its
// condition is true by the decisions in docs/conformance.md; the result for one
// rule does not depend on the other rules, nor on the order of anything, nor on
// what was evaluated before: what an Evaluator remembers shows in its speed
// alone. Memory is bounded whatever comes in, and matching a text takes time
// linear in it.
//
// How it works. The predicates of a field are decided at once for each value
// (package matcher), and not at all if it was seen lately: the set that a value
// satisfies is its class (classes.go). The classes of an event's fields lead to a
// verdict about the rules of its logsource, remembered too (verdict.go); a new one
// is reached by looking only at rules of which something holds that they need.
// Records that nobody has made an event of go a shorter way (records.go, plan.go):
// making an event of the first of its kind under a Trace tells where in all others
// the values are. Explain and rules over two fields decide predicates one by one
// (state.go); both ways share what a predicate means (predicate.go), and are
// tested against each other and against package reference.
//
// The package knows events and predicates, and nothing of YAML or files. What
// reads recordings is package telemetry below.
package evaluator
