// Package threshold weighs the thresholds, timespans and groupings of correlations
// by what investigations found their alerts to be.
//
// What it guarantees: what it says of a threshold, a timespan and a grouping is
// what the correlation engine raises with them. No choice loses an alert that must stay, and a
// choice keeps a margin to each of them. What was tried and is not better in
// anything is left out: the rest is the Pareto front.
package threshold
