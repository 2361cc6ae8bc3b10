package coverage

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed sources.tsv
var sourcesTable string

// Source says which platforms and data components events of a logsource are
// about. What is empty in its Logsource fits anything.
type Source struct {
	Logsource
	Platforms  []string // nil: the logsource does not say
	Components []string // ids of data components
}

// DefaultSources returns the table that socctl comes with.
func DefaultSources() []Source { return slices.Clone(defaultSources()) }

var defaultSources = sync.OnceValue(func() (out []Source) {
	for line := range strings.Lines(sourcesTable) {
		if row := strings.Split(strings.TrimSpace(line), "\t"); len(row) == 5 {
			out = append(out, Source{Logsource{some(row[1]), some(row[0]), some(row[2])}, parts(row[3]), parts(row[4])})
		}
	}
	return out
})

func some(text string) string {
	if text == "*" {
		return ""
	}
	return text
}

func parts(text string) []string {
	if text == "-" {
		return nil
	}
	return strings.Split(text, ",")
}

// fits reports whether a pattern holds for a logsource.
func (l Logsource) fits(to Logsource) bool {
	return (l.Category == "" || l.Category == to.Category) && (l.Product == "" || l.Product == to.Product) && (l.Service == "" || l.Service == to.Service)
}

// overlaps reports whether events may be of both logsources.
func (l Logsource) overlaps(o Logsource) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return same(l.Category, o.Category) && same(l.Product, o.Product) && same(l.Service, o.Service)
}

// place returns the platforms and components of logsources, each once and in
// the order of the table. The first row that fits decides about platforms, and the
// first of these that names components about those.
func place(table []Source, logsources []Logsource) (platforms, components []string) {
	for _, l := range logsources {
		if i := slices.IndexFunc(table, func(s Source) bool { return s.fits(l) }); i >= 0 {
			platforms = union(platforms, table[i].Platforms)
		}
		if i := slices.IndexFunc(table, func(s Source) bool { return len(s.Components) > 0 && s.fits(l) }); i >= 0 {
			components = union(components, table[i].Components)
		}
	}
	return platforms, components
}

// union adds what is not there yet.
func union(to, more []string) []string {
	for _, m := range more {
		if !slices.Contains(to, m) {
			to = append(to, m)
		}
	}
	return to
}
