// Package logic holds the checks of how a rule combines what it looks for.
package logic

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		allOfThem,
		attackerControlledFilter,
		duplicateRule,
		duplicateValue,
		filterByBasename,
		quantifierSingle,
		quantifierWithoutGlob,
		redundantField,
		temporalNeedsTwoRules,
	}
}
