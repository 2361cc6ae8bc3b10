package tuning

import (
	"maps"
	"slices"
	"strings"
)

// rows are distinct alerts: those that say the same in every field that a clause may
// name, under the same label, are one row.
type rows struct {
	columns map[string]*column
	n       int

	removable, protected set
	alerts               []int     // of each row: distinct events
	sources, hosts, days [][]int32 // of each row, ascending
	cause                []int32   // of each row
	causes               int
}

// column is a field: the values that occur, and which one each row has.
type column struct {
	texts []string
	of    []int32 // -1 without the field
	index map[string]int32
}

// numbering gives numbers to texts.
type numbering map[string]int32

func (n numbering) of(text string) int32 {
	id, known := n[text]
	if !known {
		id = int32(len(n))
		n[text] = id
	}
	return id
}

// newRows interns alerts. The order of the alerts has no influence.
func newRows(x *lattice, alerts []*Alert) *rows {
	r := &rows{columns: map[string]*column{}}
	keyed := map[string][]*Alert{}
	for _, a := range alerts {
		k := x.key(a)
		keyed[k] = append(keyed[k], a)
	}
	keys := slices.Sorted(maps.Keys(keyed))
	r.n = len(keys)
	r.removable, r.protected = newSet(r.n), newSet(r.n)
	sources, hosts, days, causes := numbering{}, numbering{}, map[int]int32{}, numbering{}
	for row, k := range keys {
		same := keyed[k]
		slices.SortFunc(same, func(a, b *Alert) int { return strings.Compare(a.Fingerprint, b.Fingerprint) })
		switch same[0].Label {
		case Removable:
			r.removable.add(row)
		case Protected:
			r.protected.add(row)
		}
		events := map[string]bool{}
		var s, h, d []int32
		for _, a := range same {
			events[a.Fingerprint] = true
			s, h = append(s, sources.of(a.Source)), append(h, hosts.of(a.Host))
			if _, known := days[a.Day]; !known {
				days[a.Day] = int32(len(days))
			}
			d = append(d, days[a.Day])
		}
		r.alerts = append(r.alerts, len(events))
		r.sources, r.hosts, r.days = append(r.sources, ascending(s)), append(r.hosts, ascending(h)), append(r.days, ascending(d))
		r.cause = append(r.cause, causes.of(x.cause(same[0])))
		for field, value := range same[0].Values {
			if x.kind(field) != "" {
				r.column(field).set(row, r.n, value)
			}
		}
	}
	r.causes = len(causes)
	return r
}

func ascending(ids []int32) []int32 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (r *rows) column(field string) *column {
	c := r.columns[field]
	if c == nil {
		c = &column{of: make([]int32, r.n), index: map[string]int32{}}
		for i := range c.of {
			c.of[i] = -1
		}
		r.columns[field] = c
	}
	return c
}

func (c *column) set(row, n int, value string) {
	id, known := c.index[value]
	if !known {
		id = int32(len(c.texts))
		c.texts = append(c.texts, value)
		c.index[value] = id
	}
	c.of[row] = id
}

// matching returns the rows that a literal matches.
func (r *rows) matching(l *Literal) set {
	out := newSet(r.n)
	c := r.columns[l.Field]
	if c == nil {
		return out
	}
	holds := make([]bool, len(c.texts))
	for id, text := range c.texts {
		holds[id] = l.matches(text)
	}
	for row, id := range c.of {
		if id >= 0 && holds[id] {
			out.add(row)
		}
	}
	return out
}

// key is what makes alerts the same.
func (x *lattice) key(a *Alert) string {
	var b strings.Builder
	b.WriteByte('0' + byte(a.Label))
	for _, field := range slices.Sorted(maps.Keys(a.Values)) {
		if x.kind(field) != "" {
			b.WriteString("\x00" + field + "\x00" + a.Values[field])
		}
	}
	return b.String()
}

// cause is the key without what varies from one alert of a cause to the next:
// numbers, and who it was.
func (x *lattice) cause(a *Alert) string {
	var b strings.Builder
	for _, field := range slices.Sorted(maps.Keys(a.Values)) {
		if x.kind(field) != "" {
			b.WriteString("\x00" + field + "\x00" + generic(a.Values[field]))
		}
	}
	return b.String()
}

// generic replaces digits, and the names of users in paths.
func generic(text string) string {
	text = profile.ReplaceAllString(strings.ToLower(text), `\users\*\`)
	var b strings.Builder
	digits := false
	for _, r := range text {
		if r >= '0' && r <= '9' {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	return b.String()
}

// support is what a set of rows stands for.
type support struct {
	Alerts, Causes, Sources, Hosts, Days int
}

// support counts distinct events, causes, sources, hosts and days.
func (r *rows) support(s set) support {
	var out support
	causes, sources, hosts, days := map[int32]bool{}, map[int32]bool{}, map[int32]bool{}, map[int32]bool{}
	s.each(func(row int) {
		out.Alerts += r.alerts[row]
		causes[r.cause[row]] = true
		for _, id := range r.sources[row] {
			sources[id] = true
		}
		for _, id := range r.hosts[row] {
			hosts[id] = true
		}
		for _, id := range r.days[row] {
			days[id] = true
		}
	})
	out.Causes, out.Sources, out.Hosts, out.Days = len(causes), len(sources), len(hosts), len(days)
	return out
}

// weight counts distinct events.
func (r *rows) weight(s set) int {
	n := 0
	s.each(func(row int) { n += r.alerts[row] })
	return n
}
