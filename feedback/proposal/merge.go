package proposal

import (
	"encoding/json"
	"slices"

	"github.com/socctl/socctl/feedback/tuning"
)

// Merge is what a policy says of a proposal: whether it may be merged without a
// person.
type Merge struct {
	Allowed bool   `json:"allowed"`
	Why     string `json:"why,omitempty"` // it is not allowed although it was asked for
}

// Mergeable reports whether a policy is asked at all: whatever it says, nothing but
// what passes all guards and claims A1 or A2 is merged without a person.
func (p *Proposal) Mergeable() bool {
	return p.Lane == tuning.Auto && (p.Tier == tuning.A1 || p.Tier == tuning.A2)
}

// Ask lets a policy decide on the proposals. It sees a document of the members now,
// rule (id, title, path, hash, fires, removable, protected) and proposal, which is as
// in the report. An error of the policy is a no.
func (r *Report) Ask(allows func(document any) (bool, error)) {
	r.Summary.Asked = true
	for i := range r.Rules {
		x := &r.Rules[i]
		for k := range x.Proposals {
			p := &x.Proposals[k]
			p.Merge = nil
			if !p.Mergeable() {
				p.Merge = &Merge{Why: "only what is in the lane auto and has the tier A1 or A2 is shown to the policy"}
				continue
			}
			document, err := x.document(p, r.Now)
			allowed := false
			if err == nil {
				allowed, err = allows(document)
			}
			p.Merge = &Merge{Allowed: allowed && err == nil}
			switch {
			case err != nil:
				p.Merge.Why = "the policy failed: " + err.Error()
			case !allowed:
				p.Merge.Why = "the policy does not allow it"
			}
		}
	}
	r.agree()
	r.count()
}

// agree refuses filters of several rules that were refused for one of them.
func (r *Report) agree() {
	refused := map[string]bool{}
	for i := range r.Rules {
		for _, p := range r.Rules[i].Proposals {
			refused[p.ID] = refused[p.ID] || !p.Merge.Allowed
		}
	}
	for i := range r.Rules {
		for k := range r.Rules[i].Proposals {
			if p := &r.Rules[i].Proposals[k]; refused[p.ID] && p.Merge.Allowed {
				p.Merge = &Merge{Why: "the filter is one of several rules, and is not allowed for another of them"}
			}
		}
	}
}

// document is what a policy sees of a proposal.
func (x *Rule) document(p *Proposal, now string) (any, error) {
	text, err := json.Marshal(map[string]any{"now": now, "proposal": p, "rule": map[string]any{"id": x.ID, "title": x.Title, "path": x.Path, "hash": x.Hash,
		"fires": x.Fires, "removable": x.Removable, "protected": x.Protected}})
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(text, &out)
	return out, err
}

// Allowed returns the report without what the policy did not allow: a machine applies
// nothing else.
func (r *Report) Allowed() *Report {
	out := *r
	out.Thresholds, out.Levels, out.Rules = nil, nil, slices.Clone(r.Rules)
	for i := range out.Rules {
		out.Rules[i].Patch = nil // a person decides on rules
		out.Rules[i].Proposals = slices.DeleteFunc(slices.Clone(out.Rules[i].Proposals), func(p Proposal) bool { return p.Merge == nil || !p.Merge.Allowed })
	}
	out.count()
	return &out
}
