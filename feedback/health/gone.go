package health

import (
	"cmp"
	"slices"

	"github.com/socctl/socctl/rules"
)

// gone returns the rules on which there are verdicts and of which nothing else is
// there. A rule with an error is there: it is told by its error.
func (in *Input) gone() []Gone {
	known := in.named()
	out := []Gone{}
	for _, a := range in.State.Alerts { // by rule
		rule := a.Alert.RuleID
		if known[rule] {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Rule != rule {
			out = append(out, Gone{Rule: rule})
		}
		out[len(out)-1].Alerts++
	}
	slices.SortFunc(out, func(a, b Gone) int { return cmp.Compare(a.Rule, b.Rule) })
	return out
}

// named has the ids of all rules and correlations, or the titles of those without.
func (in *Input) named() map[string]bool {
	out := map[string]bool{}
	add := func(h *rules.Header) { out[cmp.Or(h.ID.Text, h.Title.Text)] = true }
	for _, r := range in.Program.Rules {
		add(r.Source.Meta())
	}
	for _, c := range in.Program.Correlations {
		add(c.Source.Meta())
	}
	if in.Written == nil {
		return out
	}
	for _, r := range in.Written.Rules {
		add(r.Meta())
	}
	for _, c := range in.Written.Correlations {
		add(c.Meta())
	}
	return out
}
