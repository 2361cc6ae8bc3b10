package evaluator

import "slices"

// triedBy returns what is tried on rows of a plan.
func (m *batchMatcher) triedBy(p *plan, found []vector) *Tried {
	t := &Tried{Views: p.views}
	for _, run := range p.runs {
		t.Rules = append(t.Rules, run.group.rules...)
		for _, n := range run.loads {
			if l := &p.loads[n]; l.field != anyField && (l.kind != computed || found[n].some()) {
				t.Fields = append(t.Fields, m.tables.fields[l.field].name)
			}
		}
	}
	return t.settled()
}

// some reports whether some row has the field of a computation.
func (v *vector) some() bool {
	if v.byRow == nil {
		return v.same != absent
	}
	return slices.ContainsFunc(v.byRow, func(class uint32) bool { return class != absent })
}

// TriedOn returns what is tried on an event.
func (s *Records) TriedOn(event Routed) *Tried {
	t := &Tried{Views: len(event.Views())}
	add := func(g *group, on Event) {
		t.Rules = append(t.Rules, g.rules...)
		for _, f := range g.fields {
			if _, ok := on.Field(s.tables.fields[f].name); ok {
				t.Fields = append(t.Fields, s.tables.fields[f].name)
			}
		}
	}
	if s.ignoreLogsource {
		add(s.tables.everyRule(), event)
	}
	for _, v := range event.Views() {
		add(s.route(v.Logsource), v.Event)
	}
	return t.settled()
}

func (t *Tried) settled() *Tried {
	t.Rules = ascending(t.Rules)
	slices.Sort(t.Fields)
	t.Fields = slices.Compact(t.Fields)
	return t
}
