// Package load holds the checks of files that cannot be read.
package load

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		emptyFile,
		emptyFolder,
		unreadable,
	}
}
