package expansion

import "github.com/socctl/socctl/evaluator/backtest"

// Schema names the JSON form of a Report. Keys may be added to it; none changes its
// meaning.
const Schema = "socctl.expansion/v1"

// Report is what is proposed, and why nothing is for the rest. All lists are in an
// order that depends on the input alone.
type Report struct {
	Schema    string     `json:"schema"`
	Now       string     `json:"now"`
	Budget    float64    `json:"budget"`  // alerts a day that a proposal may add
	Partial   bool       `json:"partial"` // something could not be read
	Summary   Summary    `json:"summary"`
	Events    []Event    `json:"events"`
	Near      []NearMiss `json:"near_misses"`
	Proposals []Proposal `json:"proposals"`
}

// Summary counts.
type Summary struct {
	Events    int `json:"events"`    // distinct ones of the incident
	Caught    int `json:"caught"`    // by rules as they are
	Proposed  int `json:"proposed"`  // that proposals catch
	Open      int `json:"open"`      // that nothing catches
	Widenings int `json:"widenings"` // proposals that change a rule
	Drafts    int `json:"drafts"`    // proposals that are a rule
	Recorded  int `json:"recorded"`  // events of the recordings
	Beyond    int `json:"beyond"`    // events of the incident that were not looked at, because there are more than MaxEvents
}

// Event is one event of the incident.
type Event struct {
	Fingerprint string   `json:"fingerprint"`
	Source      string   `json:"source"`
	Record      int      `json:"record"`
	Logsource   string   `json:"logsource,omitempty"` // of the draft that it would lead to
	CaughtBy    []string `json:"caught_by,omitempty"` // titles of rules
	Proposal    string   `json:"proposal,omitempty"`  // ID of the first that catches it
	Open        []string `json:"open,omitempty"`      // why nothing does
}

// NearMiss is a part of a rule that alone keeps it from matching events, or two of
// which neither does alone.
type NearMiss struct {
	Rule     string `json:"rule"` // id or title
	Title    string `json:"title"`
	Path     string `json:"path"`
	Line     int    `json:"line"`           // of the part
	Part     string `json:"part"`           // as it is written
	Also     string `json:"also,omitempty"` // the other part of two, as it is written
	AlsoLine int    `json:"also_line,omitempty"`
	Holds    bool   `json:"holds"`  // an exclusion holds that should not
	Events   int    `json:"events"` // of the incident that miss the rule by this part
	// Rest is how many of the Recorded events of the logsource the rule would match
	// without the parts, and Share the upper end of the interval (95 %) of their share:
	// how much the rest of the rule tells.
	Rest     int     `json:"rest"`
	Recorded int     `json:"recorded"`
	Share    float64 `json:"share"`
	Proposal string  `json:"proposal,omitempty"` // ID of what came of it
	Rejected string  `json:"rejected,omitempty"` // why nothing did
}

// Kind says what a Proposal is.
type Kind string

// The kinds of proposals.
const (
	Widening Kind = "widening" // a rule that is there matches more
	Draft    Kind = "draft"    // a rule of its own
)

// Proposal is a change that catches events of the incident.
type Proposal struct {
	ID     string `json:"id"` // of the change; of a draft that of the rule
	Kind   Kind   `json:"kind"`
	Rule   string `json:"rule"` // id or title
	Title  string `json:"title"`
	Path   string `json:"path"` // of the rule's file, of a draft below the folder of drafts
	Change string `json:"change"`
	Parts  int    `json:"parts,omitempty"` // of the rule that a widening changes: 1, or 2 where one is not enough

	Before   string `json:"-"`        // text of the file as it is, "" for a draft
	Document string `json:"document"` // text of the file with the change
	TestPath string `json:"test_path"`
	Test     string `json:"test"` // text of a file of tests

	Catches  []string      `json:"catches"` // fingerprints of events of the incident
	Proof    string        `json:"proof"`   // what is proven of the change: wider, or unknown; "" for a draft
	Literals []Comparison  `json:"literals,omitempty"`
	Weakest  string        `json:"weakest,omitempty"` // how an attacker gets past what is new
	Cost     Cost          `json:"cost"`
	Hits     []RecordedHit `json:"hits,omitempty"` // recorded events that it adds, three at most
}

// Comparison is one comparison of a field that a proposal brings.
type Comparison struct {
	Text     string  `json:"text"`
	Decides  string  `json:"decides"`  // who decides about the field: attacker, spoofable, system or unknown
	Recorded int     `json:"recorded"` // events of the recordings that satisfy it
	Share    float64 `json:"share"`    // of those of the logsource
}

// Cost is what a proposal adds to the alerts, on the recordings.
type Cost struct {
	Before int            `json:"before"` // alerts of the rule as it is
	After  int            `json:"after"`
	Known  int            `json:"known"` // of what is added, events of the incident, which are no cost
	Added  int            `json:"added"`
	Rate   *backtest.Rate `json:"rate,omitempty"` // of what is added
	State  backtest.State `json:"state"`          // of the rate by the budget
	Events int            `json:"events"`         // that the rule was tried on
}

// RecordedHit is a recorded event on which a proposal would raise an alert.
type RecordedHit struct {
	Fingerprint string            `json:"fingerprint"`
	Source      string            `json:"source"`
	Values      map[string]string `json:"values"`
}
