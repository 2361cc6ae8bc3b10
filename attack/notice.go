package attack

import (
	_ "embed"
	"strings"
)

// license is MITRE's, with its copyright designation of this year.
//
//go:embed facts/LICENSE.txt
var license string

const thisYear = "2026"

// Notice returns MITRE's copyright designation for a release of a year, which
// every copy of facts has to show.
func Notice(year string) string {
	return "© " + year + " The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation."
}

// License returns MITRE's license with the copyright designation of a year,
// which goes with every copy of facts.
func License(year string) string {
	return strings.Replace(license, Notice(thisYear), Notice(year), 1)
}

// Trademark is what has to be said where ATT&CK is named.
const Trademark = "MITRE ATT&CK® and ATT&CK® are registered trademarks of The MITRE Corporation. " +
	"socctl is neither made nor endorsed by The MITRE Corporation."

// year returns the year of the release.
func (f *Facts) year() string {
	year, _, _ := strings.Cut(f.Released, "-")
	return year
}

// License returns MITRE's license for the release.
func (f *Facts) License() string { return License(f.year()) }
