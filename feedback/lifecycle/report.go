package lifecycle

// Schema names the JSON form of a Report. Keys may be added to it; none changes its
// meaning.
const Schema = "socctl.lifecycle/v1"

// Proposal is what a rule's evidence amounts to.
type Proposal string

// Proposals.
const (
	Promote    Proposal = "promote"     // to the status in To: everything that is asked is there
	Deprecate  Proposal = "deprecate"   // another rule matches everything that this one does
	Wait       Proposal = "wait"        // something is missing, or speaks against it
	NoEvidence Proposal = "no_evidence" // neither recordings nor verdicts tell anything
	Keep       Proposal = "keep"        // there is nothing to become
)

// Proposals lists them, those that ask for something to be done first.
func Proposals() []Proposal { return []Proposal{Promote, Deprecate, Wait, NoEvidence, Keep} }

// Report is what all rules have earned.
type Report struct {
	Schema   string         `json:"schema"`
	Now      string         `json:"now"`      // the day of the proposals, YYYY-MM-DD in UTC
	Partial  bool           `json:"partial"`  // the replay was interrupted: nothing is proposed
	Replayed bool           `json:"replayed"` // without a replay no day counts
	Criteria Criteria       `json:"criteria"`
	Summary  map[string]int `json:"summary"` // rules, and how many of each proposal
	Rules    []Rule         `json:"rules"`   // in the order of Proposals, then by path and line
}

// Rule is what one rule or correlation has earned.
type Rule struct {
	ID     string `json:"id,omitempty"`
	Title  string `json:"title"`
	Level  string `json:"level,omitempty"`
	Kind   string `json:"kind"` // rule or correlation
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Status string `json:"status,omitempty"` // as it is; "" if it has none

	Proposal Proposal `json:"proposal"`
	// To is the status that is proposed or, of a rule that waits, the one it waits
	// for; "" if there is none.
	To       string      `json:"to,omitempty"`
	Criteria []Criterion `json:"criteria"` // for To; empty for deprecation
	Against  []string    `json:"against"`  // what speaks against it besides

	Successor *Successor `json:"successor,omitempty"`
}

// Criterion is one thing that is asked of a rule.
type Criterion struct {
	Name  string  `json:"name"` // age, tests, negatives, decisive, days, judged or unjudged
	Asked float64 `json:"asked"`
	Found float64 `json:"found"`
	Known bool    `json:"known"` // Found was measured; if not it is 0
	Met   bool    `json:"met"`
	Text  string  `json:"text"` // in words
}

// Successor is a rule that takes the place of another one.
type Successor struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Status string `json:"status,omitempty"`
	Path   string `json:"path"`
	Line   int    `json:"line"`
	// Declared is the type under which one of the two names the other in related: "" if
	// neither does.
	Declared string `json:"declared,omitempty"`
	// Same says that the two match the same events, both ways proven.
	Same bool `json:"same"`
	// Sure says that the proof holds for events whose fields hold several values, too.
	Sure bool `json:"sure"`
}

// Missing returns the criteria that are not met.
func (r *Rule) Missing() (out []Criterion) {
	for _, c := range r.Criteria {
		if !c.Met {
			out = append(out, c)
		}
	}
	return out
}
