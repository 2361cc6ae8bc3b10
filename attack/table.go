package attack

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A table of facts is text: a record a line, its kind and its fields with tabs
// between, lists with commas. The first line names the format. Rows of kind
// "analytic" and "group" are last, as they are read when asked for.
const format = "socctl.attack-facts/2"

// limit is the size in bytes above which a table is refused; that of ATT&CK 18.1
// has a hundredth of it.
const limit = 32 << 20

// Read reads a table of facts as Write writes it. The error names the line.
func Read(r io.Reader) (*Facts, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if len(text) > limit {
		return nil, fmt.Errorf("a table of facts has at most %d MiB", limit>>20)
	}
	f, err := parse(string(text))
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return f, nil
}

// parse reads all rows but those of detections and groups.
func parse(text string) (*Facts, error) {
	f := &Facts{techniques: map[string]*Technique{}}
	if first, _, _ := strings.Cut(text, "\n"); strings.TrimSuffix(first, "\r") != "facts\t"+format {
		return nil, fmt.Errorf("line 1: a table of facts begins with %q: socctl attack import makes one of what MITRE publishes", "facts\t"+format)
	}
	number, at := 0, 0
	for line := range strings.Lines(text) {
		number++
		row := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if row[0] == "analytic" || row[0] == "group" {
			f.rest = text[at:]
			break
		}
		if !f.add(row) {
			return nil, fmt.Errorf("line %d: a row of kind %q with %d fields", number, row[0], len(row)-1)
		}
		at += len(line)
	}
	f.order()
	return f, nil
}

func (f *Facts) add(row []string) bool {
	switch {
	case row[0] == "facts" && len(row) == 2:
	case row[0] == "version" && len(row) == 4:
		f.Version, f.Released, f.Domain = row[1], row[2], row[3]
	case row[0] == "source" && len(row) == 2:
		f.Source = row[1]
	case row[0] == "copyright" && len(row) == 2:
		f.Copyright = row[1]
	case row[0] == "license" && len(row) == 2: // which is written anew
	case row[0] == "incomplete" && len(row) == 2:
		f.Incomplete = append(f.Incomplete, row[1])
	case row[0] == "totals" && len(row) == 6:
		t := &f.Totals
		return numbers(row[1:], &t.Groups, &t.Software, &t.Campaigns, &t.Strategies, &t.Analytics)
	case row[0] == "tactic" && len(row) == 4:
		f.Tactics = append(f.Tactics, Tactic{row[1], row[2], row[3]})
	case row[0] == "component" && len(row) == 3:
		f.Components = append(f.Components, Component{row[1], row[2]})
	case row[0] == "technique" && len(row) == 9:
		t := &Technique{ID: row[1], Name: row[2], Tactics: list(row[3]), Platforms: list(row[4])}
		f.techniques[t.ID] = t
		return numbers(row[5:], &t.Uses.Groups, &t.Uses.GroupsOrCampaigns, &t.Uses.Software, &t.Uses.Campaigns)
	case row[0] == "retired" && len(row) == 6 && (row[4] == string(Revoked) || row[4] == string(Deprecated)):
		f.techniques[row[1]] = &Technique{ID: row[1], Name: row[2], Tactics: list(row[3]), Status: Status(row[4]), By: row[5]}
	default:
		return false
	}
	return true
}

// readRest reads the rows of detections and groups. They were checked, or are
// embedded; what is wrong nevertheless is left out.
func (f *Facts) readRest() {
	f.analytics = map[string][]Analytic{}
	_ = f.eachOfRest(func(technique string, a Analytic) { f.analytics[technique] = append(f.analytics[technique], a) },
		func(g Group) { f.groups = append(f.groups, g) })
	f.rest = ""
}

// eachOfRest calls what it is given for every row. The error names the row.
func (f *Facts) eachOfRest(analytic func(technique string, a Analytic), group func(Group)) error {
	names := make(map[string]string, len(f.Components))
	for _, c := range f.Components {
		names[c.ref()] = c.Name
	}
	for line := range strings.Lines(f.rest) {
		row := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		switch {
		case row[0] == "group" && len(row) == 4:
			group(Group{row[1], row[2], list(row[3])})
		case row[0] == "analytic" && len(row) == 6:
			sources, err := sourcesOf(row[5], names)
			if err != nil {
				return fmt.Errorf("analytic of %s: %w", row[1], err)
			}
			analytic(row[1], Analytic{row[3], row[2], row[4], sources})
		default:
			return fmt.Errorf("a row of kind %q with %d fields", row[0], len(row)-1)
		}
	}
	return nil
}

// ref is how rows of analytics name a data component.
func (c Component) ref() string {
	if c.ID != "" {
		return c.ID
	}
	return c.Name
}

// sourcesOf reads the sources of an analytic: a data component and, behind an
// equals sign, its logs with bars between.
func sourcesOf(text string, names map[string]string) (sources []Source, err error) {
	for _, item := range list(text) {
		ref, logs, _ := strings.Cut(item, "=")
		name, ok := names[ref]
		if !ok {
			return nil, fmt.Errorf("no component row has %q", ref)
		}
		for log := range strings.SplitSeq(logs, "|") {
			sources = append(sources, Source{name, log})
		}
	}
	return sources, nil
}

func numbers(row []string, into ...*int) bool {
	for i, n := range into {
		var err error
		if *n, err = strconv.Atoi(row[i]); err != nil || *n < 0 {
			return false
		}
	}
	return true
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// check reports what a table lacks that everything else relies on.
func (f *Facts) check() error {
	switch {
	case f.Version == "" || f.Domain == "":
		return fmt.Errorf("no row of kind %q", "version")
	case len(f.Tactics) == 0 || len(f.ids) == 0:
		return fmt.Errorf("%d tactics and %d techniques: the table is cut off", len(f.Tactics), len(f.ids))
	}
	for t := range f.Techniques {
		for _, key := range t.Tactics {
			if f.Tactic(key) == nil {
				return fmt.Errorf("technique %s has the tactic %q, which there is no row of", t.ID, key)
			}
		}
	}
	if err := f.checkSuccessors(); err != nil {
		return err
	}
	return f.eachOfRest(func(string, Analytic) {}, func(Group) {})
}

// checkSuccessors reports a successor that is not there, and techniques that replace
// each other in a circle. No technique is looked at twice, however long chains are.
func (f *Facts) checkSuccessors() error {
	seen := map[string]string{} // by id: the technique from which it was come to first
	for first := range f.Retired {
		for t := first; t.Status == Revoked && t.By != "" && seen[t.ID] == ""; {
			seen[t.ID] = first.ID
			to := f.techniques[t.By]
			switch {
			case to == nil:
				return fmt.Errorf("technique %s was replaced by %s, which there is none of", t.ID, t.By)
			case seen[to.ID] == first.ID:
				return fmt.Errorf("techniques replace each other in a circle: %s", strings.Join(f.circle(to), " → "))
			}
			t = to
		}
	}
	return nil
}

// circle returns the ids from a technique back to itself.
func (f *Facts) circle(from *Technique) []string {
	ids := []string{from.ID}
	for t := f.techniques[from.By]; t != from; t = f.techniques[t.By] {
		ids = append(ids, t.ID)
	}
	return append(ids, from.ID)
}
