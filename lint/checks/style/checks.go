// Package style holds the checks of layout and spelling.
package style

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		doubleWildcard,
		indent,
		keyOrder,
		quoting,
		selectionName,
		singleValueList,
		trailingSpace,
		wildcardInsteadOfModifier,
	}
}
