package tuning

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/rules/logsource"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Input is what there is about one rule.
type Input struct {
	Rule      Rule
	Table     *logsource.Table
	Learn     []*Alert // from which clauses are learnt
	Calibrate []*Alert // on which they are tested, once
	Pool      []*Alert // events on which other rules of the logsource fire; labels say nothing
}

// Calibrated is a candidate with what unseen alerts say of it.
type Calibrated struct {
	Candidate
	Removed int // unseen removable events, or causes by Policy.ByCause
	Lost    int // unseen protected events
}

// Tune learns clauses and tests them on alerts that were not learnt from. It returns
// those that pass.
func Tune(policy Policy, in *Input) []Calibrated {
	x := newLattice(in.Table, &in.Rule)
	var out []Calibrated
	for _, c := range Search(x, policy, in.Learn, in.Pool) {
		k := calibrated(x, policy, c, in.Calibrate)
		if k.Lost == 0 && k.Removed >= policy.Calibration {
			out = append(out, k)
		}
	}
	return out
}

func calibrated(x *lattice, policy Policy, c Candidate, unseen []*Alert) Calibrated {
	out := Calibrated{Candidate: c}
	seen := map[string]bool{}
	for _, a := range unseen {
		if !c.Clause.Matches(a.Values) {
			continue
		}
		switch a.Label {
		case Removable:
			id := a.Fingerprint
			if policy.ByCause {
				id = x.cause(a)
			}
			seen[id] = true
		case Protected:
			out.Lost++
		}
	}
	out.Removed = len(seen)
	return out
}
