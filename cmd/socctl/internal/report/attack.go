package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/socctl/socctl/attack"
)

// AttackFormats are the formats of lists of ATT&CK facts.
var AttackFormats = []string{"pretty", "json", "csv"}

// AttackTechnique is a technique in its stable JSON form.
type AttackTechnique struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Tactics    []string `json:"tactics"`
	Platforms  []string `json:"platforms,omitempty"`
	Parent     string   `json:"parent,omitempty"`
	Status     string   `json:"status,omitempty"` // revoked or deprecated
	By         string   `json:"by,omitempty"`     // successor in force
	Groups     int      `json:"groups"`
	WithOthers int      `json:"groups_incl_campaigns"`
	Software   int      `json:"software"`
	Campaigns  int      `json:"campaigns"`
	Components []string `json:"data_components,omitempty"`
}

// NewAttackTechnique makes the JSON form of a technique.
func NewAttackTechnique(f *attack.Facts, t *attack.Technique) AttackTechnique {
	out := AttackTechnique{ID: t.ID, Name: t.Name, Tactics: t.Tactics, Platforms: t.Platforms, Parent: t.Parent(), Status: string(t.Status),
		Groups: t.Uses.Groups, WithOthers: t.Uses.GroupsOrCampaigns, Software: t.Uses.Software, Campaigns: t.Uses.Campaigns, Components: f.ComponentsOf(t.ID, "")}
	if next := f.Resolve(t.ID); next != nil && next != t {
		out.By = next.ID
	}
	return out
}

// AttackTechniques writes a list of techniques.
func AttackTechniques(w io.Writer, format string, f *attack.Facts, found []*attack.Technique) error {
	retired := len(found) > 0 && found[0].Status != attack.Active
	table := attackTable{columns: []string{"id", "name", "tactics", "platforms", "groups"}}
	if retired {
		table.columns = []string{"id", "name", "tactics", "status", "by"}
	}
	all := make([]AttackTechnique, 0, len(found))
	for _, t := range found {
		x := NewAttackTechnique(f, t)
		all = append(all, x)
		row := []string{x.ID, x.Name, strings.Join(x.Tactics, " "), strings.Join(x.Platforms, ", "), strconv.Itoa(x.Groups)}
		if retired {
			row = []string{x.ID, x.Name, strings.Join(x.Tactics, " "), x.Status, x.By}
		}
		table.rows = append(table.rows, row)
	}
	table.json = struct {
		Facts      attackSource      `json:"facts"`
		Techniques []AttackTechnique `json:"techniques"`
	}{sourceOf(f), all}
	return table.write(w, format)
}

// attackSource says which facts a document is made of.
type attackSource struct {
	Version    string   `json:"version"`
	Domain     string   `json:"domain"`
	Released   string   `json:"released"`
	Source     string   `json:"source"`
	Copyright  string   `json:"copyright"`
	Incomplete []string `json:"incomplete,omitempty"`
}

func sourceOf(f *attack.Facts) attackSource {
	return attackSource{f.Version, f.Domain, f.Released, f.Source, f.Copyright, f.Incomplete}
}

// AttackList writes the tactics, platforms, components or groups of facts.
func AttackList(w io.Writer, format string, f *attack.Facts, kind string) error {
	table := attackTable{columns: []string{"id", "name", "techniques"}}
	var list []any
	add := func(id, name, key string, techniques int) {
		if key == "" {
			table.rows = append(table.rows, []string{id, name, strconv.Itoa(techniques)})
		} else {
			table.columns = []string{"id", "key", "name", "techniques"}
			table.rows = append(table.rows, []string{id, key, name, strconv.Itoa(techniques)})
		}
		list = append(list, struct {
			ID         string `json:"id,omitempty"`
			Key        string `json:"key,omitempty"`
			Name       string `json:"name"`
			Techniques int    `json:"techniques"`
		}{id, key, name, techniques})
	}
	switch kind {
	case "tactics":
		for _, t := range f.Tactics {
			add(t.ID, t.Name, t.Key, countTechniques(f, func(x *attack.Technique) bool { return slices.Contains(x.Tactics, t.Key) }))
		}
	case "platforms":
		for _, p := range f.Platforms() {
			add("", p, "", countTechniques(f, func(x *attack.Technique) bool { return slices.Contains(x.Platforms, p) }))
		}
	case "components":
		for _, c := range f.Components {
			add(c.ID, c.Name, "", countTechniques(f, func(x *attack.Technique) bool { return slices.Contains(f.ComponentsOf(x.ID, ""), c.Name) }))
		}
	case "groups":
		for _, g := range f.Groups() {
			add(g.ID, g.Name, "", len(g.Techniques))
		}
	}
	table.json = map[string]any{"facts": sourceOf(f), kind: list}
	return table.write(w, format)
}

func countTechniques(f *attack.Facts, is func(*attack.Technique) bool) (n int) {
	for t := range f.Techniques {
		if is(t) {
			n++
		}
	}
	return n
}

// AttackReleases writes which releases there are facts of, and which are used.
func AttackReleases(w io.Writer, format string, all []*attack.Facts, used *attack.Facts) error {
	table := attackTable{columns: []string{"release", "of", "techniques", "in use", "what it lacks"}}
	var list []any
	for _, f := range all {
		mark := ""
		if f == used {
			mark = "yes"
		}
		n := countTechniques(f, func(*attack.Technique) bool { return true })
		table.rows = append(table.rows, []string{f.Version, f.Released, strconv.Itoa(n), mark, strings.Join(f.Incomplete, ", ")})
		list = append(list, struct {
			attackSource
			Techniques int  `json:"techniques"`
			Used       bool `json:"used"`
		}{sourceOf(f), n, f == used})
	}
	table.json = map[string]any{"releases": list}
	return table.write(w, format)
}

// attackTable is a list in all formats.
type attackTable struct {
	columns []string
	rows    [][]string
	json    any
}

func (t *attackTable) write(w io.Writer, format string) error {
	switch format {
	case "json":
		return writeJSON(w, t.json)
	case "csv":
		out := csv.NewWriter(w)
		rows := [][]string{t.columns}
		for _, row := range t.rows {
			safe := make([]string, len(row))
			for i, text := range row {
				safe[i] = cell(text)
			}
			rows = append(rows, safe)
		}
		return out.WriteAll(rows)
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, strings.ToUpper(strings.Join(t.columns, "\t")))
	for _, row := range t.rows {
		for i := range row {
			row[i] = Clean(row[i])
		}
		fmt.Fprintln(out, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	return out.Flush()
}
