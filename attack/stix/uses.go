package stix

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
)

type set map[string]bool

// sets maps ids to sets of ids.
type sets map[string]set

func (s sets) add(key, member string) {
	if s[key] == nil {
		s[key] = set{}
	}
	s[key][member] = true
}

// uses counts who uses each technique, and lists the techniques of groups. Both
// ends of a relationship must be in force.
func (b *builder) uses(*Options) error {
	users := map[string]sets{"intrusion-set": {}, "campaign": {}, "software": {}}
	ofGroup, ofCampaign := sets{}, sets{} // techniques by group, groups by campaign
	for _, r := range b.related {
		kind, _, _ := strings.Cut(r.from, "--")
		if kind == "malware" || kind == "tool" {
			kind = "software"
		}
		from := b.objects[r.from]
		if from == nil || !from.live() {
			continue
		}
		switch {
		case r.kind == "attributed-to":
			if to := b.objects[r.to]; to != nil && to.live() {
				ofCampaign.add(r.from, r.to)
			}
		case r.kind == "uses" && users[kind] != nil && b.ids[r.to] != "":
			users[kind].add(b.ids[r.to], r.from)
			if kind == "intrusion-set" {
				ofGroup.add(r.from, b.ids[r.to])
			}
		}
	}
	for i := range b.all {
		t := &b.all[i]
		if t.Status != attack.Active {
			continue
		}
		groups, campaigns := users["intrusion-set"][t.ID], users["campaign"][t.ID]
		t.Uses = attack.Uses{Groups: len(groups), Campaigns: len(campaigns), Software: len(users["software"][t.ID])}
		all := maps.Clone(groups)
		for campaign := range campaigns {
			for group := range ofCampaign[campaign] {
				if all == nil {
					all = set{}
				}
				all[group] = true
			}
		}
		t.Uses.GroupsOrCampaigns = len(all)
	}
	b.listGroups(ofGroup)
	return nil
}

func (b *builder) listGroups(techniques sets) {
	count := func(kind string) (n int) {
		b.of(kind, func(o *object) bool {
			if o.live() {
				n++
			}
			return true
		})
		return n
	}
	b.head.Totals.Groups, b.head.Totals.Campaigns = count("intrusion-set"), count("campaign")
	b.head.Totals.Software = count("malware") + count("tool")
	for id, used := range techniques {
		o := b.objects[id]
		b.groups = append(b.groups, attack.Group{ID: o.attackID(), Name: clean(o.Name), Techniques: slices.Sorted(maps.Keys(used))})
	}
	slices.SortFunc(b.groups, func(x, y attack.Group) int { return cmp.Compare(x.ID, y.ID) })
}
