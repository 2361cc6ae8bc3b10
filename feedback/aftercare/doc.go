// Package aftercare watches filters after they were accepted: whether they hide
// what a verdict calls an attack, whether they are alive, and how much can be said
// of the share of attacks among what they hide.
//
// It keeps no state. What a filter hides is found by replaying recordings, or in
// events that verdicts carry as evidence; what these are verdicts say; which of
// them are to be looked at is a function of event, filter, day and seed. The same
// input gives the same result in any order and with any number of workers.
package aftercare
