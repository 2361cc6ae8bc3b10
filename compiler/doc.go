// Package compiler turns rules into a Program: predicates on fields, each
// stored once for all rules, and a boolean expression over them per rule.
//
// What it guarantees: a rule is compiled completely or rejected with a
// diagnostic that points at the cause; nothing is dropped or approximated. A
// Program is immutable and safe for concurrent use. Two rules have the same
// Hash if they differ only in metadata, in order, in the names of selections,
// or in the spelling of the same predicate.
//
// The package knows predicates and text, and nothing of files or events.
package compiler
