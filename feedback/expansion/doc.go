// Package expansion proposes how to catch what no rule caught. What goes in are
// events of a confirmed incident, the rules, and recordings of which nobody says
// what they are. For events that a rule misses by one part, it proposes to widen that
// part, as a patch of the rule's file; for others it drafts a rule. Each proposal
// has its cost, in alerts a day on the recordings, and a test.
//
// What it guarantees: whatever is proposed has been read back, compiled with the
// rules and their filters, and matches every event that it is said to catch; a rule
// that is widened has not lost an event of the recordings; the interval of what a
// proposal adds to the alerts of a day ends within the budget; and the same input
// makes the same bytes. What it does not guarantee: that recordings are like the days
// to come, that they hold no attack, or that a proposal means what its title says:
// that is for a person.
//
// No technique is ever made up: a draft has the tags that it was given.
package expansion
