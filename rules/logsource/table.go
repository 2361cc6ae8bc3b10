package logsource

import (
	"embed"
	"slices"
	"sync"
)

// Table is a set of views with their taxonomy, in the order of its files.
type Table struct {
	Views      []ViewDef
	Taxonomies []Taxonomy
	Unseen     []Unseen

	// What the values of fields are, and who decides about them.
	Domains  []Domain
	Fields   []FieldDef
	Places   []Place
	Programs []string // of dual use; file names in lower case, sorted
}

//go:embed data/*.yml
var data embed.FS

// Default returns the built-in table. Callers share it and must not change it.
func Default() *Table { return builtin() }

var builtin = sync.OnceValue(func() *Table {
	entries, err := data.ReadDir("data")
	if err != nil {
		panic("unreachable: embedded table: " + err.Error())
	}
	table := &Table{}
	for _, entry := range entries {
		name := "data/" + entry.Name()
		text, err := data.ReadFile(name)
		if err != nil {
			panic("unreachable: embedded table: " + err.Error())
		}
		part, err := Parse(name, text)
		if err != nil {
			panic("unreachable: embedded table: " + err.Error())
		}
		table = table.With(part)
	}
	return table
})

// With returns a table in which every entry of override takes the place of the
// entry it names (views and domains by name, fields by logsource and name, places
// by path, the others by logsource), and new ones follow at the end. Programs of
// both are of dual use. A logsource that a view provides is unseen no longer. Neither t
// nor override changes; a nil override changes nothing.
func (t *Table) With(override *Table) *Table {
	if override == nil {
		return t
	}
	with := &Table{
		Views: merge(t.Views, override.Views, func(v ViewDef) string { return v.Name }),
		Taxonomies: merge(t.Taxonomies, override.Taxonomies,
			func(x Taxonomy) Logsource { return x.Logsource }),
		Unseen:  merge(t.Unseen, override.Unseen, func(u Unseen) Logsource { return u.Logsource }),
		Domains: merge(t.Domains, override.Domains, func(d Domain) string { return d.Name }),
		Fields:  merge(t.Fields, override.Fields, func(f FieldDef) fieldKey { return fieldKey{f.Logsource, f.Name} }),
		Places:  merge(t.Places, override.Places, func(p Place) string { return p.Path }),
	}
	with.Programs = slices.Concat(t.Programs, override.Programs)
	slices.Sort(with.Programs)
	with.Programs = slices.Compact(with.Programs)
	with.Unseen = slices.DeleteFunc(with.Unseen, func(u Unseen) bool { return len(with.For(u.Logsource)) > 0 })
	return with
}

type fieldKey struct {
	logsource Logsource
	name      string
}

func merge[T any, K comparable](base, override []T, key func(T) K) []T {
	merged := slices.Clone(base)
	at := make(map[K]int, len(merged))
	for i, x := range merged {
		at[key(x)] = i
	}
	for _, x := range override {
		if i, ok := at[key(x)]; ok {
			merged[i] = x
			continue
		}
		at[key(x)] = len(merged)
		merged = append(merged, x)
	}
	return merged
}

// View returns the view of that name, nil if there is none.
func (t *Table) View(name string) *ViewDef {
	for i := range t.Views {
		if t.Views[i].Name == name {
			return &t.Views[i]
		}
	}
	return nil
}

// For returns the views on which a rule of logsource rule is tried, in the
// order of the table. A zero logsource asks for all of them.
func (t *Table) For(rule Logsource) []*ViewDef {
	var views []*ViewDef
	for i := range t.Views {
		if t.Views[i].Provides(rule) {
			views = append(views, &t.Views[i])
		}
	}
	return views
}
