// Package schema holds the checks of the shape of documents.
package schema

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		conflict,
		deprecatedAction,
		deprecatedTimeframe,
		duplicateKey,
		emptySelection,
		encoding,
		invalidDate,
		invalidDuration,
		invalidEnum,
		invalidID,
		invalidTag,
		limit,
		missingField,
		notAMapping,
		notARule,
		specVersion,
		unknownAttribute,
		unknownKey,
		wrongType,
		yamlSyntax,
	}
}
