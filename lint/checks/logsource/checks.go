// Package logsource holds the checks of which events a rule is about.
package logsource

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		letterCase,
		customKey,
		incoherent,
		missingEventID,
		sourceEventlog,
		specificNotGeneric,
		unknown,
	}
}
