// Package field holds the checks of names of fields.
package field

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		letterCase,
		hasSpace,
		unknown,
	}
}
