package ruletest

import (
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Status is how a test ended.
type Status string

// The statuses. All but Pass and Skipped keep a run from being clean, and so
// does MissingRecording unless it was allowed.
const (
	Pass             Status = "pass"
	Fail             Status = "fail"
	Error            Status = "error"             // the test could not be decided
	MissingRecording Status = "missing-recording" // its recording is not there
	Skipped          Status = "skipped"           // an earlier test failed, the run was stopped, or a filter has expired that the test needs
)

// Result is the outcome of a run.
type Result struct {
	Cases []CaseResult // in the order of the suite
	// Expiry is that of the program of the rules under test, see compiler.Program.
	Expiry *compiler.Expiry

	// Diagnostics are the problems of compiling the rules under test.
	Diagnostics rules.Diagnostics
	// Unresolved are the rules under test that use placeholders without values.
	Unresolved []*rules.Rule
	Program    *compiler.Program // the rules under test, compiled
	// Untested are the rules that were asked for and that no test is about, with
	// RunOptions.Untested.
	Untested  []*compiler.Rule
	Elapsed   time.Duration
	Cancelled bool // the run was stopped before its end
}

// CaseResult is the outcome of one test.
type CaseResult struct {
	Case     *Case
	Status   Status
	Message  string // what was expected and what was found; "" for a test that passed
	Help     string // what to do about it; "" if the message says it all
	Note     string // something unusual about a test that passed
	RuleHash string // what the rule means; "" if it could not be compiled

	// Span is the place in the test that was not met, RuleSpan the part of the
	// rule that it is about; either may be unknown.
	Span, RuleSpan rules.Span

	// Explanation is the rule on the event that decided, of a test that
	// failed; nil if there is no such event.
	Explanation *evaluator.Explanation
	Alerts      []Alert // what matched
	Duration    time.Duration
	Updated     string // golden file that was rewritten; "" for none
	Allowed     bool   // a MissingRecording that the options allow

	Compiled *compiler.Rule // the rule of the program; nil for a correlation, and if it does not compile
	Seen     []Seen         // what the test showed the rule, with RunOptions.Keep
	Unseen   int            // events that are not in Seen, because there were too many
	kept     map[string]int // indices into Seen

	unreadable bool
}

// Alert is one event that a rule matched.
type Alert struct {
	RuleID           string `json:"rule_id"`
	RuleTitle        string `json:"rule_title"`
	Level            string `json:"level"`
	Record           int    `json:"record"`         // 0-based place in the recording, or among the events of the test
	Time             string `json:"time,omitempty"` // RFC 3339; "" if the event has none
	View             string `json:"view,omitempty"`
	EventFingerprint string `json:"event_fingerprint"`
}

// Clean reports whether the test does not keep the run from being clean.
func (r *CaseResult) Clean() bool {
	return r.Status == Pass || r.Status == Skipped || r.Status == MissingRecording && r.Allowed
}

// Unreadable reports whether the test failed because its recording is missing
// or damaged.
func (r *CaseResult) Unreadable() bool {
	return r.unreadable || r.Status == MissingRecording && !r.Allowed
}

// Counts returns how many tests ended in each status.
func (r *Result) Counts() map[Status]int {
	counts := map[Status]int{}
	for i := range r.Cases {
		counts[r.Cases[i].Status]++
	}
	return counts
}

// Clean reports whether every test passed, or was excused.
func (r *Result) Clean() bool {
	for i := range r.Cases {
		if !r.Cases[i].Clean() {
			return false
		}
	}
	return !r.Cancelled && r.Diagnostics.Count(rules.Error) == 0
}

// Unreadable reports whether a recording was missing or damaged.
func (r *Result) Unreadable() bool {
	for i := range r.Cases {
		if r.Cases[i].Unreadable() {
			return true
		}
	}
	return false
}
