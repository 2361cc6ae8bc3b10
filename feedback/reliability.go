package feedback

import (
	"cmp"
	"slices"
	"time"
)

// AgentRecord is how far an agent of one version has been right, as far as people
// have looked.
type AgentRecord struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`

	Verdicts int `json:"verdicts"` // different ones
	Audited  int `json:"audited"`  // root causes on which a person has ruled after it
	Right    int `json:"right"`    // of them, with nothing wrong among their alerts

	Reliability float64 `json:"reliability"` // lower 95 % bound of the share of right ones
	Weight      float64 `json:"weight"`      // of its verdicts: Reliability, or 0 if that is too low or rests on too few
}

type agentVersion struct{ id, version string }

func versionOf(i Investigator) agentVersion { return agentVersion{i.ID, i.Version} }

// rate gives every version of every agent its weight. What an agent says after a
// person has ruled earns it nothing, and many alerts of one cause count once.
func (f *folding) rate() {
	people := f.people()
	type audit struct {
		agent agentVersion
		cause string
	}
	right := map[audit]bool{}
	records := map[agentVersion]*AgentRecord{}
	for _, v := range f.all {
		if v.Investigator.Kind != Agent || f.proofs[v].fail != "" {
			continue
		}
		who := versionOf(v.Investigator)
		if records[who] == nil {
			records[who] = &AgentRecord{ID: who.id, Version: who.version}
		}
		records[who].Verdicts++
		ruled, known := people[f.keys[v]]
		if !known || ruled.class == Unknown || !v.Time.Before(ruled.first) || v.Verdict.Class() == Unknown || f.ahead(v) {
			continue
		}
		a := audit{who, v.Alert.RuleID + "\x00" + cmp.Or(v.Alert.ContextFP, f.keys[v])}
		so, before := right[a]
		right[a] = (so || !before) && v.Verdict.Class() == ruled.class
	}
	for a, ok := range right {
		records[a.agent].Audited++
		if ok {
			records[a.agent].Right++
		}
	}
	f.weights = map[agentVersion]float64{}
	for who, r := range records {
		r.Reliability = ProportionLower(r.Right, r.Audited, 0.95)
		if r.Audited >= max(1, f.options.Policy.MinAudited) && r.Reliability >= f.options.Policy.MinReliability {
			r.Weight = r.Reliability
		}
		f.weights[who] = r.Weight
		f.state.Agents = append(f.state.Agents, *r)
	}
	slices.SortFunc(f.state.Agents, func(a, b AgentRecord) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version)) })
}

// ruling is what people say of an alert, and since when.
type ruling struct {
	class Class
	first time.Time
}

// people returns what people who are trusted say of alerts. Who could not
// determine has not ruled.
func (f *folding) people() map[string]ruling {
	out := map[string]ruling{}
	latest := map[string]map[string]Class{} // by alert and person
	for _, v := range f.all {
		class := v.Verdict.Class()
		if class == Unknown || !f.trusted(v.Investigator.Kind, v.Investigator.ID) || f.ahead(v) || f.proofs[v].fail != "" {
			continue
		}
		key := f.keys[v]
		r, known := out[key]
		if !known {
			r.first = v.Time
			latest[key] = map[string]Class{}
		}
		if !f.takenBack[v.UID] {
			latest[key][v.Investigator.ID] = class
		}
		out[key] = r
	}
	for key, said := range latest {
		r := out[key]
		for _, class := range said {
			r.class = max(r.class, class)
		}
		out[key] = r
	}
	return out
}
