package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// Routing tells which logsources an event belongs to and why. Its JSON form is
// stable.
type Routing struct {
	Source    string          `json:"source"`
	Record    int             `json:"record"`
	Format    string          `json:"format"`
	Time      string          `json:"time,omitempty"`       // RFC 3339 in UTC; "" if the event has none
	TimeField string          `json:"time_field,omitempty"` // the field that says so, and where its year is from
	Undated   string          `json:"undated_field,omitempty"`
	Stated    string          `json:"stated_logsource,omitempty"` // by the record itself
	Views     []RoutedView    `json:"views"`
	Near      []RoutedView    `json:"near_misses,omitempty"`
	Rule      *RuleVisibility `json:"rule,omitempty"`
}

// RoutedView is a view with its conditions.
type RoutedView struct {
	Name       string             `json:"name"`
	Logsources []string           `json:"logsources"`
	Covered    bool               `json:"covered,omitempty"`  // another view shows all of it
	Elements   int                `json:"elements,omitempty"` // of a view of elements, how many there are
	Conditions []RoutingCondition `json:"conditions"`
}

// RoutingCondition is one condition beside the value that the event has.
type RoutingCondition struct {
	Text    string           `json:"condition"`
	Holds   bool             `json:"holds"`
	Present bool             `json:"present"`
	Value   *evaluator.Value `json:"value,omitempty"`
}

// RuleVisibility tells whether a rule sees an event.
type RuleVisibility struct {
	ID        string       `json:"id,omitempty"`
	Title     string       `json:"title"`
	Logsource string       `json:"logsource"`
	Applies   bool         `json:"applies"`
	Views     []string     `json:"views,omitempty"`          // that it is tried on
	Matches   bool         `json:"matches"`                  // on one of them
	Missing   []string     `json:"missing_fields,omitempty"` // fields of the rule that none of them has
	Nearest   []RoutedView `json:"nearest_views,omitempty"`  // of its logsource, if it does not apply
	Reason    string       `json:"reason,omitempty"`         // why it does not apply
}

// RoutingJSON returns the stable JSON form.
func RoutingJSON(r *Routing) ([]byte, error) { return json.MarshalIndent(r, "", "  ") }

// WriteRouting writes the routing for people.
func WriteRouting(w io.Writer, s Style, r *Routing) {
	fmt.Fprintf(w, "%s\n", s.Paint(Bold, fmt.Sprintf("%s record %d", Clean(r.Source), r.Record)))
	fmt.Fprintf(w, "  format   %s\n  time     %s\n", r.Format, r.timeText())
	if r.Stated != "" {
		fmt.Fprintf(w, "  stated   %s; conditions of views do not count\n", Clean(r.Stated))
	}
	if len(r.Views) == 0 && r.Stated == "" {
		fmt.Fprintf(w, "\n%s no view applies: no rule is tried on the event. State its logsource with --logsource\n"+
			"  of eval, or add a view under telemetry: in .socctl.yml.\n", s.Paint(Yellow, "!"))
	}
	routedViews(w, s, "views", r.Views)
	label := "near misses"
	if len(r.Views) == 0 {
		label = "nearest views"
	}
	routedViews(w, s, label, r.Near)
	if r.Rule != nil {
		ruleVisibility(w, s, r.Rule)
	}
}

func (r *Routing) timeText() string {
	switch {
	case r.Time != "":
		return r.Time + " from " + Clean(r.TimeField)
	case r.Undated != "":
		return "unknown: " + Clean(r.Undated) + " lacks the year; state it with --year"
	}
	return "unknown: no field holds one"
}

func routedViews(w io.Writer, s Style, label string, views []RoutedView) {
	if len(views) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", label)
	for _, v := range views {
		notes := ""
		if v.Covered {
			notes = " (covered by another view)"
		}
		if v.Elements > 0 {
			notes = fmt.Sprintf(" (%s, seen one at a time)", Count(v.Elements, "element"))
		}
		fmt.Fprintf(w, "  %s%s\n    %s\n", s.Paint(Bold, Clean(v.Name)), notes, s.Paint(Dim, Clean(strings.Join(v.Logsources, "; "))))
		for _, c := range v.Conditions {
			fmt.Fprintf(w, "    %s %s — %s\n", mark(s, c.Holds), Clean(c.Text), c.valueText(s))
		}
	}
}

func (c *RoutingCondition) valueText(s Style) string {
	if !c.Present || c.Value == nil {
		return s.Paint(Dim, "field absent")
	}
	return s.Paint(Dim, "event has ") + s.Paint(Cyan, actual(*c.Value))
}

func ruleVisibility(w io.Writer, s Style, r *RuleVisibility) {
	fmt.Fprintf(w, "\nrule %s\n    %s\n", s.Paint(Bold, Clean(r.Title)), s.Paint(Dim, Clean(r.Logsource)))
	if !r.Applies {
		fmt.Fprintf(w, "  %s does not apply: %s\n", mark(s, false), Clean(r.Reason))
		routedViews(w, s, "views of its logsource", r.Nearest)
		return
	}
	verdict := "does not match"
	if r.Matches {
		verdict = "matches"
	}
	fmt.Fprintf(w, "  %s applies, on %s; it %s\n", mark(s, true), Clean(strings.Join(r.Views, ", ")), verdict)
	if len(r.Missing) > 0 {
		fmt.Fprintf(w, "  %s the event lacks %s\n", s.Paint(Yellow, "!"), Clean(strings.Join(r.Missing, ", ")))
	}
}
