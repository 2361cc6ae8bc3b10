package coverage

import (
	"time"

	"github.com/socctl/socctl/attack"
)

// Input is everything that an assessment is made of. All parts but Facts and
// Rules may be absent; what is absent is no evidence.
type Input struct {
	Facts      *attack.Facts
	Rules      []Rule
	Tests      []Test
	Recordings []Recording // of the manifests
	Firings    []Firing    // what the rules did on the recordings
	Verdicts   []Verdict
	Telemetry  []Logsource // that events were seen of; consulted if Options.Logsources is empty
	Replayed   bool        // recordings were replayed, so that silence is silence
	// Unread says, by path, what is wrong with files of which something could not be read
	// as a rule, so that rules that were there are not told as deleted. Nil means none.
	Unread map[string]string
}

// Logsource is that of a rule; what is empty matches any.
type Logsource struct {
	Category string `json:"category,omitempty"`
	Product  string `json:"product,omitempty"`
	Service  string `json:"service,omitempty"`
}

// String writes the parts that are given, the product first.
func (l Logsource) String() string {
	out := ""
	for _, part := range [...]string{l.Product, l.Category, l.Service} {
		if part != "" && out != "" {
			out += "/"
		}
		out += part
	}
	if out == "" {
		return "any"
	}
	return out
}

// Rule is what coverage knows of a rule or a correlation.
type Rule struct {
	Key         string      `json:"key"` // what tests and firings name it by; unique
	ID          string      `json:"id,omitempty"`
	Title       string      `json:"title"`
	Path        string      `json:"path"`
	Line        int         `json:"line"`
	Correlation bool        `json:"correlation,omitempty"`
	Tags        []string    `json:"-"`
	Severity    string      `json:"severity,omitempty"` // level of the rule, such as high
	Status      string      `json:"status,omitempty"`
	Logsources  []Logsource `json:"logsources"` // one; of a correlation those of the rules that feed it
	Hash        string      `json:"hash,omitempty"`
	Feeds       string      `json:"feeds,omitempty"`   // correlation that it only feeds, so that it raises no alert
	Problem     string      `json:"problem,omitempty"` // why it cannot be used: it does not compile, or is turned off
	Filters     []string    `json:"filters,omitempty"` // titles of filters that apply
	Text        string      `json:"-"`                 // hash of the document as it is written
}

// Test is the outcome of one unit test.
type Test struct {
	Rule     string `json:"rule"` // key
	Hash     string `json:"hash"` // of the rule when it ran
	Name     string `json:"name"`
	Positive bool   `json:"positive"`
	Negative bool   `json:"negative"`
	Passed   bool   `json:"passed"`
	Absent   bool   `json:"absent,omitempty"` // it did not run, because its recording is not there
	// Recorded is set if the test replays telemetry that was recorded for the rule.
	Recorded bool   `json:"recorded,omitempty"`
	Platform string `json:"platform,omitempty"` // of that telemetry; "" is that of the rule
}

// Firing is what a rule did on a recording, within what its label is about.
type Firing struct {
	Rule       string      `json:"rule"`      // key
	Hash       string      `json:"hash"`      // of the rule when it was replayed
	Recording  string      `json:"recording"` // id in the manifest
	SHA256     string      `json:"sha256"`    // of the recording when it was replayed
	Alerts     int         `json:"alerts"`
	Suppressed []Held      `json:"suppressed,omitempty"` // by filters
	First      *Occurrence `json:"first,omitempty"`
}

// Held is how many matches a filter kept back.
type Held struct {
	Filter string `json:"filter"` // title
	Events int    `json:"events"`
}

// Occurrence is an event of a recording.
type Occurrence struct {
	Record      int    `json:"record"` // place in the recording, from 0
	Time        string `json:"time,omitempty"`
	Fingerprint string `json:"event_fingerprint,omitempty"`
}

// Verdict sums up what analysts said about the alerts of a rule.
type Verdict struct {
	Rule   string    `json:"rule"` // id or key
	Hash   string    `json:"hash"`
	True   int       `json:"true"`
	False  int       `json:"false"`
	Latest time.Time `json:"latest"`
	// Benign says whether alerts in recordings that are known to be benign stay
	// within the budget; nil means that nobody looked.
	Benign *bool `json:"benign_within_budget"`
}
