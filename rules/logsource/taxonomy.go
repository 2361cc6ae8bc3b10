package logsource

import "slices"

// Taxonomy lists the field names of a logsource.
type Taxonomy struct {
	Logsource Logsource
	Fields    []string // sorted
	Open      bool     // events may well have further fields, so an unlisted name is no mistake by itself
}

// Unseen is a logsource that rules use and no view provides.
type Unseen struct {
	Logsource Logsource
	Reason    string
}

// FieldNames returns the sorted names of the fields that a rule of logsource
// rule may use: those of every taxonomy entry that such a rule falls under,
// and those that the rule's views map. Closed means that the list is meant to
// be complete, so that another name is probably a mistake.
func (t *Table) FieldNames(rule Logsource) (names []string, closed bool) {
	for _, entry := range t.Taxonomies {
		if !rule.Satisfies(entry.Logsource) {
			continue
		}
		names = append(names, entry.Fields...)
		if entry.Logsource.Category != "" || entry.Logsource.Service != "" {
			closed = !entry.Open
		}
	}
	for _, v := range t.For(rule) {
		for _, f := range v.Fields {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), closed
}
