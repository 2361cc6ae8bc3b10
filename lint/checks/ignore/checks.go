// Package ignore holds the checks of ignores themselves.
package ignore

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{}
}
