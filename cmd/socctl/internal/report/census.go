package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator/telemetry/census"
)

// How much the pretty form names; the JSON form has everything.
const (
	shownFields = 12 // of a view
	shownGroups = 20 // of events without a view
	shownRules  = 30 // with fields that no event has
)

// Census writes a census as "json" or, for people, "pretty".
func Census(w io.Writer, s Style, format string, r *census.Report) error {
	if format == "json" {
		text, err := json.MarshalIndent(r, "", "  ")
		if err == nil {
			_, err = fmt.Fprintf(w, "%s\n", text)
		}
		return err
	}
	fmt.Fprintf(w, "%s: %s\n", s.Paint(Bold, Count(r.Events, "event")), countsText(r.Formats, len(r.Formats)))
	if r.Undated > 0 {
		fmt.Fprintf(w, "%s of no known time\n", Count(r.Undated, "event"))
	}
	if r.Unnamed > 0 {
		fmt.Fprintf(w, "%d counts beyond the number of views and groups that are told apart\n", r.Unnamed)
	}
	for i := range r.Views {
		censusView(w, s, &r.Views[i])
	}
	censusGroups(w, s, r)
	censusRules(w, s, r)
	return nil
}

func censusView(w io.Writer, s Style, v *census.ViewReport) {
	fmt.Fprintf(w, "\n%s  %s\n", s.Paint(Bold, Clean(v.View)), Clean(v.Logsource))
	fmt.Fprintf(w, "  %-9s%d, %s tried on them\n", "events", v.Events, Count(v.Rules, "rule"))
	fmt.Fprintf(w, "  %-9s%s\n", "time", countsText(timesOf(v), 4))
	fmt.Fprintf(w, "  %-9s%s\n", "fields", countsText(v.Fields, shownFields))
	if len(v.Missing) > 0 {
		fmt.Fprintf(w, "  %-9s%s\n", s.Paint(Yellow, "missing"), missingText(v.Missing))
	}
}

func timesOf(v *census.ViewReport) []census.Count {
	times := make([]census.Count, len(v.Times))
	for i, t := range v.Times {
		times[i] = t
		if t.Name == "" {
			times[i].Name = "none"
		}
	}
	return times
}

func countsText(counts []census.Count, most int) string {
	var words []string
	for _, c := range counts[:min(most, len(counts))] {
		words = append(words, fmt.Sprintf("%s %d", Clean(c.Name), c.Events))
	}
	return strings.Join(words, ", ") + andMore(len(counts)-most)
}

// missingText tells fields of rules that no event has, and how many rules ask.
func missingText(counts []census.Count) string {
	var words []string
	for _, c := range counts[:min(shownFields, len(counts))] {
		words = append(words, fmt.Sprintf("%s (%s)", Clean(c.Name), Count(c.Events, "rule")))
	}
	return strings.Join(words, ", ") + andMore(len(counts)-shownFields)
}

func andMore(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(", and %d more", n)
}

func censusGroups(w io.Writer, s Style, r *census.Report) {
	if len(r.Groups) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, fmt.Sprintf("%s without a view: no rule with a logsource is tried on them", Count(r.Unviewed, "event"))))
	for _, g := range r.Groups[:min(shownGroups, len(r.Groups))] {
		fmt.Fprintf(w, "  %6d  %s %s (%s)\n          such as %s record %d\n", g.Events, g.Format, Clean(g.Origin), Clean(g.Fields), Clean(g.Source), g.Record)
	}
	if n := len(r.Groups) - shownGroups; n > 0 {
		fmt.Fprintf(w, "  and %s more\n", Count(n, "group"))
	}
}

func censusRules(w io.Writer, s Style, r *census.Report) {
	if len(r.Rules) == 0 {
		return
	}
	blind, lacking := 0, 0
	for _, rule := range r.Rules {
		switch {
		case rule.Events == 0:
			blind++
		case len(rule.Missing) > 0:
			lacking++
		}
	}
	fmt.Fprintf(w, "\n%s: %d tried on no event, %d with a field that no event has\n", s.Paint(Bold, Count(len(r.Rules), "rule")), blind, lacking)
	shown := 0
	for _, rule := range r.Rules {
		if rule.Events == 0 || len(rule.Missing) == 0 {
			continue
		}
		if shown++; shown > shownRules {
			fmt.Fprintf(w, "  and %s more; -f json names all\n", Count(lacking-shownRules, "rule"))
			break
		}
		fmt.Fprintf(w, "  %s: no event has %s\n", Clean(rule.Title), Clean(strings.Join(rule.Missing, ", ")))
	}
}
