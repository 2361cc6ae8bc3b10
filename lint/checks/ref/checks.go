// Package ref holds the checks of references between and within documents.
package ref

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{}
}
