// Package ignore holds the records of checks on ignores. The driver carries them
// out, because only it knows which ignore was needed.
package ignore

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		expired,
		noReason,
		unknownCheck,
		unmatchedPath,
		unused,
	}
}
