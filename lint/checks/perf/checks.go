// Package perf holds the checks of what makes a rule expensive.
package perf

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		largeList,
		noWitness,
		regexBacktracking,
		shortLiteral,
		unboundKeyword,
	}
}
