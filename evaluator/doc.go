// Package evaluator matches events against a compiled set of rules.
//
// An Evaluator is cheap, belongs to one goroutine and shares the immutable
// Program with others. What it guarantees: a rule matches exactly when its
// condition is true by the decisions in docs/conformance.md; the result for one
// rule does not depend on the other rules, nor on the order of anything;
// Explain decorates the same evaluation and can never disagree with Match.
// Matching a text takes time linear in it.
//
// The package knows events and predicates, and nothing of YAML or files. What
// reads recordings is package telemetry below.
package evaluator
