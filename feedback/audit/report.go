// Package audit grades what rules exclude, in themselves or by filter documents,
// by what an attacker must control to hide there.
//
// Grades rest on the table of fields, places and programs (packages
// rules/logsource and compiler/trust): they are advice and never errors. Two
// things are shown rather than graded: that hiding is possible, by an event that
// the rule would report and the exclusion keeps back, replayed through the
// evaluator; and that an exclusion is dead, by a proof of package solver.
package audit

import (
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// Schema names the JSON form of a Report, which schema.json describes. Keys may
// be added to it; none changes its meaning.
const Schema = "socctl.filter-audit/v1"

// Report is the result of an audit. All lists are in an order that depends on
// the rules alone.
type Report struct {
	Schema     string      `json:"schema"`
	Summary    Summary     `json:"summary"`
	Exclusions []Exclusion `json:"exclusions"` // worst first
}

// Summary counts.
type Summary struct {
	Rules      int `json:"rules"`      // that were looked at
	Excluding  int `json:"excluding"`  // of them, rules that exclude something
	Exclusions int `json:"exclusions"` // a filter document counts once for each of its alternatives

	Attacker  int `json:"attacker"`  // exclusions by class
	Spoofable int `json:"spoofable"` //
	System    int `json:"system"`    //

	// Open are rules with an exclusion of the class attacker.
	Open int `json:"open_rules"`

	Proven   int `json:"proven"`   // exclusions in which hiding is shown to be possible
	Dead     int `json:"dead"`     // that exclude nothing
	Covered  int `json:"covered"`  // that exclude nothing that others do not
	Unknown  int `json:"unknown"`  // of which neither is known
	Inverted int `json:"inverted"` // filter documents that keep only what they name
}

// State says what is shown about an exclusion.
type State string

// The states.
const (
	Proven  State = "proven"  // Witness hides in it
	Dead    State = "dead"    // nothing that the rule looks for is excluded
	Covered State = "covered" // other exclusions of the rule exclude all of it
	Unknown State = "unknown" // neither is shown, for the reason in Why
)

// Exclusion is one exclusion with its grade.
type Exclusion struct {
	Name     string `json:"name"`             // of its selections, or the key of a comparison with neq
	Document string `json:"filter,omitempty"` // the title of the filter document that it stands in
	Kind     Kind   `json:"kind"`
	Path     string `json:"path"` // where it is written, with slashes
	Line     int    `json:"line"`
	Col      int    `json:"column"`

	Rule Rule `json:"rule"` // that excludes; of a filter document the rule on which it is weakest

	Severity string  `json:"severity"` // warning or info
	Class    string  `json:"class"`    // attacker, spoofable or system: what has to be controlled
	Score    float64 `json:"score"`    // 0 to 3, the lower the easier
	Bypass   string  `json:"bypass"`   // what an attacker does to hide, in one sentence
	Anchor   *Anchor `json:"anchor,omitempty"`

	// Free is set if the exclusion asks for a field that the rule itself asks
	// nothing of. One that is not merely narrows what the rule looks for.
	Free bool `json:"free"`

	// Defines is set if the exclusion is what the rule means: it looks for a
	// program under another name, and excludes the program under its own.
	Defines bool `json:"defines,omitempty"`

	Inverted bool `json:"inverted,omitempty"` // a filter document without not

	State   State  `json:"state"`
	Why     string `json:"why,omitempty"`
	ByTable bool   `json:"by_table,omitempty"` // dead only if fields keep to their domains

	// Witness is an event as package witness makes them, nil unless State is Proven;
	// View is how it is seen, "" if nothing in it tells a logsource, and Decisive are
	// the fields of it that the rule asks for.
	Witness  *evaluator.Value `json:"witness,omitempty"`
	View     string           `json:"view,omitempty"`
	Decisive []string         `json:"decisive,omitempty"`

	// Vain are the rules of which a filter document excludes nothing, by title; it is
	// dead if these are all.
	Vain []string `json:"in_vain,omitempty"`

	Rules      int      `json:"rules"` // with this exclusion
	Techniques []string `json:"techniques"`

	Stronger string `json:"stronger,omitempty"` // an exclusion that hides less, in one sentence

	span rules.Span
}

// Span returns where the exclusion is written.
func (x *Exclusion) Span() rules.Span { return x.span }

// Kind says how an exclusion is written.
type Kind string

// The kinds of exclusions.
const (
	Inline   Kind = "inline" // a negated selection of the rule
	Document Kind = "filter" // a filter document
	Neq      Kind = "neq"    // a comparison with the modifier neq
)

// Anchor is the comparison of an exclusion that is hardest to satisfy.
type Anchor struct {
	Field string  `json:"field"`
	Value string  `json:"value"` // as it is written
	Line  int     `json:"line"`
	Score float64 `json:"score"`
}

// Rule names a rule.
type Rule struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
	Level string `json:"level,omitempty"`
	Path  string `json:"path"`
	Line  int    `json:"line"`

	Category string `json:"category,omitempty"`
	Product  string `json:"product,omitempty"`
	Service  string `json:"service,omitempty"`
}
