package ruletest

import (
	"time"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Origin is the form in which a test was written.
type Origin string

// The origins.
const (
	Sidecar     Origin = "sidecar"            // file in the mirrored tree
	Inline      Origin = "inline"             // attribute tests: of a rule
	SigmaHQ     Origin = "sigmahq"            // info.yml of regression_tests_path
	Exemplar    Origin = "rsigma-exemplar"    // attribute rsigma.exemplars of a rule
	Expectation Origin = "rsigma-expectation" // entry of a file of expectations
)

// Case is one test of one rule. It is immutable.
type Case struct {
	ID     string         // Path::Name
	Name   string         // unique in its file
	Path   string         // of the file that holds the test
	Origin Origin         //
	Span   rules.Span     // the name, or where the test starts
	Rule   rules.Document // *rules.Rule or *rules.Correlation

	events          []inlineEvent // nil for a recording
	single          bool          // one event, not a list of them
	sequence        bool          // events in virtual time, for a correlation
	start           time.Time     // of the sequence
	steps           []step        // of the sequence
	recording       rules.Scalar  // what names the recording in the file
	sources         []string      // of the recording
	where           []filter
	ignoreLogsource bool
	want            want
	obstacle        *obstacle // why the test cannot run; nil if it can
}

// inlineEvent is an event that stands in the test.
type inlineEvent struct {
	value evaluator.Value
	span  rules.Span
}

// step is one event of a sequence, or several of the same.
type step struct {
	at, every time.Duration // since the start; between repetitions
	repeat    int           // at least 1
	event     inlineEvent
}

// alertWant is an alert, or several at once, that a sequence must raise.
type alertWant struct {
	at    time.Duration // since the start
	group []groupWant   // parts of the group's key; others may have any value
	count int
	span  rules.Span
}

type groupWant struct {
	name    string
	value   string
	present bool // false if events without the field are meant
}

// filter is one entry of where: any of the texts, letter case aside.
type filter struct {
	field string
	texts []string
}

// want is what a test expects. Parts that are absent say nothing.
type want struct {
	match      *bool
	matchSpan  rules.Span
	selections []selectionWant
	because    rules.Scalar
	count      *countRange
	golden     rules.Scalar
	alerts     []alertWant // of a sequence: all alerts, no others; nil for one that has match
	goldenPath string
}

type selectionWant struct {
	name  rules.Scalar
	holds bool
}

// countRange is how many matches are wanted. max is -1 for no limit.
type countRange struct {
	min, max int
	span     rules.Span
	// least is set if more than min are unusual, but allowed.
	least bool
}

// obstacle keeps a test from being run.
type obstacle struct {
	status  Status
	message string
	help    string
	span    rules.Span
}

// Suite is a set of tests with all that is needed to run them.
type Suite struct {
	Cases []*Case // by path, then in the order of the file
	Files int     // files read: rules and tests
	Rules int     // rules whose tests were looked for

	set   *rules.Set    // of all documents loaded; nil if there are none
	asked []*rules.Rule // whose tests were looked for
}

// WantsMatch reports whether the test demands that its rule matches something.
func (c *Case) WantsMatch() bool {
	w := &c.want
	return w.match != nil && *w.match || w.count != nil && w.count.min > 0 || w.golden.Present() || len(w.alerts) > 0
}

// Demanded returns what a test that demands a match shows its rule: events that stand
// in the test, and recordings of which it chooses no part. It returns nothing for
// sequences, and for tests that demand something else.
func (c *Case) Demanded() (events []evaluator.Value, recordings []string) {
	if !c.WantsMatch() || c.sequence || c.obstacle != nil {
		return nil, nil
	}
	for i := range c.events {
		events = append(events, c.events[i].value)
	}
	if len(c.where) == 0 {
		recordings = c.sources
	}
	return events, recordings
}

// IgnoresLogsource reports whether the test shows its rule events wherever they belong.
func (c *Case) IgnoresLogsource() bool { return c.ignoreLogsource }
