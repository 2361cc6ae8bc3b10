// Package census counts what recordings hold, against what rules ask for:
// events by view, the fields they have, the fields of rules that no event has,
// and the events that no view takes, so that a rule which cannot fire on the
// telemetry at hand is told from one that found nothing.
//
// Counts are exact. Names of fields, views and groups of events are remembered
// up to the limits below; what is beyond them is counted, not named. Memory
// therefore does not grow with the number of events.
package census

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules/logsource"
)

const (
	maxFields = 5000 // names per view
	maxGroups = 500  // of events without a view
	maxViews  = 2000 // views with their logsource; stated logsources are the user's
	maxDepth  = 16   // of objects in each other whose members count as fields
)

// Census counts events. Not safe for concurrent use: let each goroutine have
// its own and merge them.
type Census struct {
	rules []*compiler.Rule

	Events   int
	Undated  int            // events of which no time is known
	Unviewed int            // events without any view, of all groups
	Formats  map[string]int // events by name of the input's format

	views   map[viewKey]*viewCount
	groups  map[string]*Group
	covered map[string]*coverage // by the keys of the views that an event has
	lostTo  int                  // events beyond maxGroups or maxViews
}

// viewKey names a view of one logsource.
type viewKey struct {
	name string
	logsource.Logsource
}

// viewCount is what is known of one view.
type viewCount struct {
	events int
	times  map[string]int  // events by the field that gave their time; "" for none
	fields map[string]int  // events by field, in the names of the view
	more   int             // fields beyond maxFields, in all events
	rules  []int           // indices of rules that are tried on the view
	wanted map[string]bool // their fields: whether any event has it
	mapped []string        // names that the table gives the view
}

// coverage counts events that have the same views.
type coverage struct {
	views  []viewKey
	events int
}

// Group is events without a view that look alike.
type Group struct {
	Format string
	Hint   string // what the events say of their origin: channel, provider, event type; "" if nothing
	Fields string // the first names of their fields
	Events int
	Source string // of the first of them
	Record int    // and its index in it
}

// New returns an empty census against the rules of a program; nil means none.
func New(p *compiler.Program) *Census {
	c := &Census{Formats: map[string]int{}, views: map[viewKey]*viewCount{}, groups: map[string]*Group{}, covered: map[string]*coverage{}}
	if p != nil {
		c.rules = p.Rules
	}
	return c
}

// Add counts an event. views are those that it is evaluated under: e.Views(),
// or what the user has assigned. It looks up the rules' fields, so
// it costs about as much as evaluating the event.
func (c *Census) Add(e *telemetry.Event, views []evaluator.View) {
	c.Events++
	c.Formats[e.Record().Format]++
	_, timeField, dated := e.Time()
	if !dated {
		c.Undated++
		timeField = ""
	}
	if len(views) == 0 {
		c.Unviewed++
		c.group(e)
		return
	}
	var names []string
	var seen []viewKey
	for _, v := range views {
		l := v.Logsource
		key := viewKey{v.Name, logsource.Logsource{Category: l["category"], Product: l["product"], Service: l["service"]}}
		count := c.view(key, e)
		if count == nil {
			c.lostTo++
			continue
		}
		count.want(v.Event)
		if slices.Contains(seen, key) {
			continue // a further element
		}
		seen = append(seen, key)
		count.events++
		count.times[timeField]++
		if names == nil {
			names = fieldNames(e)
		}
		count.have(names, v.Event)
	}
	c.cover(seen)
}

func (c *Census) view(key viewKey, e *telemetry.Event) *viewCount {
	if v, ok := c.views[key]; ok {
		return v
	}
	if len(c.views) >= maxViews {
		return nil
	}
	v := &viewCount{times: map[string]int{}, fields: map[string]int{}, wanted: map[string]bool{}}
	for _, name := range e.MappedNames(key.name) {
		if !slices.Contains(v.mapped, name) {
			v.mapped = append(v.mapped, name)
		}
	}
	for i, r := range c.rules {
		if key.Satisfies(ruleLogsource(r)) {
			v.rules = append(v.rules, i)
			for _, f := range r.Fields {
				v.wanted[f] = false
			}
		}
	}
	c.views[key] = v
	return v
}

func ruleLogsource(r *compiler.Rule) logsource.Logsource {
	return logsource.Logsource{Category: r.Category, Product: r.Product, Service: r.Service}
}

// want looks for the fields of rules that no event had so far.
func (v *viewCount) want(e evaluator.Event) {
	for name, found := range v.wanted {
		if found {
			continue
		}
		if _, ok := e.Field(name); ok {
			v.wanted[name] = true
		}
	}
}

// have counts the fields of an event: its own names, and those of the view.
func (v *viewCount) have(names []string, e evaluator.Event) {
	for _, name := range v.mapped {
		if slices.Contains(names, name) {
			continue
		}
		if _, ok := e.Field(name); ok {
			v.count(name)
		}
	}
	for _, name := range names {
		v.count(name)
	}
}

func (v *viewCount) count(name string) {
	if _, known := v.fields[name]; !known && len(v.fields) >= maxFields {
		v.more++
		return
	}
	v.fields[name]++
}

// cover notes which views the event had together.
func (c *Census) cover(keys []viewKey) {
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k.name + "\x00" + k.Logsource.String() + "\x00")
	}
	known := c.covered[b.String()]
	if known == nil {
		known = &coverage{views: keys}
		c.covered[b.String()] = known
	}
	known.events++
}

// group counts an event that no view takes.
func (c *Census) group(e *telemetry.Event) {
	hint, fields := origin(e), fieldsText(e)
	key := e.Record().Format + "\x00" + hint + "\x00" + fields
	g := c.groups[key]
	if g == nil {
		if len(c.groups) >= maxGroups {
			c.lostTo++
			return
		}
		g = &Group{Format: e.Record().Format, Hint: hint, Fields: fields, Source: e.Record().Source, Record: e.Record().Index}
		c.groups[key] = g
	}
	g.Events++
}

// Merge adds what another census of the same program has counted.
func (c *Census) Merge(o *Census) {
	c.Events += o.Events
	c.Undated += o.Undated
	c.Unviewed += o.Unviewed
	c.lostTo += o.lostTo
	addCounts(c.Formats, o.Formats)
	for key, theirs := range o.views {
		if ours := c.views[key]; ours != nil {
			ours.merge(theirs)
		} else {
			c.views[key] = theirs
		}
	}
	for key, theirs := range o.covered {
		if ours := c.covered[key]; ours != nil {
			ours.events += theirs.events
		} else {
			c.covered[key] = theirs
		}
	}
	for key, theirs := range o.groups {
		ours := c.groups[key]
		if ours == nil {
			c.groups[key] = theirs
			continue
		}
		ours.Events += theirs.Events
		if theirs.Source < ours.Source || theirs.Source == ours.Source && theirs.Record < ours.Record {
			ours.Source, ours.Record = theirs.Source, theirs.Record
		}
	}
}

func (v *viewCount) merge(o *viewCount) {
	v.events += o.events
	v.more += o.more
	addCounts(v.times, o.times)
	addCounts(v.fields, o.fields)
	for name, found := range o.wanted {
		v.wanted[name] = v.wanted[name] || found
	}
}

func addCounts(to, from map[string]int) {
	for name, n := range from {
		to[name] += n
	}
}
