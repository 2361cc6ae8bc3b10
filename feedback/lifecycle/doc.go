// Package lifecycle says which status a rule has earned: whether an experimental
// one may be called tested, a tested one stable, and which rule is replaced by
// another one.
//
// What it guarantees: every rule is told, with what is asked of it, what was found
// and what is missing. A rule of which neither recordings nor verdicts tell anything
// is never promoted, whatever the criteria are. A rule is only deprecated in favour
// of another one that is proven to match every event that it matches, and never two
// of them in favour of each other. Everything is a proposal: nothing is written here.
package lifecycle
