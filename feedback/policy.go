package feedback

import "time"

// Policy says whom to believe how far. Its numbers are those that the section
// feedback of the configuration can change.
type Policy struct {
	// An agent's verdicts weigh nothing unless people have audited MinAudited of
	// its root causes and the lower 95 % bound of its share of right ones is at
	// least MinReliability.
	MinReliability float64
	MinAudited     int

	// Reviewers are the people whose verdicts and reviews count as those of people;
	// empty means that everybody is who they say.
	Reviewers []string

	// Signatures say whose signatures count; without keys and requirements nobody's
	// are looked at.
	Signatures Signatures

	// What must stand behind an exclusion, see Support.
	MinInvestigators int
	MinHosts         int
	MinDays          int
	MaxShare         float64 // that one investigator, session, host or user may have

	ClockSkew time.Duration // by which a verdict may be ahead of now
}

// DefaultPolicy returns the policy that holds where nothing else is said.
func DefaultPolicy() Policy {
	return Policy{MinReliability: 0.9, MinAudited: 30, MinInvestigators: 2, MinHosts: 3, MinDays: 7, MaxShare: 0.5, ClockSkew: 5 * time.Minute}
}
