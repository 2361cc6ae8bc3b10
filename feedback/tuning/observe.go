package tuning

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Observe returns an event as rules see it through a view.
func Observe(event *telemetry.Event, view, source string) *Event {
	out := &Event{Fingerprint: event.Fingerprint(), Source: source, Host: backtest.HostOf(event), User: backtest.UserOf(event)}
	out.Values, out.Several = values(event, view)
	if t, _, ok := event.Time(); ok {
		out.Day = int(t.Unix() / 86400)
	}
	return out
}

// RuleOf returns what the search has to know of a rule that wants an expression.
func RuleOf(p *compiler.Program, r *compiler.Rule, wants *compiler.Expr) Rule {
	return Rule{ID: r.ID, Title: r.Title, Constrained: Constrained(p, wants), Wanted: wanted(p, wants)}
}

// values returns the fields of an event as a view shows them, and the names of those that
// hold several values, which a filter compares one by one.
func values(event *telemetry.Event, view string) (out map[string]string, several []string) {
	var shown evaluator.Event = event
	for _, v := range event.Views() {
		if v.Name == view {
			shown = v.Event
			break
		}
	}
	names := map[string]bool{}
	for _, name := range event.MappedNames(view) {
		names[name] = true
	}
	addNames(names, "", event.Members())
	out = map[string]string{}
	for name := range names {
		v, ok := shown.Field(name)
		if items := v.Items(); len(items) == 1 {
			v = items[0]
		} else if len(items) > 1 {
			several = append(several, name)
			continue
		}
		if k := v.Kind(); ok && k != evaluator.List && k != evaluator.Object && k != evaluator.Null {
			text := v.Text()
			if bare := strings.TrimSpace(text); bare != "" && bare != "-" && len(text) < 4000 {
				out[name] = text
			}
		}
	}
	slices.Sort(several)
	return out, several
}

// addNames adds the names by which a rule finds fields: those of members, and the paths
// into objects, also of lists.
func addNames(to map[string]bool, prefix string, members []evaluator.Member) {
	for i := range members {
		name := prefix + members[i].Name
		to[name] = true
		addNames(to, name+".", members[i].Value.Members())
		for _, item := range members[i].Value.Items() {
			addNames(to, name+".", item.Members())
		}
	}
}

// Constrained returns the fields that an expression says something about.
func Constrained(p *compiler.Program, e *compiler.Expr) []string {
	var out []string
	e.Each(func(l *compiler.Expr) {
		if says(&p.Predicates[l.Atom]) {
			out = append(out, p.Predicates[l.Atom].Field)
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// says reports whether a comparison asks for more than that there is a value.
func says(p *compiler.Predicate) bool {
	return p.Op != compiler.OpText || strings.Trim(p.Pattern.String(), "*") != ""
}

// wanted returns the texts that a rule asks for.
func wanted(p *compiler.Program, e *compiler.Expr) []string {
	var out []string
	e.Each(func(l *compiler.Expr) {
		if q := &p.Predicates[l.Atom]; q.Op == compiler.OpText && says(q) {
			out = append(out, q.Pattern.String())
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}
