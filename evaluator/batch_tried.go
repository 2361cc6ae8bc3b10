package evaluator

import "slices"

// triedBy returns what is tried on rows of a plan.
func (m *batchMatcher) triedBy(p *plan, found []vector) *Tried {
	t := &Tried{Views: p.views}
	for _, run := range p.runs {
		look := Look{Rules: run.group.rules}
		for _, n := range run.loads {
			if l := &p.loads[n]; l.field != anyField && (l.kind != computed || found[n].some()) {
				look.Fields = append(look.Fields, m.tables.fields[l.field].name)
			}
		}
		t.Looks = append(t.Looks, look)
	}
	return t
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
		look := Look{Rules: g.rules}
		for _, f := range g.fields {
			if _, ok := on.Field(s.tables.fields[f].name); ok {
				look.Fields = append(look.Fields, s.tables.fields[f].name)
			}
		}
		t.Looks = append(t.Looks, look)
	}
	if s.ignoreLogsource {
		add(s.tables.everyRule(), event)
	}
	for _, v := range event.Views() {
		add(s.route(v.Logsource), v.Event)
	}
	return t
}
