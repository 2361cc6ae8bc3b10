// Package calibration remembers which alerts have tested which exclusions. An alert
// that has tested one is worth nothing as a test of the next: tuning until a bound is
// reached would reach it by luck. So what a test has looked at is written down, and
// counts for no other test of the rule; alerts that were judged since count afresh.
//
// What it guarantees: of the tests that any one alert took part in, all but those of
// one run had it taken away, so that for the alerts of one run the chance that any
// tier is wrong is what one run allows, however often tuning is repeated. A run that
// asks the same of the same alerts, or of them and newer ones, goes on with what it
// asked: no attack among those seen so far is what every tier asks, so that looking in
// between costs nothing. The ledger tells in which trial an alert has tested, so that what is
// judged later can be dealt out around it. The ledger only grows, and what it says does not depend on the order of
// its lines, nor on how often one is there.
//
// What it cannot: of runs that did not know of each other, on ledgers that were merged
// later, each has used the alerts that they share.
package calibration
