package report

import (
	"math"

	"github.com/socctl/socctl/evaluator/adequacy"
)

// jsonAdequacy is the coverage of rules by their tests.
type jsonAdequacy struct {
	adequacy.Counts
	Percent float64        `json:"decisive_percent"`
	Rules   []jsonCoverage `json:"rules"`
}

type jsonCoverage struct {
	Rule  jsonRule `json:"rule"`
	Tests int      `json:"tests"` // that passed
	adequacy.Counts
	Percent float64    `json:"decisive_percent"`
	Parts   []jsonPart `json:"details"`
}

// jsonPart is a part of a rule. decides_true is true if on some event of a test the
// part held and the verdict would have been the opposite without; never_true if it is
// proven that there is no such event.
type jsonPart struct {
	Kind         adequacy.Kind `json:"kind"` // filter, selection, item or value
	Name         string        `json:"name"`
	Span         *jsonSpan     `json:"span,omitempty"`
	True         bool          `json:"seen_true"`
	False        bool          `json:"seen_false"`
	DecidesTrue  bool          `json:"decides_true"`
	DecidesFalse bool          `json:"decides_false"`
	NeverTrue    bool          `json:"never_true,omitempty"`
	NeverFalse   bool          `json:"never_false,omitempty"`
}

func jsonAdequacyOf(all []adequacy.Coverage) *jsonAdequacy {
	if all == nil {
		return nil
	}
	out := &jsonAdequacy{Counts: adequacy.Total(all), Rules: []jsonCoverage{}}
	out.Percent = tenth(out.Counts.Percent())
	for i := range all {
		c := &all[i]
		r := jsonCoverage{Rule: jsonRuleOf(c.Rule.Source, c.Rule.Hash), Tests: c.Tests, Counts: c.Counts(), Parts: []jsonPart{}}
		r.Percent = tenth(r.Counts.Percent())
		for _, p := range c.Parts {
			r.Parts = append(r.Parts, jsonPart{p.Kind, p.Name, jsonSpanOf(p.Span), p.True, p.False, p.DecidesTrue, p.DecidesFalse, p.NeverTrue, p.NeverFalse})
		}
		out.Rules = append(out.Rules, r)
	}
	return out
}

// tenth rounds down, so that what is missing is never rounded away.
func tenth(percent float64) float64 { return math.Floor(percent*10) / 10 }

// jsonMutation is what tests made of changed rules.
type jsonMutation struct {
	adequacy.MutationCounts
	Score float64          `json:"score_percent"`
	Rules []jsonMutatedSet `json:"rules"`
}

type jsonMutatedSet struct {
	Rule  jsonRule `json:"rule"`
	Tests int      `json:"tests"`
	adequacy.MutationCounts
	Score     float64        `json:"score_percent"`
	Survivors []jsonSurvivor `json:"survivors"`
}

// jsonSurvivor is a change that no test noticed. event is one on which the rule and
// the changed rule differ; matches says what the rule makes of it.
type jsonSurvivor struct {
	Change  string       `json:"change"`
	Span    *jsonSpan    `json:"span,omitempty"`
	Event   *eventRecord `json:"event"`
	Matches bool         `json:"matches"`
	Reason  string       `json:"reason,omitempty"`
}

func jsonMutationOf(all []adequacy.Mutation) *jsonMutation {
	if all == nil {
		return nil
	}
	out := &jsonMutation{MutationCounts: adequacy.Sum(all), Rules: []jsonMutatedSet{}}
	out.Score = tenth(out.MutationCounts.Score())
	for i := range all {
		m := &all[i]
		r := jsonMutatedSet{Rule: jsonRuleOf(m.Rule.Source, m.Rule.Hash), Tests: m.Tests, MutationCounts: m.Counts(), Survivors: []jsonSurvivor{}}
		r.Score = tenth(r.MutationCounts.Score())
		for _, x := range m.Survivors {
			r.Survivors = append(r.Survivors, jsonSurvivor{x.Change, jsonSpanOf(x.Span), recordOf(x.Event), x.Matches, x.Reason})
		}
		out.Rules = append(out.Rules, r)
	}
	return out
}
