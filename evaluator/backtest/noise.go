package backtest

import (
	"fmt"
	"slices"
)

// Finding is something about the noise that a rule or a filter makes.
type Finding struct {
	Name    string `json:"name"` // as of the constants
	Rule    int    `json:"rule"` // index in Result.Rules; -1 for all rules together
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
	Help    string `json:"help,omitempty"`
}

// Names of findings.
const (
	TooBroad         = "noise/too-broad"         // more alerts than the budget allows, for certain
	BaselineHit      = "noise/baseline-hit"      // alerts in recordings that are known to be benign
	EventIDOnly      = "noise/event-id-only"     // asks for nothing but the kind of event, and that is common
	BlanketException = "noise/blanket-exception" // a filter that suppresses almost everything
)

// FindingNames are the names of all findings.
var FindingNames = []string{TooBroad, BaselineHit, EventIDOnly, BlanketException}

const (
	// oftenPerDay is how many alerts a day make a kind of event common, unless the
	// level of the rule has a budget.
	oftenPerDay = 1
	// A filter is a blanket exception if it keeps back this share of what the rule
	// detects, and there was enough of it.
	blanketShare = 0.95
	blanketAsked = 10
)

// kindFields name the kind of an event and nothing about it.
var kindFields = []string{"EventID", "Channel", "Provider_Name", "event.code", "event.provider", "winlog.event_id"}

// findings judges the noise of all rules.
func (m *measurement) findings(out *Result) {
	out.Findings = []Finding{}
	add := func(name string, rule int, message, help string) {
		f := Finding{Name: name, Rule: rule, Message: message, Help: help}
		if rule >= 0 {
			f.Path, f.Line = out.Rules[rule].Path, out.Rules[rule].Line
		}
		out.Findings = append(out.Findings, f)
	}
	if t := out.Total; t.Budget != nil && t.Budget.State == Exceeded {
		add(TooBroad, -1, fmt.Sprintf("they raise %s, more than the %s that they may", t.Rate, perDay(t.Budget.PerDay)), "")
	}
	for i := range out.Rules {
		r := &out.Rules[i]
		if r.Gone() {
			continue
		}
		if r.Budget != nil && r.Budget.State == Exceeded {
			add(TooBroad, i, fmt.Sprintf("it raises %s, more than the %s that a rule of level %s may", r.Rate, perDay(r.Budget.PerDay), r.Level),
				"make it narrower, lower its level, or raise the budget of the level")
		}
		if r.Baseline > 0 {
			add(BaselineHit, i, fmt.Sprintf("%d of its alerts are on recordings that are known to be benign", r.Baseline), "exclude what is benign, and nothing else")
		}
		if m.kindOnly(i) && often(r) {
			add(EventIDOnly, i, fmt.Sprintf("it asks for nothing but the kind of event, which is common: %s", r.Rate), "ask for something about the event as well, or count it in a correlation")
		}
		for _, f := range r.Filters {
			if f.Asked >= blanketAsked && float64(f.Suppressed) >= blanketShare*float64(f.Asked) {
				add(BlanketException, i, fmt.Sprintf("the filter %q keeps back %d of the %d events that the rule detects", f.Title, f.Suppressed, f.Asked),
					"make the filter narrower; if nothing is worth an alert, remove the rule")
				last := &out.Findings[len(out.Findings)-1]
				last.Path, last.Line = f.Path, f.Line
			}
		}
	}
}

// kindOnly reports whether a rule looks at nothing but the kind of an event.
func (m *measurement) kindOnly(rule int) bool {
	if rule >= len(m.head.program.Rules) {
		return false
	}
	r := m.head.program.Rules[rule]
	fields, ofAll := contextFields(r, m.head.program.Predicates)
	return !ofAll && len(fields) > 0 && slices.Contains(fields, "EventID") && isSubset(fields, kindFields)
}

func isSubset(some, of []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(of, s) })
}

// often reports whether a rule fires more often than a budget allows, and one a
// day without any.
func often(r *RuleReport) bool {
	if r.Rate == nil {
		return false
	}
	if r.Budget != nil {
		return r.Rate.Lower > r.Budget.PerDay
	}
	return r.Rate.Lower > oftenPerDay
}

func perDay(n float64) string { return fmt.Sprintf("%.3g a day", n) }

// String tells the rate with its interval.
func (r *Rate) String() string {
	if r == nil {
		return "no alert at a known time"
	}
	return fmt.Sprintf("%.3g alerts a day (%.3g to %.3g)", r.PerDay, r.Lower, r.Upper)
}
