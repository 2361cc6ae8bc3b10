package tuning

import "math"

// Tier is how small a share of malicious events a clause was shown to hide.
type Tier string

// The tiers: at most 1, 5 and 10 % of what is hidden is malicious; B is for what was
// not shown.
const (
	A1 Tier = "A1"
	A2 Tier = "A2"
	A3 Tier = "A3"
	B  Tier = "B"
)

// Tiers returns the tiers that claim something, the strongest first.
func Tiers() []Tier { return []Tier{A1, A2, A3} }

// Share returns the largest share of malicious events that a tier allows; 1 for B.
func (t Tier) Share() float64 {
	switch t {
	case A1:
		return 0.01
	case A2:
		return 0.05
	case A3:
		return 0.10
	}
	return 1
}

// Delta is how often a run may certify anything wrongly, at each tier.
const Delta = 0.05

// Needed returns how many unseen clusters without a malicious one a tier needs, if
// errors up to delta are allowed.
func (t Tier) Needed(delta float64) int {
	return int(math.Ceil(math.Log(delta)/math.Log(1-t.Share()) - 1e-9))
}

// Bound returns the upper end of the exact one-sided interval of the share of
// malicious clusters of which none was seen in n (Clopper and Pearson).
func Bound(n int, delta float64) float64 {
	if n <= 0 {
		return 1
	}
	return 1 - math.Pow(delta, 1/float64(n))
}

// Tested is what unseen events say of a clause: clusters that it hides, and
// protected events among them.
type Tested struct{ Clusters, Lost int }

// Certify gives tiers to clauses in the order that was fixed before they were
// tested. At each tier it goes through them and stops at the first that does not
// reach it: so the chance of certifying any clause wrongly at that tier is at most
// delta, however many there are, and no correction is needed (fixed-sequence
// testing).
func Certify(tested []Tested, delta float64) []Tier {
	out := make([]Tier, len(tested))
	for i := range out {
		out[i] = B
	}
	for _, t := range []Tier{A3, A2, A1} {
		for i, x := range tested {
			if x.Lost > 0 || x.Clusters < t.Needed(delta) {
				break
			}
			out[i] = t
		}
	}
	return out
}
