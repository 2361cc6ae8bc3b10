package coverage

import (
	"math"
	"time"
)

// Options are the thresholds and weights of an assessment. They are printed with
// its result.
type Options struct {
	// Platforms are those that the assessment is about; nil means all but PRE,
	// whose techniques happen where nobody records.
	Platforms  []string    `json:"platforms,omitempty"`
	Logsources []Logsource `json:"logsources,omitempty"` // that are collected; nil means that it is not known
	Exclude    []Exclusion `json:"exclude,omitempty"`
	Sources    []Source    `json:"-"` // in front of those that socctl comes with

	Weight  Weight             `json:"weight"`
	Custom  map[string]float64 `json:"custom_weights,omitempty"` // by technique, for the weight custom
	Groups  []string           `json:"groups,omitempty"`         // the weight groups counts these only; nil means all
	Targets []string           `json:"targets,omitempty"`        // techniques that matter most
	Credit  Credit             `json:"credit"`

	Verdicts  int     `json:"verdicts"`  // how many Proven needs
	Precision float64 `json:"precision"` // that Wilson's lower bound must reach
	Days      int     `json:"days"`      // how old the latest verdict may be
	// Subs is how many sub-techniques with evidence make their parent count; 0
	// means that only rules of its own do.
	Subs       int       `json:"subs"`
	Confidence Cut       `json:"confidence"`
	Now        time.Time `json:"-"`
}

// Exclusion takes a technique out of the scope.
type Exclusion struct {
	Technique string `json:"technique"`
	Reason    string `json:"reason"`
}

// Weight says what a technique counts in the score.
type Weight string

// The weights. Each is 1 more than what it counts, so that nothing counts 0.
const (
	ByGroups    Weight = "groups"    // groups that are known to use it
	ByCampaigns Weight = "campaigns" // groups, those included that are known from campaigns only
	Equally     Weight = "equal"     // 1
	Custom      Weight = "custom"    // what the configuration says, 1 for all others
)

// Credit is what a level counts in the score, from 0 to 1.
type Credit struct {
	Tagged   float64 `json:"1"`
	Tested   float64 `json:"2"`
	Self     float64 `json:"3a"`
	Observed float64 `json:"3b"`
	Proven   float64 `json:"4"`
}

// Of returns the credit of a level.
func (c Credit) Of(l Level) float64 {
	return [...]float64{0, c.Tagged, c.Tested, c.Self, c.Observed, c.Proven}[l]
}

// Cut says how many doubts make a confidence medium, and how many low.
type Cut struct {
	Medium int `json:"medium"`
	Low    int `json:"low"`
}

// Defaults returns the options that hold unless a configuration says otherwise.
// The numbers are proposals: no field data stands behind them.
func Defaults() Options {
	return Options{
		Weight: ByGroups, Credit: Credit{0.1, 0.4, 0.6, 0.8, 1},
		Verdicts: 10, Precision: 0.60, Days: 180, Confidence: Cut{Medium: 1, Low: 3},
	}
}

// Wilson returns the lower end of Wilson's 95 % interval for a share of n.
func Wilson(hits, n int) float64 {
	if n == 0 {
		return 0
	}
	const z = 1.959964
	p, m := float64(hits)/float64(n), float64(n)
	centre := p + z*z/(2*m)
	spread := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (centre-spread)/(1+z*z/m))
}
