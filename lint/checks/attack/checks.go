// Package attack holds the checks of tags of MITRE ATT&CK.
package attack

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{}
}
