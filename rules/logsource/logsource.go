// Package logsource says, as data, which events belong to which Sigma
// logsource and under which names a logsource sees the fields of an event.
//
// The table is embedded YAML of our own; a configuration can replace views and
// add new ones (Table.With). The package knows nothing of events: readers and
// normalisers carry the table out, they never define it. Tables are immutable
// by convention once they have been handed out.
package logsource

import "strings"

// Logsource names a kind of log as the logsource of a Sigma rule does. An
// empty part makes no statement. Parts are lower case.
type Logsource struct {
	Category string
	Product  string
	Service  string
}

// IsZero reports whether l states nothing.
func (l Logsource) IsZero() bool { return l == Logsource{} }

// Satisfies reports whether an event of logsource l is one that a rule with
// logsource rule asks for: every part that the rule states is the same in l,
// letter case aside.
func (l Logsource) Satisfies(rule Logsource) bool {
	return satisfies(l.Category, rule.Category) &&
		satisfies(l.Product, rule.Product) &&
		satisfies(l.Service, rule.Service)
}

func satisfies(have, want string) bool { return want == "" || strings.EqualFold(have, want) }

// Map returns the stated parts under their Sigma names.
func (l Logsource) Map() map[string]string {
	m := make(map[string]string, 3)
	for _, part := range l.parts() {
		if part.value != "" {
			m[part.name] = part.value
		}
	}
	return m
}

// String returns the stated parts as "category=… product=… service=…".
func (l Logsource) String() string {
	var words []string
	for _, part := range l.parts() {
		if part.value != "" {
			words = append(words, part.name+"="+part.value)
		}
	}
	return strings.Join(words, " ")
}

type part struct{ name, value string }

func (l Logsource) parts() [3]part {
	return [3]part{{"category", l.Category}, {"product", l.Product}, {"service", l.Service}}
}
