package adequacy

import (
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Cost is what a trick asks of an attacker.
type Cost string

// The costs, the cheapest first.
const (
	Spelling Cost = "spelling" // another way to type the same command
	Copying  Cost = "copy"     // a copy of a file under another name
	Patching Cost = "patch"    // a changed file, so that its signature breaks
	Coding   Cost = "code"     // a program of one's own that starts the command
)

var costs = []Cost{Spelling, Copying, Patching, Coding}

// Evasion is what a trick does to the events of the tests of a rule that it matches.
type Evasion struct {
	Trick   string
	Cost    Cost
	Events  int // that the trick changes
	Escaped int // of them: the rule does not match any more
	// Before and After are the fields that the trick changed of the first event that
	// escaped; nil if none did.
	Before, After map[string]string
}

// Evasions are the tricks that can be tried on the events of one rule.
type Evasions struct {
	Rule   *compiler.Rule
	Events int       // distinct ones that the rule matches, in tests that passed
	Tried  []Evasion // those that change an event, the cheapest first
}

// Cheapest returns the cheapest trick by which an event escapes; nil if none does.
func (e *Evasions) Cheapest() *Evasion {
	for i := range e.Tried {
		if e.Tried[i].Escaped > 0 {
			return &e.Tried[i]
		}
	}
	return nil
}

// startsPrograms reports whether the events of a rule may tell of a program that was
// started. In others, such as those of files and of loaded libraries, Image is a
// program that is there already, which an attacker may not be able to rename.
func startsPrograms(r *compiler.Rule) bool {
	return r.Category == "process_creation" || r.Category == ""
}

// Evade tries tricks on the events that rules match in their tests. Rules on whose
// events no trick can be tried are left out: tricks are about starting programs. That a
// program does the same after a trick is how Windows and the C runtime read a command
// line; it is not tried out. Rules that search keywords are left out.
func Evade(p *compiler.Program, subjects []Subject, jobs int) []Evasions {
	all := make([]Evasions, len(subjects))
	each(len(subjects), jobs, func() func(int) {
		e := evaluator.New(p)
		return func(i int) { all[i] = evade(e, subjects[i]) }
	})
	return slices.DeleteFunc(all, func(e Evasions) bool { return len(e.Tried) == 0 })
}

func evade(e *evaluator.Evaluator, s Subject) Evasions {
	out := Evasions{Rule: s.Rule}
	if !startsPrograms(s.Rule) {
		return out
	}
	var events []evaluator.Event
	known := map[string]bool{}
	for _, t := range s.Tests {
		for i := range t.Seen {
			text := textOf(s.Rule, t.Seen[i].Event)
			if t.Seen[i].Matched && !known[text] && text != "" {
				known[text] = true
				events = append(events, t.Seen[i].Event)
			}
		}
	}
	out.Events = len(events)
	for _, cost := range costs {
		for _, t := range tricks {
			if t.cost != cost || t.windows && s.Rule.Product != "windows" {
				continue
			}
			if tried := try(e, s.Rule, events, t); tried.Events > 0 {
				out.Tried = append(out.Tried, tried)
			}
		}
	}
	return out
}

// try applies one trick to events.
func try(e *evaluator.Evaluator, r *compiler.Rule, events []evaluator.Event, t trick) Evasion {
	out := Evasion{Trick: t.name, Cost: t.cost}
	for _, event := range events {
		changed := t.apply(func(field string) string { return fieldText(event, field) })
		for field, text := range changed {
			if before := fieldText(event, field); before == "" || before == text || !slices.Contains(r.Fields, field) {
				delete(changed, field)
			}
		}
		if len(changed) == 0 || t.cost == Patching && !slices.ContainsFunc(versionFields, func(name string) bool { return changed[name] != "" }) {
			continue // a copy does the same, and costs less
		}
		out.Events++
		if e.Holds(r.Expr, overlaid{event, changed}) {
			continue
		}
		if out.Escaped++; out.Before == nil {
			out.After, out.Before = changed, map[string]string{}
			for field := range changed {
				out.Before[field] = fieldText(event, field)
			}
		}
	}
	return out
}

// fieldText returns the text of a field with one value, "" without.
func fieldText(e evaluator.Event, field string) string {
	if v, ok := e.Field(field); ok && v.Kind() == evaluator.String {
		return v.Text()
	}
	return ""
}

// textOf is the same for events that a rule cannot tell apart; "" for a rule that
// searches keywords.
func textOf(r *compiler.Rule, e evaluator.Event) string {
	words := false
	nodes(r.Expr, func(n *compiler.Expr) { words = words || n.Item != nil && n.Item.Keywords() })
	if words {
		return ""
	}
	out := "events"
	for _, name := range r.Fields {
		if v, ok := e.Field(name); ok {
			out += "\x00" + name + "\x00" + string(v.AppendJSON(nil))
		}
	}
	return out
}

// overlaid is an event with other texts in some fields.
type overlaid struct {
	event  evaluator.Event
	fields map[string]string
}

// Field implements evaluator.Event.
func (o overlaid) Field(name string) (evaluator.Value, bool) {
	if text, changed := o.fields[name]; changed {
		return evaluator.StringValue(text), true
	}
	return o.event.Field(name)
}

// EvasionCounts are numbers of rules.
type EvasionCounts struct {
	Rules   int          `json:"rules"` // on whose events tricks were tried
	Evaded  int          `json:"evaded"`
	Cheaply map[Cost]int `json:"by_cheapest_cost"` // of Evaded
}

// CountEvasions counts rules by the cheapest trick by which an event escapes.
func CountEvasions(all []Evasions) EvasionCounts {
	out := EvasionCounts{Rules: len(all), Cheaply: map[Cost]int{}}
	for i := range all {
		if c := all[i].Cheapest(); c != nil {
			out.Evaded++
			out.Cheaply[c.Cost]++
		}
	}
	return out
}

// Costs returns the costs, the cheapest first.
func Costs() []Cost { return slices.Clone(costs) }

// Fields returns the names of the fields that the trick changed, sorted.
func (e *Evasion) Fields() []string { return slices.Sorted(maps.Keys(e.After)) }
