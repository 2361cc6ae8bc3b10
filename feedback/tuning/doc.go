// Package tuning turns verdicts on the alerts of a rule into exclusions that are
// safe to make, or says why it makes none.
//
// What goes in are the events on which a rule fired, with what investigations said
// of them: removable (false logic, expected), protected (malicious, attempted,
// contested), or nothing; events on which other rules fired (the pool); and a
// Policy. What comes out are clauses, each a conjunction of comparisons with
// fields, and for each the guards that it passed, with numbers.
//
// What it guarantees: a clause that is proposed matches no protected event that it
// was shown; its bound on the share of malicious events among those that it hides
// was computed on events that it was not learnt from, and what they had to say in the
// choice between it and what it was generalised to is paid for; and the same input in
// any order gives the same output. Reasons that people wrote are never looked at.
// What it does not guarantee: that events to come are like those that were seen.
package tuning
