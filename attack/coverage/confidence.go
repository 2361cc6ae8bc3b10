package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
)

// Confidence says how far the rules of a cell can be trusted to be about the
// technique. It does not depend on the level: a test may pass for a rule with the
// wrong tag.
type Confidence string

// The degrees of confidence.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// of returns the confidence that a number of doubts leaves.
func (c Cut) of(doubts int) Confidence {
	switch {
	case doubts >= c.Low:
		return Low
	case doubts >= c.Medium:
		return Medium
	}
	return High
}

// rank orders degrees, the lowest first.
func (c Confidence) rank() int { return slices.Index([]Confidence{Low, Medium, High}, c) }

// manyTechniques is how many a rule names before it is doubted that it is about
// each of them.
const manyTechniques = 3

// doubtsAbout lists what speaks against a rule being about a technique.
func (a *assessment) doubtsAbout(r *ruleState, t *attack.Technique, via string) (doubts []string) {
	doubt := func(when bool, format string, args ...any) {
		if when {
			doubts = append(doubts, fmt.Sprintf(format, args...))
		}
	}
	doubt(len(r.Techniques) > manyTechniques, "the rule names %d techniques", len(r.Techniques))
	wanted := a.componentsOf(t)
	doubt(len(wanted) > 0 && len(r.Components) > 0 && !slices.ContainsFunc(r.Components, func(c string) bool { return slices.Contains(wanted, c) }),
		"ATT&CK does not list what the rule looks at (%s) for the technique", strings.Join(r.Components, ", "))
	doubt(r.Severity == "low" || r.Severity == "informational", "level %s", r.Severity)
	doubt(r.Status == "experimental", "status experimental")
	doubt(slices.Contains(r.Tags, "detection.threat-hunting"), "a rule for hunting")
	doubt(slices.Contains(r.Tags, "detection.emerging-threats"), "a rule about one threat")
	doubt(t.Parent() == "" && via == "" && a.hasSubs[t.ID], "the tag names a technique that has sub-techniques, and none of them")
	doubt(via != "", "the rule names %s", via)
	doubt(r.positive > 0 && r.negative == 0, "no test that it stays silent")
	return doubts
}
