package rules

import "slices"

// Unread returns by path the first error of each file that is in none of its documents:
// there, something that should have been a document could not be read as one.
func (ds Diagnostics) Unread(set *Set) map[string]Diagnostic {
	inFile := map[string][]Span{}
	for _, d := range set.Documents() {
		s := d.Meta().Span
		inFile[s.Path()] = append(inFile[s.Path()], s)
	}
	out := map[string]Diagnostic{}
	for _, d := range ds {
		path := d.Span.Path()
		if d.Severity != Error || path == "" || slices.ContainsFunc(inFile[path], d.Span.StartsIn) {
			continue
		}
		if known, other := out[path]; !other || d.Span.Start.Before(known.Span.Start) {
			out[path] = d
		}
	}
	return out
}
