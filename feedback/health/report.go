package health

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// Schema names the JSON form of a Report. Keys may be added to it; none changes its
// meaning.
const Schema = "socctl.health/v1"

// Confidence is that of all intervals unless it is said otherwise.
const Confidence = 0.95

// Report is the health of all rules.
type Report struct {
	Schema     string           `json:"schema"`
	Now        string           `json:"now,omitempty"` // as of when verdicts and filters have expired
	Confidence float64          `json:"confidence"`
	Partial    bool             `json:"partial"`  // the replay was interrupted
	Replayed   bool             `json:"replayed"` // without a replay nothing is known of volume and silence
	Expiry     *compiler.Expiry `json:"expiry,omitempty"`
	Summary    Summary          `json:"summary"`
	Rules      []Rule           `json:"rules"` // those that need most attention first
	Gone       []Gone           `json:"gone"`  // rules that were judged and are not there, sorted
}

// Gone is a rule that was deleted, or has another id or title now: verdicts on it
// count for no rule.
type Gone struct {
	Rule   string `json:"rule"`   // id, or title of one without, as its verdicts have it
	Alerts int    `json:"alerts"` // that were judged
}

// Summary counts rules.
type Summary struct {
	Rules       int            `json:"rules"`
	Judged      int            `json:"judged"`   // with at least one verdict that tells
	Silent      int            `json:"silent"`   // no alert in the replay, nor a match for a correlation, and no verdict
	Untested    int            `json:"untested"` // without a test that wants a match
	Drifting    int            `json:"drifting"`
	Gone        int            `json:"gone"` // judged, and not there; not among Rules
	Recommended map[Action]int `json:"recommended"`
}

// Rule is the health of one rule or correlation.
type Rule struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
	Level string `json:"level,omitempty"`
	Kind  string `json:"kind"` // rule or correlation
	Path  string `json:"path"`
	Line  int    `json:"line"`
	Hash  string `json:"hash"`

	Silent   bool `json:"silent"`
	Untested bool `json:"untested"`
	Unjudged bool `json:"unjudged"`
	Tests    int  `json:"tests"` // that want a match

	Precision Precision `json:"precision"`
	Volume    *Volume   `json:"volume,omitempty"` // of the replay
	Drift     []Drift   `json:"drift"`

	Techniques []string `json:"techniques,omitempty"` // of its tags
	SoleFor    []string `json:"sole_for,omitempty"`   // techniques that no other rule that has fired, or was confirmed, is tagged with; never right ones aside

	Action  Action   `json:"action"`
	ToLevel string   `json:"to_level,omitempty"` // of change_level
	Reasons []string `json:"reasons"`
}

// Precision is what verdicts say of a rule as it is. Its counts are of root causes.
type Precision struct {
	True      int `json:"true"`      // malicious or attempted
	False     int `json:"false"`     // false logic, or expected
	Expected  int `json:"expected"`  // of False: the rule is right, and the action wanted
	Contested int `json:"contested"` // counted against the rule below, for it above
	Unclear   int `json:"unclear"`   // undetermined, tests, bad data, and words without weight

	// Replayed are root causes in the replay of which an alert was judged.
	Replayed int `json:"replayed"`

	Alerts int `json:"alerts"` // with verdicts, of the rule as it is
	Older  int `json:"older"`  // of the rule as it was, which the replay does not show it to raise any longer

	// Point is the share of true ones, nil if there are neither true nor false ones.
	// Lower and Upper bound it exactly (Clopper and Pearson).
	Point *float64 `json:"point"`
	Lower float64  `json:"lower"`
	Upper float64  `json:"upper"`
}

// Volume is what a replay shows of a rule.
type Volume struct {
	Verdict    backtest.Verdict    `json:"verdict"`
	Reason     string              `json:"reason,omitempty"`
	Alerts     int                 `json:"alerts"`
	Suppressed int                 `json:"suppressed"`
	Rate       *backtest.Rate      `json:"rate,omitempty"`
	Budget     *backtest.Verified  `json:"budget,omitempty"`
	Causes     int                 `json:"root_causes"`
	MoreCauses bool                `json:"more_root_causes,omitempty"` // than were told apart
	TopCauses  []int               `json:"top_causes,omitempty"`       // alerts of the most frequent ones
	Hosts      int                 `json:"hosts"`
	Users      int                 `json:"users"`
	ActiveDays int                 `json:"active_days"`    // with alerts
	Days       []backtest.DayCount `json:"days,omitempty"` // recorded ones of its logsource, with or without alerts
}

// Drift is a point from which on a rule is not what it was.
type Drift struct {
	Of     string  `json:"of"`    // precision or volume
	Since  string  `json:"since"` // day of the first observation behind the change
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	N      int     `json:"n"` // observations: root causes, or recorded days
	P      float64 `json:"p"` // probability of such a change by chance, corrected for the places that were tried
}

// Action is what to do about a rule.
type Action string

// Actions.
const (
	Keep         Action = "keep"
	Tune         Action = "tune"          // exclude what is a false positive: few causes make most of it
	Correlate    Action = "correlate"     // too much of too many kinds for an exclusion: count instead
	ChangeLevel  Action = "change_level"  // to ToLevel, which fits the precision
	Retire       Action = "retire"        // practically never right, and others cover its techniques
	SoleCoverage Action = "sole_coverage" // would be retired if anything else covered its techniques
)

// Actions lists them, those that need most attention first.
func Actions() []Action { return []Action{Retire, SoleCoverage, Tune, Correlate, ChangeLevel, Keep} }

// Input is what rules are judged by.
type Input struct {
	Program *compiler.Program
	Written *rules.Set // what the files have, rules with errors too; nil for the program alone
	State   *feedback.State
	Replay  *backtest.Result // nil without one
	Watch   *Watch           // of the same replay; nil without one
	Tests   map[string]int   // tests that want a match, by path and line of the rule, see PlaceOf; nil if nobody looked
	Now     string
}
