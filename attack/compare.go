package attack

import "slices"

// Changes are what a release changed since another, technique by technique and
// in the order of their ids. Its JSON form is stable.
type Changes struct {
	From       string         `json:"from"`
	To         string         `json:"to"`
	Tactics    []TacticChange `json:"tactics"`
	Added      []Change       `json:"added"`
	Revoked    []Change       `json:"revoked"`    // replaced by another
	Deprecated []Change       `json:"deprecated"` // given up without a successor
	Removed    []Change       `json:"removed"`    // gone without a trace
	Redirected []Change       `json:"redirected"` // out of force before, and replaced by another now
	Restored   []Change       `json:"restored"`   // in force again
	Renamed    []Change       `json:"renamed"`
	Moved      []Change       `json:"moved"` // to other tactics
	Platforms  []Change       `json:"platforms"`
}

// TacticChange is a column of the matrix that is new, gone or called otherwise.
type TacticChange struct {
	Kind string `json:"kind"` // added, removed or renamed
	ID   string `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
	// WasKey and WasName are those of a renamed one before.
	WasKey  string `json:"was_key,omitempty"`
	WasName string `json:"was_name,omitempty"`
}

// Change is what became of a technique. Only what its kind is about is set.
type Change struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Was    string   `json:"was,omitempty"`     // name before; of a redirected one, id of the successor before
	By     string   `json:"by,omitempty"`      // successor in force
	ByName string   `json:"by_name,omitempty"` // its name
	Lost   []string `json:"lost,omitempty"`    // tactics or platforms
	Gained []string `json:"gained,omitempty"`
}

// Compare returns what changed from one release to another.
func Compare(from, to *Facts) *Changes {
	c := &Changes{From: from.Label(), To: to.Label(), Tactics: compareTactics(from, to)}
	for t := range to.Techniques {
		c.inForce(from.Technique(t.ID), t)
	}
	for t := range to.Retired {
		c.outOfForce(from, to, t)
	}
	for t := range from.Techniques {
		if to.Technique(t.ID) == nil {
			c.Removed = append(c.Removed, Change{ID: t.ID, Name: t.Name})
		}
	}
	for _, list := range []*[]Change{&c.Added, &c.Revoked, &c.Deprecated, &c.Removed, &c.Redirected, &c.Restored, &c.Renamed, &c.Moved, &c.Platforms} {
		if *list == nil {
			*list = []Change{} // a list in JSON, not null
		}
	}
	return c
}

func compareTactics(from, to *Facts) []TacticChange {
	out := []TacticChange{}
	for _, t := range to.Tactics {
		switch old := from.Tactic(t.ID); {
		case old == nil:
			out = append(out, TacticChange{Kind: "added", ID: t.ID, Key: t.Key, Name: t.Name})
		case old.Key != t.Key || old.Name != t.Name:
			out = append(out, TacticChange{"renamed", t.ID, t.Key, t.Name, old.Key, old.Name})
		}
	}
	for _, t := range from.Tactics {
		if to.Tactic(t.ID) == nil {
			out = append(out, TacticChange{Kind: "removed", ID: t.ID, Key: t.Key, Name: t.Name})
		}
	}
	return out
}

func (c *Changes) inForce(old, t *Technique) {
	if old == nil {
		c.Added = append(c.Added, Change{ID: t.ID, Name: t.Name, Gained: t.Tactics})
		return
	}
	if old.Status != Active {
		c.Restored = append(c.Restored, Change{ID: t.ID, Name: t.Name})
		return
	}
	if old.Name != t.Name {
		c.Renamed = append(c.Renamed, Change{ID: t.ID, Name: t.Name, Was: old.Name})
	}
	if lost, gained := without(old.Tactics, t.Tactics), without(t.Tactics, old.Tactics); len(lost)+len(gained) > 0 {
		c.Moved = append(c.Moved, Change{ID: t.ID, Name: t.Name, Lost: lost, Gained: gained})
	}
	if lost, gained := without(old.Platforms, t.Platforms), without(t.Platforms, old.Platforms); len(lost)+len(gained) > 0 {
		c.Platforms = append(c.Platforms, Change{ID: t.ID, Name: t.Name, Lost: lost, Gained: gained})
	}
}

func (c *Changes) outOfForce(from, to *Facts, t *Technique) {
	old := from.Technique(t.ID)
	change := Change{ID: t.ID, Name: t.Name}
	next := to.Resolve(t.ID)
	if next != nil {
		change.By, change.ByName = next.ID, next.Name
	}
	switch retired := old != nil && old.Status != Active; {
	case retired:
		if before := from.Resolve(t.ID); before != nil && next != nil && before.ID != next.ID {
			change.Was = before.ID
			c.Redirected = append(c.Redirected, change)
		}
	case next != nil:
		c.Revoked = append(c.Revoked, change)
	default:
		c.Deprecated = append(c.Deprecated, change)
	}
}

// without returns what of a is not in b.
func without(a, b []string) (out []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

// Empty reports whether nothing changed.
func (c *Changes) Empty() bool {
	n := len(c.Tactics)
	for _, list := range [][]Change{c.Added, c.Revoked, c.Deprecated, c.Removed, c.Redirected, c.Restored, c.Renamed, c.Moved, c.Platforms} {
		n += len(list)
	}
	return n == 0
}

// Event is what a release did to one technique.
type Event struct {
	Release string `json:"release"`
	Kind    string `json:"kind"` // known, added, absent, renamed, moved, revoked, deprecated, removed, redirected, restored, platforms
	Change
}

// History returns what became of a technique from release to release: first how
// the oldest has it, then what each later one changed.
func History(id string, releases []*Facts) (events []Event) {
	for i, f := range releases {
		t := f.Technique(id)
		if i == 0 {
			events = append(events, first(f, t, id))
			continue
		}
		c := Compare(releases[i-1], f)
		for _, kind := range []struct {
			name string
			list []Change
		}{{"added", c.Added}, {"revoked", c.Revoked}, {"deprecated", c.Deprecated}, {"removed", c.Removed}, {"redirected", c.Redirected}, {"restored", c.Restored},
			{"renamed", c.Renamed}, {"moved", c.Moved}, {"platforms", c.Platforms}} {
			for _, change := range kind.list {
				if change.ID == id {
					events = append(events, Event{f.Version, kind.name, change})
				}
			}
		}
	}
	return events
}

func first(f *Facts, t *Technique, id string) Event {
	switch {
	case t == nil:
		return Event{f.Version, "absent", Change{ID: id}}
	case t.Status == Active:
		return Event{f.Version, "known", Change{ID: id, Name: t.Name, Gained: t.Tactics}}
	}
	e := Event{f.Version, string(t.Status), Change{ID: id, Name: t.Name}}
	if next := f.Resolve(id); next != nil {
		e.By, e.ByName = next.ID, next.Name
	}
	return e
}
