// Package pipeline holds the checks of processing pipelines.
package pipeline

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		ambiguousField,
		compare,
		conditionDropped,
		emptyRule,
		filterDropped,
		hashDropped,
		itemFailure,
		limit,
		nameTaken,
		placeholder,
		ruleFailure,
		template,
		unmappedField,
		valueConversion,
	}
}
