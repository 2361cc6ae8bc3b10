package rules

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
		if d.Severity != Error || path == "" || d.Span.within(inFile[path]) {
			continue
		}
		if known, other := out[path]; !other || d.Span.Start.Before(known.Span.Start) {
			out[path] = d
		}
	}
	return out
}

// within reports whether s begins in one of some regions of its file.
func (s Span) within(regions []Span) bool {
	for _, r := range regions {
		if !s.Start.Before(r.Start) && s.Start.Before(r.End) {
			return true
		}
	}
	return false
}
