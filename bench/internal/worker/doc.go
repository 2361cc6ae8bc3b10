// Package worker is the inside of a benchmark process: it loads rules, runs one
// engine over one input and reports what that took.
//
// What it guarantees: an engine is measured in a process of its own, so that
// neither memory nor garbage of another is counted; loading is measured apart
// from evaluating; every match is counted, by rule.
package worker
