package aftercare

import (
	"bytes"
	_ "embed"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// Schema names the JSON form of a Report. Keys may be added to it; none changes its
// meaning.
const Schema = "socctl.filter-check/v1"

//go:embed report.schema.json
var schema []byte

// JSONSchema returns the JSON schema of a Report, of draft 2020-12.
func JSONSchema() []byte { return bytes.Clone(schema) }

// Report is the state of all filters.
type Report struct {
	Schema   string   `json:"schema"`
	Now      string   `json:"now,omitempty"` // as of when verdicts and filters have expired
	Draw     Draw     `json:"sample"`
	Delta    float64  `json:"delta"`    // probability with which a certificate may be wrong
	Replayed bool     `json:"replayed"` // without a replay nothing is known of filters that hide nothing
	Summary  Summary  `json:"summary"`
	Filters  []Filter `json:"filters"` // by place
	// Unseen are protected events of rules with filters that are in no recording and
	// in no evidence: whether a filter hides them is not known.
	Unseen []Unseen `json:"unseen"`
}

// Summary counts.
type Summary struct {
	Filters   int `json:"filters"`
	Hidden    int `json:"hidden"` // events, each once
	Failed    int `json:"failed"` // filters that hide a protected event
	Expired   int `json:"expired"`
	Ownerless int `json:"ownerless"`
	Dead      int `json:"dead"`
	Certified int `json:"certified"`
	Novel     int `json:"novel"`   // filters with a canary of something new
	Surging   int `json:"surging"` // filters that hide more than they should
	Unseen    int `json:"unseen"`  // events
	Refused   int `json:"refused"` // events in evidence that are not what the verdict names
}

// Filter is the state of one filter document.
type Filter struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Owner   string `json:"owner,omitempty"`
	Expires string `json:"expires,omitempty"`
	Written string `json:"written,omitempty"` // day behind which alerts are new to it

	Expired   bool `json:"expired"`
	Ownerless bool `json:"ownerless"`
	Dead      bool `json:"dead"`
	Suspended bool `json:"suspended"` // it hides a protected event: it must not stay as it is

	Rules  int      `json:"rules"`  // that it is part of
	Hidden int      `json:"hidden"` // events, each once
	Last   string   `json:"last_hidden,omitempty"`
	Rate   *float64 `json:"rate,omitempty"` // events a day when it was written, as the filter says
	Idle   int      `json:"idle_days"`      // recorded days behind the last event it hid

	Protected []Protected `json:"protected"`
	Audit     Audit       `json:"audit"`
	Novel     []Novelty   `json:"novel"`           // since it was written
	Surge     *Surge      `json:"surge,omitempty"` // the first since it was written
	Notes     []string    `json:"notes"`           // for people: what is wrong, and what to do
}

// Protected is an event that a filter hides and that a verdict protects.
type Protected struct {
	Event     string           `json:"event_fingerprint"`
	Time      string           `json:"time,omitempty"`
	Source    string           `json:"source"`
	Record    int              `json:"record"`
	Rule      string           `json:"rule"`       // id, or title, of the rule it is hidden from
	RuleTitle string           `json:"rule_title"` //
	Outcome   feedback.Outcome `json:"verdict"`
	Contested bool             `json:"contested,omitempty"`
	Judged    string           `json:"judged"` // time of the verdict
	By        []string         `json:"by"`
	Verdicts  []string         `json:"verdicts"` // uids
	Of        string           `json:"alert_of"` // rule whose alert was judged
}

// Audit is what looking at a sample has shown. Only alerts behind the day on
// which the filter was written count, and only what a person said or confirmed.
type Audit struct {
	Fresh     int `json:"fresh"`     // hidden events since then
	Sampled   int `json:"sampled"`   // of them drawn
	Benign    int `json:"benign"`    // of those drawn
	Undecided int `json:"undecided"` // looked at, but not benign by a person's word
	Pending   int `json:"pending"`   // drawn, without a verdict

	Wealth    map[Tier]float64 `json:"wealth"` // see Wealth; 0 after an attack
	Certified Tier             `json:"certified"`
	Next      Tier             `json:"next,omitempty"`   // tier to come
	Needed    int              `json:"needed,omitempty"` // benign ones until then
	Stated    string           `json:"stated,omitempty"` // tier that the filter says of itself
}

// Unseen is an event whose verdict protects it and that was not found.
type Unseen struct {
	Event    string           `json:"event_fingerprint"`
	Rule     string           `json:"rule"`
	Outcome  feedback.Outcome `json:"verdict"`
	Verdicts []string         `json:"verdicts"`
}

// Input is what filters are judged by.
type Input struct {
	Program *compiler.Program
	Filters []*rules.Filter // all of the set, expired ones too
	State   *feedback.State // nil for no verdicts
	Hidden  *Hidden         // nil where nothing was replayed
	Draw    Draw
	Refused int    // what Hidden.Evidence returned
	Now     string // told in the report
}
