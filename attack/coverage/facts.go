package coverage

import (
	"slices"

	"github.com/socctl/socctl/attack"
)

// componentsOf returns the names of the data components in which ATT&CK says that
// a technique shows.
func (a *assessment) componentsOf(t *attack.Technique) []string {
	if known, ok := a.wanted[t]; ok {
		return known
	}
	names := a.in.Facts.ComponentsOf(t.ID, "")
	a.wanted[t] = names
	return names
}

// named returns the components of a rule by the names of the release. The table of
// logsources has ids, which releases before 18 lack; a component that the release
// does not know is left out.
func (a *assessment) named(ids []string) (names []string) {
	for _, id := range ids {
		if c := a.in.Facts.Component(id); c != nil {
			names = append(names, c.Name)
		} else if name := a.latest[id]; name != "" && a.in.Facts.Component(name) != nil {
			names = append(names, name)
		}
	}
	return names
}

// latestNames returns the names of data components by id in the newest embedded
// release; nil if that cannot be read.
func latestNames() map[string]string {
	f, err := attack.Load("")
	if err != nil {
		return nil
	}
	out := map[string]string{}
	for _, c := range f.Components {
		out[c.ID] = c.Name
	}
	return out
}

// uses returns how often a technique is counted by the weight of the options.
func (a *assessment) weight(t *attack.Technique) float64 {
	switch a.options.Weight {
	case ByGroups:
		if len(a.options.Groups) > 0 {
			return 1 + float64(a.namedGroups(t))
		}
		return 1 + float64(t.Uses.Groups)
	case ByCampaigns:
		return 1 + float64(t.Uses.GroupsOrCampaigns)
	case Custom:
		if w, ok := a.options.Custom[t.ID]; ok {
			return w
		}
	}
	return 1
}

// namedGroups counts the groups of the options that use a technique.
func (a *assessment) namedGroups(t *attack.Technique) (n int) {
	for _, name := range a.options.Groups {
		if g := a.in.Facts.Group(name); g != nil && slices.Contains(g.Techniques, t.ID) {
			n++
		}
	}
	return n
}
