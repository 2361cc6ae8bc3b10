package attack

// Notice returns MITRE's copyright designation for a release of a year, which
// every copy of facts has to show.
func Notice(year string) string {
	return "© " + year + " The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation."
}
