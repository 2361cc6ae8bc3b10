package tuning

import "github.com/socctl/socctl/rules/logsource"

// Label is what an alert may be used for.
type Label uint8

// The labels.
const (
	Unlabelled Label = iota // counts as neither
	Removable               // may support an exclusion: false logic, or expected
	Protected               // must stay: malicious, attempted or contested
)

// Alert is an event on which a rule fired.
type Alert struct {
	Fingerprint string            // of the event
	Values      map[string]string // of fields, by their names in rules of the logsource
	Label       Label

	Source       string // recording, or sensor: alerts of one source are not independent
	Host, User   string // "" if unknown
	Day          int    // since 1970, 0 if unknown
	Investigator string // "" if unknown
}

// Rule is what the search has to know about a rule.
type Rule struct {
	Logsource logsource.Logsource
	// Constrained are the fields that what the rule wants says something about.
	Constrained []string
}

// constrains reports whether the rule itself says something about a field.
func (r *Rule) constrains(field string) bool {
	for _, f := range r.Constrained {
		if f == field {
			return true
		}
	}
	return false
}
