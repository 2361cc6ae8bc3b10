// Package diff says what a change of rules means: which events a rule matches that
// it did not match before, and which no longer.
//
// Compiled programs are compared, not files, so that a change of a filter, a
// placeholder or a pipeline shows on every rule that it reaches, and one of spelling
// on none. What is said of two versions of a rule is proven by package
// compiler/solver, under its soundness rule: Equivalent, Wider, Narrower and Disjoint
// hold for every event, or are marked as holding where every field has one value; an
// event shows each difference. What cannot be decided is Unknown, with the reason.
package diff
