// Package meta holds the checks of metadata: titles, dates, tags and files.
package meta

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		dateOrder,
	}
}
