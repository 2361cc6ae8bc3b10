package census

import (
	"cmp"
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
)

// Report is a census in an order that does not depend on that of counting. Its
// JSON form is stable.
type Report struct {
	Events   int           `json:"events"`
	Undated  int           `json:"undated"`  // of which no time is known
	Unviewed int           `json:"unviewed"` // without any view
	Unnamed  int           `json:"unnamed"`  // counted, but beyond the number of views and groups that are told apart
	Formats  []Count       `json:"formats"`
	Views    []ViewReport  `json:"views"`
	Groups   []GroupReport `json:"events_without_view"`
	Rules    []RuleReport  `json:"rules"`
}

// Count is how many events have or are what a name says.
type Count struct {
	Name   string `json:"name"`
	Events int    `json:"events"`
}

// ViewReport is one view of one logsource.
type ViewReport struct {
	View      string  `json:"view"`
	Logsource string  `json:"logsource"`
	Events    int     `json:"events"`
	Rules     int     `json:"rules"`             // that are tried on it
	Times     []Count `json:"times"`             // by the field that gave the time; the empty name is none
	Fields    []Count `json:"fields"`            // most frequent first, then by name
	More      int     `json:"more_fields"`       // occurrences of fields beyond those named
	Missing   []Count `json:"missing,omitempty"` // fields of rules that no event has, with the number of rules
}

// GroupReport is a group of events without a view.
type GroupReport struct {
	Format string `json:"format"`
	Origin string `json:"origin,omitempty"`
	Fields string `json:"fields"`
	Events int    `json:"events"`
	Source string `json:"source"` // of one of them
	Record int    `json:"record"` // and its index there
}

// RuleReport is what the recordings have for one rule.
type RuleReport struct {
	ID      string   `json:"id,omitempty"`
	Title   string   `json:"title"`
	Events  int      `json:"events"`                   // that the rule is tried on
	Missing []string `json:"missing_fields,omitempty"` // fields of the rule that none of them has
}

// Report sums a census up.
func (c *Census) Report() *Report {
	r := &Report{Events: c.Events, Undated: c.Undated, Unviewed: c.Unviewed, Unnamed: c.lostTo, Formats: counts(c.Formats),
		Views: []ViewReport{}, Groups: []GroupReport{}, Rules: []RuleReport{}}
	for key, v := range c.views {
		r.Views = append(r.Views, ViewReport{View: key.name, Logsource: key.Logsource.String(), Events: v.events, Rules: len(v.rules),
			Times: counts(v.times), Fields: counts(v.fields), More: v.more, Missing: c.missing(v)})
	}
	slices.SortFunc(r.Views, func(a, b ViewReport) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.View, b.View), cmp.Compare(a.Logsource, b.Logsource))
	})
	for _, g := range c.groups {
		r.Groups = append(r.Groups, GroupReport{g.Format, g.Hint, g.Fields, g.Events, g.Source, g.Record})
	}
	slices.SortFunc(r.Groups, func(a, b GroupReport) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.Format, b.Format), cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Fields, b.Fields))
	})
	events := c.ruleEvents()
	for i, rule := range c.rules {
		r.Rules = append(r.Rules, RuleReport{rule.ID, rule.Title, events[i], c.missingOf(i, rule)})
	}
	return r
}

// counts sorts by number, then name.
func counts(m map[string]int) []Count {
	out := make([]Count, 0, len(m))
	for name, n := range m {
		out = append(out, Count{name, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(b.Events-a.Events, cmp.Compare(a.Name, b.Name)) })
	return out
}

// missing returns the fields that rules ask a view for and no event has.
func (c *Census) missing(v *viewCount) []Count {
	asking := map[string]int{}
	for _, i := range v.rules {
		for _, f := range c.rules[i].Fields {
			if !v.wanted[f] {
				asking[f]++
			}
		}
	}
	return counts(asking)
}

// ruleEvents counts for every rule the events that it is tried on, each once.
func (c *Census) ruleEvents() []int {
	events := make([]int, len(c.rules))
	for _, covered := range c.covered {
		tried := map[int]bool{}
		for _, key := range covered.views {
			for _, i := range c.views[key].rules {
				tried[i] = true
			}
		}
		for i := range tried {
			events[i] += covered.events
		}
	}
	return events
}

// missingOf returns the fields of a rule that no event has in any of the views
// that the rule is tried on; nil if it is tried on none.
func (c *Census) missingOf(index int, rule *compiler.Rule) []string {
	found, tried := map[string]bool{}, false
	for v := range maps.Values(c.views) {
		if !slices.Contains(v.rules, index) {
			continue
		}
		tried = true
		for _, f := range rule.Fields {
			found[f] = found[f] || v.wanted[f]
		}
	}
	var missing []string
	for _, f := range rule.Fields {
		if tried && !found[f] {
			missing = append(missing, f)
		}
	}
	return missing
}
