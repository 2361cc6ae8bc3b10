package tuning

import (
	"cmp"
	"slices"
)

// Input is what there is about one rule. Rows are of the corpus.
type Input struct {
	Rule   Rule
	Corpus *Corpus

	Removable Rows // alerts that investigations found to be false or expected
	Protected Rows // alerts that must stay
	// Halves of what is known, which share no source: one is learnt from, the other
	// tests what was learnt.
	Learn, Calibrate Rows
	Pool             Rows // events on which other rules of the logsource fire
}

// Calibrated is a clause with what unseen alerts say of it.
type Calibrated struct {
	Clause  Clause
	Exact   bool
	Variant int     // how often it was generalised
	Learnt  Support // removable events that it was learnt from
	Unseen  Support // removable events that were not learnt from
	Pool    float64 // share of the pool that it covers
	Removed Rows    // all removable events that it covers
}

// Tune learns clauses and tests them on alerts that they were not learnt from. It
// returns those that pass, those that remove most first.
func Tune(policy Policy, in *Input) []Calibrated {
	out := tune(&policy, in, in.Learn, in.Calibrate)
	if policy.Cross {
		out = append(out, tune(&policy, in, in.Calibrate, in.Learn)...)
	}
	slices.SortStableFunc(out, func(a, b Calibrated) int {
		return cmp.Or(cmp.Compare(b.Removed.Count(), a.Removed.Count()), cmp.Compare(len(a.Clause), len(b.Clause)), cmp.Compare(a.Clause.String(), b.Clause.String()))
	})
	return needed(&policy, in, out)
}

// needed leaves out clauses that add too little to those before them.
func needed(policy *Policy, in *Input, all []Calibrated) []Calibrated {
	var out []Calibrated
	known := in.Learn.and(in.Learn)
	known.Join(in.Calibrate)
	left := in.Removable.and(known)
	least := max(1, policy.MinShare*float64(left.Count()))
	for _, k := range all {
		if float64(k.Removed.common(left)) >= least {
			left.Minus(k.Removed)
			out = append(out, k)
		}
	}
	return out
}

// tune learns from one part of what is known and tests on the other.
func tune(policy *Policy, in *Input, learn, unseen Rows) []Calibrated {
	x := newLearner(policy, in.Corpus, &in.Rule, in.Removable.and(learn), in.Protected.and(learn), in.Pool)
	var out []Calibrated
	for _, c := range x.search() {
		if k, ok := calibrated(policy, in, &c, learn, unseen); ok {
			out = append(out, k)
		}
	}
	return out
}

// calibrated takes the most general variant that hides no protected event, of those
// that were learnt from or not, and not too much of the pool.
func calibrated(policy *Policy, in *Input, c *Candidate, learn, unseen Rows) (k Calibrated, ok bool) {
	known := learn.and(learn)
	known.Join(unseen)
	protected := in.Protected.and(known)
	all := float64(max(1, in.Pool.Count()))
	for n, clause := range c.Variants {
		rows := in.Corpus.Covered(clause)
		share := float64(rows.common(in.Pool)) / all
		if rows.common(protected) > 0 || share > policy.PoolShare {
			break
		}
		removed := rows.and(in.Removable)
		if lift := float64(rows.common(in.Removable.and(known))) / float64(in.Removable.common(known)); lift < policy.MinLift*share {
			continue
		}
		tested := in.Corpus.Support(removed.and(unseen))
		if tested.Alerts < policy.Calibration || clause.Score() < 1 && tested.Alerts < policy.Weak {
			continue
		}
		k = Calibrated{Clause: clause, Exact: c.Exact, Variant: n, Learnt: in.Corpus.Support(removed.and(learn)), Unseen: tested, Pool: share, Removed: removed.and(known)}
		ok = true
	}
	return k, ok
}
