// Package filter holds the checks of filters.
package filter

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		correlation,
		expired,
		logsourceMismatch,
		notNegated,
		superfluousAttribute,
	}
}
