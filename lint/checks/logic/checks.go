// Package logic holds the checks of how a rule combines what it looks for.
package logic

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		allOfThem,
		alwaysTrue,
		attackerControlledFilter,
		caseSensitiveTrap,
		deadAlternative,
		deadFilter,
		deadFilterDocument,
		deadSelection,
		duplicateRule,
		duplicateSelection,
		duplicateValue,
		filterByBasename,
		filterExcludesEverything,
		groupByConstant,
		groupByUnknown,
		impliedValue,
		mixedAndOr,
		nearDuplicate,
		onlyNegation,
		quantifierSingle,
		quantifierWithoutGlob,
		redundantField,
		redundantSelection,
		regexAffix,
		regexIsLiteral,
		shadowedAlternative,
		shadowedValue,
		subsumedRule,
		temporalNeedsTwoRules,
		thresholdUnreachable,
		timespanVsInterval,
		unsatisfiable,
	}
}
