package aftercare

import "math"

// Delta is the probability with which a certificate may be wrong.
const Delta = 0.05

// Tier is what can be said of the share of attacks among what a filter hides.
type Tier string

// Tiers. A share below 10, 5 and 1 % has been shown; B is that nothing has.
const (
	A1 Tier = "A1"
	A2 Tier = "A2"
	A3 Tier = "A3"
	B  Tier = "B"
)

// Alpha returns the share of attacks that the tier excludes; 1 for B.
func (t Tier) Alpha() float64 {
	switch t {
	case A1:
		return 0.01
	case A2:
		return 0.05
	case A3:
		return 0.1
	}
	return 1
}

// Tiers lists those that exclude anything, the best first.
func Tiers() []Tier { return []Tier{A1, A2, A3} }

// Wealth is what has been won by betting against "at least the share alpha of what
// the filter hides are attacks", one alert after the other. It starts at 1. If that
// were true it would be a supermartingale, so that by Ville's inequality it ever
// reaches 1/delta with a probability of at most delta: one may look at it after
// every alert. The alerts must be drawn without regard to what they are.
type Wealth struct {
	alpha float64
	log   float64
}

// NewWealth returns the wealth before the first bet. alpha lies between 0 and 1.
func NewWealth(alpha float64) *Wealth { return &Wealth{alpha: alpha} }

// Benign takes an alert into account that was no attack.
func (w *Wealth) Benign() { w.log -= math.Log1p(-w.alpha) }

// Malicious takes an attack into account: everything is lost, for good.
func (w *Wealth) Malicious() { w.log = math.Inf(-1) }

// Value returns the wealth, 0 after an attack. It is always a number: one too large for
// a float64 is told as the largest.
func (w *Wealth) Value() float64 { return min(math.Exp(w.log), math.MaxFloat64) }

// Certifies reports whether the share of attacks is below alpha, but for an error
// of the probability delta.
func (w *Wealth) Certifies(delta float64) bool { return w.log >= -math.Log(delta) }

// Needs returns how many benign alerts in a row certify a tier from the start: 29,
// 59 and 299 at Delta.
func (t Tier) Needs() int { return int(math.Ceil(math.Log(Delta) / math.Log1p(-t.Alpha()))) }
