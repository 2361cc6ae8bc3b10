// Package value holds the checks of modifiers and values.
package value

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		cidrHostBits,
		cidrInvalid,
		emptyList,
		modifierConflict,
		modifierRepeated,
		outOfRange,
		regexInvalid,
		unknownModifier,
		wrongType,
	}
}
