package tuning

import (
	"cmp"
	"slices"

	"github.com/socctl/socctl/feedback/calibration"
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
	// Calibration remembers which alerts have tested what, so that none tests twice;
	// nil for a run that is the first.
	Calibration *calibration.Rule
	// Trials share out what is known.
	Trials []Trial
}

// fires are all events that the rule is known to fire on.
func (in *Input) fires() Rows {
	out := in.Removable.and(in.Removable)
	out.Join(in.Protected)
	if in.Fires != nil {
		out.Join(in.Fires)
	}
	return out
}

// Trial is two parts of what is known of a rule that share no source: from one
// clauses are learnt, the other tests them.
type Trial struct {
	Name          string // of the part that tests, the same in every run, for the ledger of calibration; "" for none
	Learn, Unseen Rows
}

// Attacks counts the attacks that are known: protected events, those of a root cause
// once a host and day.
func (in *Input) Attacks() int { return in.Corpus.Support(in.Protected).Clusters }

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
	Claim
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
	var out []Calibrated
	attacks := in.Attacks()
	if attacks == 0 {
		policy.MinScore = max(policy.MinScore, policy.Unproven)
	}
	known := in.Known()
	found := make([][]Candidate, len(in.Trials))
	inParallel(len(in.Trials), func(i int) {
		learn := in.Trials[i].Learn
		found[i] = newLearner(&policy, in.Corpus, &in.Rule, in.Removable.and(learn), in.Protected.and(learn), in.Pool, attacks).search()
	})
	for i, t := range in.Trials {
		out = append(out, calibrate(&policy, in, found[i], t, known, attacks, in.error())...)
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

// calibrate tests what was learnt from one part of what is known on the other.
func calibrate(policy *Policy, in *Input, found []Candidate, t Trial, known Rows, attacks int, delta float64) []Calibrated {
	var out []Calibrated
	for i, claims := range in.claims(found, t, delta) {
		if k, ok := calibrated(policy, in, &found[i], claims, t, known, attacks); ok {
			out = append(out, k)
		}
	}
	return out
}

// calibrated takes the most general variant that hides no protected event, of those
// that were learnt from or not, and not too much of the pool; and of which no less is
// claimed than of the least general one of that kind.
func calibrated(policy *Policy, in *Input, c *Candidate, claims []Claim, t Trial, known Rows, attacks int) (k Calibrated, ok bool) {
	protected := in.Protected.and(known)
	all := float64(max(1, in.Pool.Count()))
	var least Tier
	for n, clause := range c.Variants {
		rows := in.Corpus.Covered(clause)
		share := float64(rows.common(in.Pool)) / all
		if rows.common(protected) > 0 && !policy.Untested && policy.Without != "G1" {
			break
		}
		removed := rows.and(in.Removable)
		lift := float64(removed.common(known)) / float64(in.Removable.common(known))
		rare := share <= policy.PoolShare && lift >= policy.MinLift*share && (policy.both(attacks) || clause.opens(&in.Rule))
		if !policy.enough(rare, in.saved(policy, clause, protected, attacks), attacks) {
			continue
		}
		tested := in.Corpus.Support(removed.and(t.Unseen))
		if tested.Alerts < policy.Calibration || clause.Score() < 1 && tested.Alerts < policy.Weak || !policy.known(protected.Count(), tested) {
			continue
		}
		if !ok {
			least = claims[n].Tier
		}
		if claims[n].Tier.Share() > least.Share() {
			continue
		}
		k = Calibrated{Clause: clause, Claim: claims[n], Exact: c.Exact, Variant: n, Learnt: in.Corpus.Support(removed.and(t.Learn)), Unseen: tested, Pool: share, Removed: removed.and(known)}
		ok = true
	}
	return k, ok
}

// saved reports whether something in a clause saves, and that holds against known
// attacks and, where the policy wants that, the pool.
func (in *Input) saved(policy *Policy, clause Clause, protected Rows, attacks int) bool {
	saving := in.Rule.saving(policy, clause)
	if policy.FreeField && len(saving) == 0 {
		return false
	}
	rows := in.Corpus.Covered(saving)
	if policy.OpenKnown && rows.common(protected) > 0 {
		return false
	}
	return policy.OpenShare == 0 || !policy.both(attacks) || float64(rows.common(in.Pool)) <= policy.OpenShare*float64(max(1, in.Pool.Count()))
}

// known reports whether enough is known for a clause: of a rule of which few attacks
// are known, more has to be seen of what the clause hides.
func (p *Policy) known(protected int, unseen Support) bool {
	return protected >= p.Scarce || unseen.Clusters >= p.ScarceCalibration
}
