package feedback

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/rules"
)

// Check returns what deserves a look: the problems of the fold, alerts on which
// investigators disagree, verdicts on rules that are not there, and what has no
// weight. hashes are the rules that there are, by id or by the title of one
// without, "" for one with errors; nil leaves rules out of it.
func (s *State) Check(hashes map[string]string) rules.Diagnostics {
	out := slices.Clone(s.Problems)
	add := func(code string, severity rules.Severity, at rules.Span, message, help string) {
		out = append(out, rules.Diagnostic{Code: code, Severity: severity, Span: at, Message: message, Help: help})
	}
	for _, a := range s.Alerts {
		if a.Contested {
			d := rules.Diagnostic{Code: "verdict/contested", Severity: rules.Warning, Span: a.Span, Message: "investigators disagree on an alert of " + a.Alert.RuleID,
				Help: "it stays protected until one of them is superseded"}
			for _, o := range a.Opinions {
				d.Related = append(d.Related, rules.Related{Span: o.Span, Message: o.Investigator.String() + " says " + string(o.Verdict)})
			}
			out = append(out, d)
		}
		if a.Class == Protected && len(a.Alert.EventFP) == 0 {
			add("verdict/no-event", rules.Warning, a.Span, "an alert of "+a.Alert.RuleID+" is protected, and nothing says which event it is", "add the fingerprints of its events: no filter can be tested on it")
		}
	}
	for _, r := range s.Agents {
		if r.Weight == 0 {
			add("verdict/no-record", rules.Info, rules.Span{}, fmt.Sprintf("%s has no sufficient record: %d of %d audited root causes right, at least %.0f %% with 95 %% confidence", r.name(), r.Right, r.Audited, 100*r.Reliability),
				fmt.Sprintf("its verdicts support nothing unless a person reviews them; %d audited ones and %.0f %% are needed", s.policy.MinAudited, 100*s.policy.MinReliability))
		}
	}
	if hashes != nil {
		out = append(out, s.checkRules(hashes)...)
	}
	out.Sort()
	return out
}

func (r *AgentRecord) name() string {
	return Investigator{Kind: Agent, ID: r.ID, Version: r.Version}.String()
}

// checkRules tells, once for every version of a rule, of verdicts on what is not
// there any longer.
func (s *State) checkRules(hashes map[string]string) (out rules.Diagnostics) {
	for _, rule := range slices.Sorted(maps.Keys(s.byRule)) {
		alerts := s.byRule[rule]
		hash, known := hashes[rule]
		if !known {
			d := rules.Diagnostic{Code: "verdict/unknown-rule", Severity: rules.Warning, Span: alerts[0].Span,
				Message: fmt.Sprintf("%s about %s, and no rule has that id or title", count(len(alerts), "alert is", "alerts are"), rule), Help: "they are kept, and count for no rule"}
			if near := rules.Nearest(rule, slices.Sorted(maps.Keys(hashes))); near != "" {
				d.Help = "did you mean " + near + "?"
			}
			out = append(out, d)
			continue
		}
		if hash == "" {
			out = append(out, rules.Diagnostic{Code: "verdict/broken-rule", Severity: rules.Warning, Span: alerts[0].Span,
				Message: fmt.Sprintf("%s about %s, which has errors", count(len(alerts), "alert is", "alerts are"), rule), Help: "mend the rule: until then it matches nothing"})
			continue
		}
		old := map[string][]*AlertState{}
		for _, a := range alerts {
			if h := a.Alert.RuleHash; h != "" && h != hash {
				old[h] = append(old[h], a)
			}
		}
		for _, h := range slices.Sorted(maps.Keys(old)) {
			out = append(out, rules.Diagnostic{Code: "verdict/old-rule-hash", Severity: rules.Info, Span: old[h][0].Span,
				Message: fmt.Sprintf("%s judged as %s was before it changed", count(len(old[h]), "alert was", "alerts were"), rule),
				Help:    "they count where the rule as it is matches the same events"})
		}
	}
	return out
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Stats counts verdicts.
type Stats struct {
	Schema        string              `json:"schema"` // socctl.verdict-stats/v1
	Verdicts      int                 `json:"verdicts"`
	Duplicates    int                 `json:"duplicates"`
	Alerts        int                 `json:"alerts"`
	Rules         int                 `json:"rules"`
	Contested     int                 `json:"contested"`
	WithoutEvent  int                 `json:"without_event"`
	Classes       map[string]int      `json:"classes"`  // alerts
	Outcomes      map[Outcome]int     `json:"outcomes"` // alerts
	Investigators []InvestigatorStats `json:"investigators"`
	Agents        []AgentRecord       `json:"agents"`
}

// InvestigatorStats counts the opinions of one investigator that count.
type InvestigatorStats struct {
	Investigator string  `json:"investigator"` // for people: two agents may read alike
	Kind         Kind    `json:"kind"`
	ID           string  `json:"id"`
	Version      string  `json:"version,omitempty"`
	Weight       float64 `json:"weight"` // of a verdict on an alert that nobody has reviewed
	Opinions     int     `json:"opinions"`
	Alone        int     `json:"alone"`    // nobody else has one on the alert
	Disagree     int     `json:"disagree"` // with somebody, on what is protected
}

// weight returns that of an investigator.
func (s *State) weight(i Investigator) float64 {
	if i.Kind == Human {
		if f := (folding{options: FoldOptions{Policy: s.policy}}); f.trusted(i.Kind, i.ID) {
			return 1
		}
		return 0
	}
	for _, r := range s.Agents {
		if r.ID == i.ID && r.Version == i.Version {
			return r.Weight
		}
	}
	return 0
}

// byOne reports whether all opinions are of one investigator, who may have spoken
// of the alert and of its incident.
func (a *AlertState) byOne() bool {
	first := a.Opinions[0].Investigator
	return !slices.ContainsFunc(a.Opinions, func(o Opinion) bool { return o.Investigator.Kind != first.Kind || o.Investigator.ID != first.ID })
}

// Stats counts what the state is made of.
func (s *State) Stats() Stats {
	out := Stats{Schema: "socctl.verdict-stats/v1", Verdicts: s.Verdicts, Duplicates: s.Duplicates, Alerts: len(s.Alerts), Rules: len(s.byRule),
		Classes: map[string]int{}, Outcomes: map[Outcome]int{}, Investigators: []InvestigatorStats{}, Agents: append([]AgentRecord{}, s.Agents...)}
	by := map[Investigator]*InvestigatorStats{}
	for _, a := range s.Alerts {
		out.Classes[a.Class.String()]++
		out.Outcomes[a.Outcome]++
		if a.Contested {
			out.Contested++
		}
		if len(a.Alert.EventFP) == 0 {
			out.WithoutEvent++
		}
		for _, o := range a.Opinions {
			who := o.Investigator
			who.Session = ""
			if by[who] == nil {
				by[who] = &InvestigatorStats{Investigator: who.String(), Kind: who.Kind, ID: who.ID, Version: who.Version, Weight: s.weight(who)}
			}
			by[who].Opinions++
			if a.byOne() {
				by[who].Alone++
			}
			if a.Contested {
				by[who].Disagree++
			}
		}
	}
	for _, i := range by {
		out.Investigators = append(out.Investigators, *i)
	}
	slices.SortFunc(out.Investigators, func(a, b InvestigatorStats) int {
		return cmp.Or(b.Opinions-a.Opinions, cmp.Compare(a.Investigator, b.Investigator), cmp.Compare(a.ID, b.ID))
	})
	return out
}
