// Package change holds the checks of what a change did to rules.
package change

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{}
}
