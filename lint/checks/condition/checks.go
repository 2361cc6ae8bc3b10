// Package condition holds the checks of the condition language.
package condition

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		deprecatedAggregation,
		keywordCase,
		syntax,
	}
}
