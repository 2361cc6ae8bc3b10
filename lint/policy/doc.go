// Package policy makes checks of Rego: an organisation's own, beside those that
// socctl has. It is the only package that depends on OPA.
//
// What it guarantees: a check sees the document and nothing else. It cannot reach
// the network, the environment, files or the clock, and an evaluation that takes
// too long or too much memory is stopped, with a finding that says so; the other
// checks go on. Its findings have places, because every node of its input does. Gates, which judge
// a whole result, and a Decision, which answers one question about a document, stand under
// the same limits.
package policy
