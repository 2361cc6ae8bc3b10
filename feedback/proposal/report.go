package proposal

import (
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/tuning"
)

// Report is what tuning has to say of all rules.
type Report struct {
	Schema  string  `json:"schema"` // socctl.tuning/v1
	Now     string  `json:"now"`    // as of when, RFC 3339
	Policy  string  `json:"policy"`
	Summary Summary `json:"summary"`
	Rules   []Rule  `json:"rules"` // that have a verdict, in the order of their paths

	Thresholds []Threshold `json:"thresholds,omitempty"` // correlations that have a verdict
	Levels     []Level     `json:"levels,omitempty"`     // rules whose level would change
}

// Summary counts rules.
type Summary struct {
	Judged    int `json:"judged"`    // rules with a verdict on something that they fire on
	Proposing int `json:"proposing"` // of those, with a proposal
	Abstained int `json:"abstained"` // without
	Proposals int `json:"proposals"`
	Auto      int `json:"auto"` // of those, that a policy may merge
	Removed   int `json:"removed"`

	Asked   bool `json:"asked"`   // there is a policy that says what is merged without a person
	Allowed int  `json:"allowed"` // by it

	Thresholds int `json:"thresholds"` // correlations whose threshold or timespan would change
	Levels     int `json:"levels"`     // rules whose level would change
}

// Any reports whether anything is proposed.
func (s *Summary) Any() bool { return s.Proposals+s.Thresholds+s.Levels > 0 }

// Rule is a rule with its proposals, or with why there are none.
type Rule struct {
	ID        string     `json:"id,omitempty"`
	Title     string     `json:"title"`
	Path      string     `json:"path"`
	Hash      string     `json:"hash"`
	Fires     int        `json:"fires"`     // distinct events
	Removable int        `json:"removable"` // of those, judged to be no attack
	Protected int        `json:"protected"` // that must stay, of those and of known attacks
	Attacks   int        `json:"attacks"`   // of protected: those of a root cause once a host and day
	Besides   int        `json:"besides"`   // of protected: only in tests and recordings of known attacks
	Gone      int        `json:"gone"`      // judged events on which it does not fire here
	Unplaced  int        `json:"unplaced"`  // alerts that must stay and name no event
	Abstained []string   `json:"abstained,omitempty"`
	Proposals []Proposal `json:"proposals,omitempty"`
	Rejected  []Rejected `json:"rejected,omitempty"`
	// Calibration is what is left for tests; nil where nothing was learnt.
	Calibration *Calibration `json:"calibration,omitempty"`

	Patch        *RulePatch `json:"patch,omitempty"`         // for the proposals of which the cause is generic
	PatchRefused string     `json:"patch_refused,omitempty"` // why the rule cannot be changed, although the cause is generic

	// Correlations are those whose alerts the proposals change.
	Correlations []Chain `json:"correlations,omitempty"`

	rule      *compiler.Rule
	withdrawn bool // by the final check
	wishes    []wish
	place     string
	protected tuning.Rows // nil without judged alerts
	corpus    *tuning.Corpus
	covered   tuning.Rows // what the proposals hide; nil without any
	sound     tuning.Rows // what those of them hide that do not gut the rule
}

// Rejected is a clause that a guard stopped.
type Rejected struct {
	Clause string  `json:"clause"`
	Checks []Check `json:"checks"` // that failed
}

// Check is what a guard says.
type Check struct {
	Guard   string  `json:"guard"`
	Name    string  `json:"name"`
	Passed  bool    `json:"passed"`
	Number  float64 `json:"number"`
	Limit   float64 `json:"limit"`
	Text    string  `json:"text"`
	Counter string  `json:"counter,omitempty"`
}

// Proposal is a filter document with its certificate.
type Proposal struct {
	ID       string      `json:"id"`
	Path     string      `json:"path"` // of the filter, below the folder of filters
	TestPath string      `json:"test_path"`
	Rules    []string    `json:"rules,omitempty"` // that the filter names, if there are several
	Document string      `json:"document"`        // YAML
	Test     string      `json:"test"`            // YAML, of the regression test
	Clause   string      `json:"clause"`
	Lane     tuning.Lane `json:"lane"`
	Tier     tuning.Tier `json:"tier"`
	Expires  string      `json:"expires"`
	Evidence string      `json:"evidence"` // root of the verdicts
	Verdicts int         `json:"verdicts"`
	Exact    bool        `json:"exact"` // the search looked at every clause

	Removed  int            `json:"removed"` // events of the rule, judged or not
	Stay     int            `json:"stay"`
	Unjudged int            `json:"unjudged"` // of those removed
	Learnt   tuning.Support `json:"learnt"`
	Unseen   tuning.Support `json:"unseen"`
	Clusters int            `json:"clusters"`   // that the bound rests on
	Bound    float64        `json:"bound"`      // of the share of attacks among what is hidden
	Error    float64        `json:"error"`      // how often the bound may be wrong
	Lost     float64        `json:"lost_bound"` // of the share of attacks that are hidden, from Attacks of the rule

	Checks  []Check  `json:"checks"`
	Samples []Sample `json:"samples"` // of what goes
	Nearest *Sample  `json:"nearest,omitempty"`
	Saves   []string `json:"saves,omitempty"` // comparisons that keep the nearest event
	Bypass  string   `json:"bypass"`
	Score   float64  `json:"score"`

	Merge *Merge `json:"merge,omitempty"` // what a policy says; nil without one

	doc      *document
	verdicts []string // uids
}

// Sample is an event.
type Sample struct {
	Event  string            `json:"event"` // fingerprint
	Source string            `json:"source"`
	Values map[string]string `json:"values"` // of fields that the clause or the rule names
}
