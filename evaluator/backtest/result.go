package backtest

import (
	"time"

	"github.com/socctl/socctl/compiler"
)

// Schema names the JSON form of a Result. Keys may be added to it; none changes
// its meaning.
const Schema = "socctl.backtest/v1"

// Result is what a backtest found. All lists are in an order that depends on
// rules and recordings alone.
type Result struct {
	Schema  string `json:"schema"`
	Partial bool   `json:"partial"` // it was interrupted: all numbers are about what was read until then

	// Semantics and Context are the versions of what rules mean and of context
	// fingerprints: results compare only if they are the same.
	Semantics  int     `json:"semantics_version"`
	Context    int     `json:"context_version"`
	Confidence float64 `json:"confidence"` // of the intervals

	Base       *Revision         `json:"base,omitempty"`
	Expiry     *compiler.Expiry  `json:"expiry,omitempty"` // of the rules of now, if a filter ends some day
	Summary    Summary           `json:"summary"`
	Budgets    []Budget          `json:"budgets,omitempty"`
	Total      *Total            `json:"total"`
	Logsources []LogsourceReport `json:"logsources"`
	Recordings []Recording       `json:"recordings"`
	Rules      []RuleReport      `json:"rules"`
	Findings   []Finding         `json:"findings"`
}

// Revision is what the rules are compared with.
type Revision struct {
	Ref    string `json:"ref"`
	Commit string `json:"commit"`
}

// Summary counts.
type Summary struct {
	Rules        int `json:"rules"`
	Correlations int `json:"correlations"`
	Events       int `json:"events"`
	Unrouted     int `json:"unrouted"`   // events of no known logsource
	Problems     int `json:"problems"`   // that could not be read
	Matches      int `json:"matches"`    // of rules, those included that only feed correlations
	Suppressed   int `json:"suppressed"` // matches that filters kept back
	Alerts       int `json:"alerts"`     // of rules and correlations that raise any

	Fired        int `json:"fired"`
	Quiet        int `json:"quiet"`
	Partly       int `json:"partly_exercised"`
	NotExercised int `json:"not_exercised"`

	BudgetExceeded  int `json:"budget_exceeded"`
	BudgetUndecided int `json:"budget_undecided"`

	Lost  *CorrelationLosses `json:"correlations_lost,omitempty"` // what correlations could not take into account
	Delta *Delta             `json:"delta,omitempty"`             // with a base
}

// CorrelationLosses counts matches that correlations could not take into account.
type CorrelationLosses struct {
	Untimed int `json:"untimed"` // without a time
	Late    int `json:"late"`
	Ignored int `json:"ignored"` // without a number
	Groups  int `json:"groups"`  // dropped with the groups that exceed the limit
	Entries int `json:"entries"` // dropped from windows that exceed the limit
}

// Delta sums up what a change of the rules does.
type Delta struct {
	Added        int `json:"added"` // rules
	Removed      int `json:"removed"`
	Broken       int `json:"broken"`  // that have an error now
	Mended       int `json:"mended"`  // that had one before
	Changed      int `json:"changed"` // rules that mean something else
	Unseen       int `json:"unseen"`  // events and alerts of rules that are broken now
	Gained       int `json:"gained"`  // events and alerts
	Lost         int `json:"lost"`
	AlertsBefore int `json:"alerts_before"`
}

// Total is the alerts of all rules together.
type Total struct {
	Alerts  int        `json:"alerts"`
	Undated int        `json:"undated"`
	First   string     `json:"first,omitempty"` // recorded event of any logsource
	Last    string     `json:"last,omitempty"`
	Rate    *Rate      `json:"rate,omitempty"`
	Budget  *Verified  `json:"budget,omitempty"`
	Days    []DayLevel `json:"days"` // covered days, with or without alerts
}

// DayLevel is the alerts of a day by level; "" is the level of rules without any.
type DayLevel struct {
	Day    string         `json:"day"`
	Events int            `json:"events"`
	Alerts int            `json:"alerts"`
	Levels map[string]int `json:"levels,omitempty"`
}

// LogsourceReport is what was recorded for the rules of a logsource.
type LogsourceReport struct {
	Logsource
	Rules       int     `json:"rules"`
	Events      int     `json:"events"`
	Undated     int     `json:"undated,omitempty"`
	First       string  `json:"first,omitempty"`
	Last        string  `json:"last,omitempty"`
	CoveredDays int     `json:"covered_days"` // on which there is an event
	Days        float64 `json:"days"`         // recorded time: see covered
	GapDays     int     `json:"gap_days"`     // between the first and the last without an event

	Daily []DayEvents `json:"daily,omitempty"` // covered days
}

// DayEvents is the events of a day.
type DayEvents struct {
	Day    string `json:"day"`
	Events int    `json:"events"`
}

