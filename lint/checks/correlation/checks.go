// Package correlation holds the checks of correlations.
package correlation

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		contradiction,
		emptyGroup,
		field,
		noGroup,
		orderedCondition,
		percentile,
		timespanUnit,
		valueMedian,
	}
}
