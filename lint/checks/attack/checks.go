// Package attack holds the checks of tags of MITRE ATT&CK. They go by the facts
// of the release that the configuration pins.
package attack

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		deprecated,
		parentAndSub,
		platformMismatch,
		revoked,
		spelling,
		tacticMissing,
		tacticOnly,
		tacticUnsupported,
		unknownID,
		untagged,
		versionSkew,
	}
}
