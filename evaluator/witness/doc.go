// Package witness makes events that show what a rule means: one that it matches,
// and near misses, one for each part, in which that part alone decides.
//
// What it guarantees: every event has been replayed before it is returned, as it
// stands, through normalisation and the evaluator, and shows what it is said to
// show. An event is valid for the rule's logsource: it is routed there by what it
// holds, unless no view of the table can hold the rule's fields, and then nothing in
// it tells a logsource. That there is no event is a proof of package
// compiler/solver. The same rule, table and program give the same event.
//
// Values are as usual as the rule allows; fields that the rule does not ask for are
// filled in, so that the event reads like a recorded one. It is made up all the
// same, and no evidence of anything.
package witness
