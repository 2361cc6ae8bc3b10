package expansion

import (
	"cmp"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/logsource"
)

// MaxEvents is how many distinct events of an incident are looked at.
const MaxEvents = 500

// incident is the events that were given, each once, in the order of their
// fingerprints.
type incident struct {
	events []*missed
	more   int // events beyond MaxEvents
}

// missed is an event that rules should match.
type missed struct {
	event   *telemetry.Event
	print   string
	caught  []*compiler.Rule
	source  logsource.Logsource // of a rule that would be drafted for it
	view    string              // under which it is of that logsource
	values  map[string]string   // of that view
	open    []string            // why nothing catches it
	claimed bool                // a proposal catches it
}

// newIncident finds out which rules match the events.
func newIncident(p *compiler.Program, events []*telemetry.Event) *incident {
	out := &incident{}
	seen := map[string]bool{}
	for _, e := range events {
		m := &missed{event: e, print: e.Fingerprint()}
		if seen[m.print] {
			continue
		}
		seen[m.print] = true
		out.events = append(out.events, m)
	}
	slices.SortFunc(out.events, func(a, b *missed) int { return cmp.Compare(a.print, b.print) })
	if n := len(out.events); n > MaxEvents {
		out.events, out.more = out.events[:MaxEvents], n-MaxEvents
	}
	ev := evaluator.New(p)
	for _, m := range out.events {
		for _, match := range ev.Match(m.event) {
			if match.Rule.Alerts {
				m.caught = append(m.caught, match.Rule)
			}
		}
		m.place()
	}
	return out
}

// place decides of which logsource a rule for the event would be: the first with a
// category, else the first.
func (m *missed) place() {
	views := m.event.Views()
	if len(views) == 0 {
		m.open = append(m.open, "it is of no known logsource")
		return
	}
	best := views[0]
	for _, v := range views {
		if best.Logsource["category"] == "" && v.Logsource["category"] != "" {
			best = v
		}
	}
	m.source, m.view = logsourceOf(best.Logsource), best.Name
	m.values = tuning.Observe(m.event, best.Name, "").Values
}

// missed returns the events that no rule matches.
func (i *incident) missed() []*missed {
	var out []*missed
	for _, m := range i.events {
		if len(m.caught) == 0 {
			out = append(out, m)
		}
	}
	return out
}

// logsourceOf returns the logsource that a rule for events of a view names: category
// and product, or where there is no category product and service.
func logsourceOf(view map[string]string) logsource.Logsource {
	out := logsource.Logsource{Category: view["category"], Product: view["product"], Service: view["service"]}
	if out.Category != "" {
		out.Service = ""
	}
	return out
}

// sourceText writes a logsource.
func sourceText(l logsource.Logsource) string {
	out := ""
	for _, part := range [][2]string{{"category=", l.Category}, {"product=", l.Product}, {"service=", l.Service}} {
		if part[1] != "" {
			out += " " + part[0] + part[1]
		}
	}
	return out[min(1, len(out)):]
}
