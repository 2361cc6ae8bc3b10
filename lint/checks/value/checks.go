// Package value holds the checks of modifiers and values.
package value

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		allOnSingleValue,
		allWithoutContains,
		base64offsetWithoutContains,
		cidrHostBits,
		cidrInvalid,
		controlCharacter,
		emptyList,
		escapedWildcard,
		fieldDomain,
		hashFormat,
		invisibleCharacter,
		localizedAccount,
		modifierConflict,
		modifierRepeated,
		nullInList,
		numberAsString,
		outOfRange,
		regexEscape,
		regexInvalid,
		typeMismatch,
		unknownModifier,
		unquotedScalar,
		wildcardOnly,
		windashWithAll,
		wrongType,
	}
}