// RuleReport is what became of one rule or correlation.
type RuleReport struct {
	ID        string     `json:"id,omitempty"`
	Title     string     `json:"title"`
	Level     string     `json:"level,omitempty"`
	Kind      string     `json:"kind"` // rule or correlation
	Path      string     `json:"path"`
	Line      int        `json:"line"`
	Hash      string     `json:"hash"`
	Logsource *Logsource `json:"logsource,omitempty"`  // of a rule
	Feeds     bool       `json:"feeds_only,omitempty"` // it raises no alerts itself

	Verdict Verdict  `json:"verdict"`
	Reason  string   `json:"reason,omitempty"`
	Missing []string `json:"missing_fields,omitempty"` // that no event of the logsource has
	// Lacking is, of a correlation, the fields of group-by that matches did not have: these are one group.
	Lacking []FieldLack `json:"lacking_fields,omitempty"`
	Events  int         `json:"events"` // that it was tried on; of a correlation those of its rules

	Matches    int `json:"matches"` // events that it matched; of a correlation its alerts
	Suppressed int `json:"suppressed"`
	Alerts     int `json:"alerts"`
	Undated    int `json:"undated,omitempty"`  // alerts of no known time, which no day and no rate has
	Baseline   int `json:"baseline,omitempty"` // alerts in recordings that are known to be benign

	First  string     `json:"first,omitempty"`
	Last   string     `json:"last,omitempty"`
	Rate   *Rate      `json:"rate,omitempty"`
	Budget *Verified  `json:"budget,omitempty"`
	Days   []DayCount `json:"days,omitempty"`
	Hours  []int      `json:"hours,omitempty"` // alerts by hour of the day in UTC, 24 of them

	Hosts      *Counted      `json:"hosts,omitempty"`
	Users      *Counted      `json:"users,omitempty"`
	RootCauses *Causes       `json:"root_causes,omitempty"`
	Filters    []FilterCount `json:"filters,omitempty"`
	Samples    []Sample      `json:"samples,omitempty"`

	Change *Change `json:"change,omitempty"` // with a base
}

// FieldLack is a field of group-by, with how many of the matches that were grouped had none.
type FieldLack struct {
	Field   string `json:"field"`
	Matches int    `json:"matches"`
	Of      int    `json:"of"`
}

// DayCount is the alerts of a day.
type DayCount struct {
	Day    string `json:"day"`
	Alerts int    `json:"alerts"`
}

// Counted is how often names occurred.
type Counted struct {
	Distinct int  `json:"distinct"`
	More     bool `json:"more,omitempty"` // there are more than were told apart
	// Uncounted is the alerts of those that were not told apart: none of them has more.
	Uncounted int         `json:"uncounted,omitempty"`
	Unknown   int         `json:"unknown,omitempty"` // alerts without any
	Top       []NameCount `json:"top"`               // the most frequent, then by name
}

// NameCount is how often a name occurred.
type NameCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Causes tells alerts apart by their context: what the rule looks at, without
// names of users and numbers.
type Causes struct {
	Distinct int  `json:"distinct"`
	More     bool `json:"more,omitempty"`
	// Uncounted is the alerts of causes that were not told apart: none of them has more.
	Uncounted int     `json:"uncounted,omitempty"`
	Top       []Cause `json:"top"` // the most frequent, then by fingerprint
}

// Cause is alerts of the same context.
type Cause struct {
	Fingerprint string         `json:"fingerprint"`
	Count       int            `json:"count"`
	Fields      []ContextField `json:"fields"`
}

// FilterCount is what a Sigma filter did to a rule.
type FilterCount struct {
	Title      string `json:"title"`
	Path       string `json:"path"`
	Line       int    `json:"line"`
	Asked      int    `json:"asked"`      // events that the detection of the rule matched
	Suppressed int    `json:"suppressed"` // of them kept back by this filter
}

// Sample is an event that a rule matched.
type Sample struct {
	Source       string         `json:"source"`
	Record       int            `json:"record"`
	Time         string         `json:"time,omitempty"`
	Fingerprint  string         `json:"event_fingerprint,omitempty"`
	View         string         `json:"view,omitempty"`
	Host         string         `json:"host,omitempty"`
	User         string         `json:"user,omitempty"`
	Fields       []ContextField `json:"fields,omitempty"`       // that the rule looks at, as they are
	Context      string         `json:"context,omitempty"`      // fingerprint of the root cause
	Contributors int            `json:"contributors,omitempty"` // of an alert of a correlation
}

// Change compares a rule with what it was.
type Change struct {
	Status string `json:"status"` // added, removed, broken, mended, changed, metadata or unchanged
	// Error is that of now in a rule that is broken, and that of before in one that is mended.
	Error *Flaw `json:"error,omitempty"`
	// Gained and Lost are events that only the rule of now, or only that of
	// before, matches; of a correlation alerts.
	Gained        int      `json:"gained"`
	Lost          int      `json:"lost"`
	GainedSamples []Sample `json:"gained_samples,omitempty"`
	LostSamples   []Sample `json:"lost_samples,omitempty"`
	// Unseen are the events that a broken rule matched before: nothing is lost on
	// purpose, and what the rule will match once it is mended is not known.
	Unseen        int      `json:"unseen,omitempty"`
	UnseenSamples []Sample `json:"unseen_samples,omitempty"`
	LevelBefore   string   `json:"level_before,omitempty"` // if it was another one
	AlertsBefore  int      `json:"alerts_before"`
	RateBefore    *Rate    `json:"rate_before,omitempty"`
	// DaysBefore and HostsBefore are those of the rule of before, if it meant
	// something else.
	DaysBefore  []DayCount `json:"days_before,omitempty"`
	HostsBefore *Counted   `json:"hosts_before,omitempty"`
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
