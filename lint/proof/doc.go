// Package proof finds what is wrong with the logic of rules, and proves it: that
// a rule cannot fire, that a part of it never contributes, that one part or rule
// covers another.
//
// The soundness rule: whatever a Fact or a Cover says holds for every event of
// which each field has at most one value; if it is Sure, also for those whose
// fields hold several values at once. Package compiler/solver proves each of
// them. What it leaves open, and what a limit cuts off, leads to no fact: there
// may be more wrong with a rule than is found here, never less.
//
// Queries are about as little as can be: fields are independent of one another,
// so of the surroundings of a part only what shares fields with it, directly or
// through others, can matter. To leave out the rest weakens a premise, which
// keeps a proof a proof.
package proof
