package tuning

import (
	"cmp"
	"slices"
)

// Input is what there is about one rule. Rows are of the corpus.
type Input struct {
	Rule   Rule
	Corpus *Corpus

	Removable Rows                // alerts that investigations found to be false or expected
	Protected Rows                // alerts that must stay
	Pool      Rows                // events on which other rules of the logsource fire
	Fires     Rows                // all events on which the rule fires, with a verdict or without; nil for those with one
	By        map[string][]string // who judged an event, by its fingerprint; nil if that is not known
	// Missing says what is missing behind an exclusion that rests on some events; nil
	// counts investigators, hosts and days.
	Missing func(Rows) []string
	// Trials share out what is known.
	Trials []Trial
}

// Trial is two parts of what is known of a rule that share no source: from one
// clauses are learnt, the other tests them.
type Trial struct{ Learn, Unseen Rows }

// Known returns what the trials look at.
func (in *Input) Known() Rows {
	out := in.Corpus.NewRows()
	for _, t := range in.Trials {
		out.Join(t.Learn)
		out.Join(t.Unseen)
	}
	return out
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
	Tested  Tested  // of the least general variant, which stands for all that were tried
	Delta   float64 // how often the bound may be wrong
	Tier    Tier
}

// Tune learns clauses and tests them on alerts that they were not learnt from. It
// returns those that pass, those that remove most first.
func Tune(policy Policy, in *Input) []Calibrated {
	var out []Calibrated
	known := in.Known()
	for _, t := range in.Trials {
		out = append(out, tune(&policy, in, t, known, Delta/float64(len(in.Trials)))...)
	}
	slices.SortStableFunc(out, func(a, b Calibrated) int {
		return cmp.Or(cmp.Compare(b.Removed.Count(), a.Removed.Count()), cmp.Compare(len(a.Clause), len(b.Clause)), cmp.Compare(a.Clause.String(), b.Clause.String()))
	})
	return needed(&policy, in.Removable.and(known), out)
}

// needed leaves out clauses that add too little to those before them.
func needed(policy *Policy, removable Rows, all []Calibrated) []Calibrated {
	var out []Calibrated
	left := removable.and(removable)
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
func tune(policy *Policy, in *Input, t Trial, known Rows, delta float64) []Calibrated {
	x := newLearner(policy, in.Corpus, &in.Rule, in.Removable.and(t.Learn), in.Protected.and(t.Learn), in.Pool)
	var out []Calibrated
	var tested []Tested
	var of []int // the test of each clause
	protected := in.Protected.and(t.Unseen)
	for _, c := range x.search() {
		rows := in.Corpus.Covered(c.Variants[0])
		tested = append(tested, Tested{Clusters: in.Corpus.Support(rows.and(in.Removable).and(t.Unseen)).Clusters, Lost: rows.common(protected)})
		if k, ok := calibrated(policy, in, &c, t, known); ok {
			k.Tested, k.Delta = tested[len(tested)-1], delta
			out, of = append(out, k), append(of, len(tested)-1)
		}
	}
	tiers := Certify(tested, delta)
	for i := range out {
		out[i].Tier = tiers[of[i]]
	}
	return out
}

// calibrated takes the most general variant that hides no protected event, of those
// that were learnt from or not, and not too much of the pool.
func calibrated(policy *Policy, in *Input, c *Candidate, t Trial, known Rows) (k Calibrated, ok bool) {
	protected := in.Protected.and(known)
	all := float64(max(1, in.Pool.Count()))
	for n, clause := range c.Variants {
		rows := in.Corpus.Covered(clause)
		share := float64(rows.common(in.Pool)) / all
		if rows.common(protected) > 0 && !policy.Untested || share > policy.PoolShare {
			break
		}
		removed := rows.and(in.Removable)
		if lift := float64(rows.common(in.Removable.and(known))) / float64(in.Removable.common(known)); lift < policy.MinLift*share {
			continue
		}
		tested := in.Corpus.Support(removed.and(t.Unseen))
		if tested.Alerts < policy.Calibration || clause.Score() < 1 && tested.Alerts < policy.Weak {
			continue
		}
		k = Calibrated{Clause: clause, Exact: c.Exact, Variant: n, Learnt: in.Corpus.Support(removed.and(t.Learn)), Unseen: tested, Pool: share, Removed: removed.and(known)}
		ok = true
	}
	return k, ok
}
