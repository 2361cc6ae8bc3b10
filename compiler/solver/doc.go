// Package solver proves what rules mean: whether a condition can hold at all,
// whether one implies another, whether two are equivalent or disjoint, and an
// event that shows it when they are not.
//
// The soundness rule: a proof is never refuted by an event. Answer No to
// Satisfiable, and Yes to Implies, Equivalent and Disjoint, hold for every event
// of the kind that Options describe; the solver may give up (Unknown, with the
// reason), and then nothing is claimed. The other way round, every Model is
// checked against the formula by the predicates' own meaning
// (compiler.Predicate.Accepts) before it is returned.
//
// What an event is: every field is absent or holds a value or, with
// Options.Lists, several of them at once. A value is null or a text; numbers,
// booleans and objects satisfy nothing that a string of the same text does not.
//
// Approximations, and which way they err:
//   - fields are independent of one another, also a.b of a, and keywords of
//     fields: more events are considered than exist, so a proof stays a proof
//   - fields that refer to one another (fieldref) are tied together only when a
//     model is looked for: likewise
//   - a number, an address or a time beside a text predicate is any text of that
//     form: likewise, and if no model is found among the first ones, Unknown
//   - texts that are not UTF-8 are taken into account; literals that are not, or
//     that hold U+FFFD, lead to Unknown where only an automaton could decide
//
// Boolean structure is decided by a SAT library, texts by the product of the
// automata of the predicates on one field, built as far as needed. What fields
// teach is kept: a Solver answers the second question about the same predicates
// faster than the first.
package solver
