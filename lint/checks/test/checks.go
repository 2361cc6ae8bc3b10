// Package test holds the checks of tests of rules: their structure here, what they prove elsewhere.
package test

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		conflict,
		duplicateName,
		missing,
		missingField,
		noNegative,
		noTest,
		notATest,
		staleFixture,
		survivingMutant,
		undecidedFilter,
		unexercisedSelection,
		unexercisedValue,
		unknownEvent,
		unknownKey,
		unknownRule,
		unknownSelection,
		unknownType,
		unusedFixture,
		weakNegative,
		wrongLogsource,
		wrongType,
	}
}
