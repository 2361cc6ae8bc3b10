package coverage

import "github.com/socctl/socctl/attack"

// componentsOf returns the ids of the data components in which ATT&CK says that a
// technique shows.
func componentsOf(t *attack.Technique) []string { return nil }

// componentNamesOf returns the names of data components by id.
func componentNamesOf(f *attack.Facts) map[string]string { return nil }

// groupsOf returns how many groups are known to use a technique.
func groupsOf(t *attack.Technique) int { return 0 }

// withCampaigns is groupsOf, those included that are known from campaigns only.
func withCampaigns(t *attack.Technique) int { return 0 }
