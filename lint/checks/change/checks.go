// Package change holds the checks of what a change did to rules. They compare documents with those of the same id
// before the change.
package change

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		coverageLost,
		idChanged,
		levelChanged,
		modifiedNotBumped,
		removedWithoutDeprecation,
		typeChanged,
	}
}
