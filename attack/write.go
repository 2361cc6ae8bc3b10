package attack

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Build makes facts of parts that were read elsewhere: header holds the exported
// fields, and analytics are by id of technique. The error says what does not fit
// together, such as techniques that replace each other in a circle.
func Build(header *Facts, techniques []Technique, analytics map[string][]Analytic, groups []Group) (*Facts, error) {
	f := &Facts{Version: header.Version, Released: header.Released, Domain: header.Domain, Source: header.Source,
		Copyright: header.Copyright, Incomplete: slices.Clone(header.Incomplete), Totals: header.Totals,
		Tactics: slices.Clone(header.Tactics), Components: slices.Clone(header.Components)}
	f.techniques = make(map[string]*Technique, len(techniques))
	for i := range techniques {
		t := techniques[i]
		t.Tactics = f.inMatrixOrder(t.Tactics)
		f.techniques[t.ID] = &t
	}
	f.order()
	if err := f.check(); err != nil {
		return nil, err
	}
	f.once.Do(func() { f.analytics, f.groups = analytics, groups })
	return f, nil
}

// inMatrixOrder sorts keys of tactics, those that are not in the matrix last.
func (f *Facts) inMatrixOrder(keys []string) []string {
	place := func(key string) int {
		if i := slices.IndexFunc(f.Tactics, func(t Tactic) bool { return t.Key == key }); i >= 0 {
			return i
		}
		return len(f.Tactics)
	}
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	return slices.Compact(sorted)
}

// Write writes facts as a table, the same for the same facts. Tabs, line breaks
// and the marks between entries of lists are taken out of texts.
func (f *Facts) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	row := func(fields ...any) {
		for i, field := range fields {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(plain(fmt.Sprint(field)))
		}
		b.WriteByte('\n')
	}
	row("facts", format)
	row("version", f.Version, f.Released, f.Domain)
	row("source", f.Source)
	row("copyright", f.Copyright)
	row("license", strings.Join(strings.Fields(f.License()), " "))
	for _, what := range f.Incomplete {
		row("incomplete", what)
	}
	row("totals", f.Totals.Groups, f.Totals.Software, f.Totals.Campaigns, f.Totals.Strategies, f.Totals.Analytics)
	for _, t := range f.Tactics {
		row("tactic", t.ID, t.Key, t.Name)
	}
	refs := map[string]string{}
	for _, c := range f.Components {
		row("component", c.ID, c.Name)
		refs[c.Name] = c.ref()
	}
	for t := range f.Techniques {
		row("technique", t.ID, t.Name, strings.Join(t.Tactics, ","), strings.Join(t.Platforms, ","),
			t.Uses.Groups, t.Uses.GroupsOrCampaigns, t.Uses.Software, t.Uses.Campaigns)
	}
	for t := range f.Retired {
		row("retired", t.ID, t.Name, strings.Join(t.Tactics, ","), t.Status, t.By)
	}
	for t := range f.Techniques {
		for _, a := range f.Analytics(t.ID) {
			row("analytic", t.ID, a.Strategy, a.ID, a.Platform, joinSources(a.Sources, refs))
		}
	}
	for _, g := range f.Groups() {
		row("group", g.ID, g.Name, strings.Join(g.Techniques, ","))
	}
	return b.Flush()
}

// joinSources is the reverse of sourcesOf.
func joinSources(sources []Source, refs map[string]string) string {
	var items []string
	for i := 0; i < len(sources); {
		var logs []string
		component := sources[i].Component
		for ; i < len(sources) && sources[i].Component == component; i++ {
			logs = append(logs, sources[i].Log)
		}
		item := refs[component]
		if len(logs) > 1 || logs[0] != "" {
			item += "=" + strings.Join(logs, "|")
		}
		items = append(items, item)
	}
	return strings.Join(items, ",")
}

var marks = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

func plain(text string) string { return marks.Replace(text) }
