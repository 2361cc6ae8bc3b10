// Package adequacy tells how much the tests of rules show: which parts of a rule
// they saw true, false and deciding, which changes of a rule they would not notice,
// and what tests are missing.
//
// What it guarantees: a part is said to decide only if the evaluator gives the
// opposite verdict with the part the other way round, on an event of a test that
// passed. A mutant survives only if every test that passed would still pass with it,
// and it comes with an event, replayed on both, on which the two differ; it is left
// out only if the solver proves that there is no such event of which every field
// holds one value. Tests that are made have been replayed. Results do not depend on
// the number of workers.
//
// An event counts on the view on which the test counted it.
package adequacy
