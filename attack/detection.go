package attack

import (
	"slices"
	"strings"
)

// Component is a data component: a kind of telemetry by which techniques are
// detected. It is identified by its name, which releases have in common.
type Component struct {
	ID   string // DC0032, "" until ATT&CK 17
	Name string // Process Creation
}

// Analytic is one way in which MITRE describes how a technique is detected.
//
// From ATT&CK 18 on it is an analytic of a detection strategy, for one platform.
// Until 17 MITRE gave only the data components of a technique: then there is one
// Analytic without id, strategy and platform, and its sources have no name.
type Analytic struct {
	ID       string   // AN0001
	Strategy string   // DET0001
	Platform string   // "" is every platform of the technique
	Sources  []Source // sorted
}

// Source is a data component and the log from which it can be had.
type Source struct {
	Component string // name of a Component
	Log       string // "WinEventLog:Sysmon", "" if MITRE does not say
}

// Group is a group of adversaries.
type Group struct {
	ID         string // G0016
	Name       string
	Techniques []string // ids of those in force that it is known to use, sorted
}

// Analytics returns how a technique is detected, nil if the release does not
// say. The caller must not change it.
func (f *Facts) Analytics(id string) []Analytic {
	f.once.Do(f.readRest)
	return f.analytics[strings.ToUpper(id)]
}

// ComponentsOf returns the names of the data components by which a technique is
// detected on a platform, sorted; "" asks for all platforms.
func (f *Facts) ComponentsOf(id, platform string) (names []string) {
	for _, a := range f.Analytics(id) {
		if platform != "" && a.Platform != "" && a.Platform != platform {
			continue
		}
		for _, s := range a.Sources {
			names = append(names, s.Component)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Component returns a data component by name or id; nil if the release has
// none.
func (f *Facts) Component(name string) *Component {
	for i := range f.Components {
		if c := &f.Components[i]; strings.EqualFold(c.Name, name) || c.ID != "" && strings.EqualFold(c.ID, name) {
			return c
		}
	}
	return nil
}

// Groups returns the groups that use techniques, in the order of their ids. It is
// nil if the facts do not tell them; Technique.Uses counts them anyway.
func (f *Facts) Groups() []Group {
	f.once.Do(f.readRest)
	return f.groups
}

// Group returns a group by id or name; nil if the release has none.
func (f *Facts) Group(name string) *Group {
	for i := range f.Groups() {
		if g := &f.groups[i]; strings.EqualFold(g.ID, name) || strings.EqualFold(g.Name, name) {
			return g
		}
	}
	return nil
}
