package telemetry

import (
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// maxCandidates bounds the candidates of one route that are tracked without
// allocation; more work as well.
const maxCandidates = 256

// StatedView is the name of the one view of a record that states its logsource.
const StatedView = "stated"

// views computes the views of an event, and the fields that the first of them
// which names any has for the time.
func (n *Normaliser) views(e *Event) []evaluator.View {
	if e.hint != nil {
		return []evaluator.View{{Name: StatedView, Logsource: e.hint, Event: e}}
	}
	r, possible := n.plan.routeOf(e)
	var space [maxCandidates]bool
	hit := space[:]
	if len(r.candidates) > len(hit) {
		hit = make([]bool, len(r.candidates))
	}
	for i := range r.candidates {
		if possible == nil || possible[i] {
			hit[i] = r.candidates[i].holds(e)
		}
	}
	total := 0
	for i := range r.candidates {
		if !hit[i] {
			continue
		}
		for _, covered := range r.candidates[i].covers {
			hit[covered] = false
		}
	}
	for i := range r.candidates {
		if hit[i] {
			total += len(r.candidates[i].view.logsources)
		}
	}
	views := make([]evaluator.View, 0, total)
	for i := range r.candidates {
		if hit[i] {
			views = r.candidates[i].view.append(views, e)
			if e.timeFields == nil {
				e.timeFields = r.candidates[i].view.def.Time
			}
		}
	}
	return views
}

// append adds one View per logsource of the view, and per element if it shows
// them one at a time; the logsources share the event.
func (v *boundView) append(views []evaluator.View, e *Event) []evaluator.View {
	switch {
	case v.plain:
		return v.appendSeen(views, e)
	case v.def.Each == "":
		return v.appendSeen(views, &viewEvent{event: e, def: v.def, json: newJSONTexts(v.def)})
	}
	texts := newJSONTexts(v.def)
	for _, element := range elements(e, v.def.Each) {
		views = v.appendSeen(views, &viewEvent{e, v.def, element, texts})
	}
	return views
}

func (v *boundView) appendSeen(views []evaluator.View, seen evaluator.Event) []evaluator.View {
	for _, l := range v.logsources {
		views = append(views, evaluator.View{Name: v.def.Name, Logsource: l, Event: seen})
	}
	return views
}

// routeOf returns the route of an event and, for records that are no Windows
// events, which of its candidates are possible (nil: all).
func (p *plan) routeOf(e *Event) (*route, []bool) {
	if !e.Windows() {
		return p.foreign(), p.possible(e)
	}
	channel, ok := p.channels[e.channel]
	if !ok {
		channel, ok = p.channels[strings.ToLower(e.channel)]
	}
	if !ok {
		return p.settled(&p.unrouted), nil
	}
	if r, ok := channel.byID[e.id]; ok {
		return p.settled(r), nil
	}
	return p.settled(&channel.rest), nil
}

func (p *plan) possible(e *Event) []bool {
	possible := make([]bool, len(p.others.candidates))
	for _, i := range p.always {
		possible[i] = true
	}
	for i := range e.fields {
		for _, c := range p.byMember[e.fields[i].Name] {
			possible[c] = true
		}
	}
	return possible
}

func (c *candidate) holds(e *Event) bool {
	for _, m := range c.open {
		if matches(m, e) {
			return true
		}
	}
	return false
}

func matches(m logsource.Match, e *Event) bool {
	for i := range m {
		if !holds(&m[i], e) {
			return false
		}
	}
	return true
}

// holds evaluates one condition on the native view.
func holds(c *logsource.Condition, e *Event) bool {
	v, ok := conditionField(c.Field, e)
	switch c.Op {
	case logsource.Exists:
		return ok
	case logsource.Missing:
		return !ok
	case logsource.NotEquals:
		return !ok || !anyText(v, func(s string) bool { return containsFold(c.Values, s) })
	}
	return ok && anyText(v, func(s string) bool { return fulfils(c, s) })
}

func conditionField(name string, e *Event) (evaluator.Value, bool) {
	switch {
	case name == logsource.FileName:
		return evaluator.StringValue(filepath.Base(e.record.Source)), true
	case name == "Channel" && e.channel != "":
		return evaluator.StringValue(e.channel), true
	}
	return e.Field(name)
}

func anyText(v evaluator.Value, test func(string) bool) bool {
	if v.Kind() != evaluator.List {
		return test(v.Text())
	}
	for _, item := range v.Items() {
		if test(item.Text()) {
			return true
		}
	}
	return false
}

func fulfils(c *logsource.Condition, s string) bool {
	if c.Op == logsource.Equals {
		return containsFold(c.Values, s)
	}
	s = strings.ToLower(s)
	for _, want := range c.Values {
		want = strings.ToLower(want)
		switch c.Op {
		case logsource.StartsWith:
			if strings.HasPrefix(s, want) {
				return true
			}
		case logsource.EndsWith:
			if strings.HasSuffix(s, want) {
				return true
			}
		case logsource.Contains:
			if strings.Contains(s, want) {
				return true
			}
		}
	}
	return false
}
