package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// VerdictFormats are those of Verdicts.
var VerdictFormats = []string{"pretty", "json", "ndjson"}

// VerdictListSchema names the JSON form of a list of alerts with verdicts.
const VerdictListSchema = "socctl.verdict-list/v1"

// Verdicts writes alerts with what became of their verdicts.
func Verdicts(w io.Writer, s Style, format string, alerts []*feedback.AlertState, titles map[string]string) error {
	switch format {
	case "json":
		return indented(w, struct {
			Schema string                 `json:"schema"`
			Alerts []*feedback.AlertState `json:"alerts"`
		}{VerdictListSchema, append([]*feedback.AlertState{}, alerts...)})
	case "ndjson":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, a := range alerts {
			if err := enc.Encode(a); err != nil {
				return err
			}
		}
		return nil
	}
	for _, a := range alerts {
		verdictPretty(w, s, a, titles[a.Alert.RuleID])
	}
	return nil
}

func indented(w io.Writer, v any) error {
	return writeJSON(w, v)
}

func verdictPretty(w io.Writer, s Style, a *feedback.AlertState, title string) {
	colour := map[feedback.Class]string{feedback.Protected: Red, feedback.Supporting: Green}[a.Class]
	what := string(a.Outcome)
	if a.Contested {
		what += ", contested"
	}
	fmt.Fprintf(w, "%s %s  %s\n", s.Paint(colour, fmt.Sprintf("%-10s", a.Class)), s.Paint(Bold, Clean(cmp.Or(title, a.Alert.RuleID))), what)
	for _, fp := range a.Alert.EventFP {
		fmt.Fprintf(w, "  event %s\n", Clean(fp))
	}
	if len(a.Alert.EventFP) == 0 {
		fmt.Fprintf(w, "  alert %s\n", Clean(a.Alert.AlertUID))
	}
	for _, o := range a.Opinions {
		fmt.Fprintf(w, "  %s  %s says %s, weight %.2g%s\n", o.Time.Format(time.RFC3339), Clean(o.Investigator.String()), o.Verdict, o.Weight, incidentNote(o.Scope))
		if r := o.Reason; r != nil {
			fmt.Fprintf(w, "    %s\n", Clean(Shorten(strings.TrimSpace(r.Code+" "+r.Text), reasonWidth)))
		}
		fmt.Fprintf(w, "    %s\n", s.Paint(Dim, o.UID))
	}
	if a.Why != "" {
		fmt.Fprintf(w, "  %s\n", Clean(a.Why))
	}
}

// reasonWidth is how many characters of a reason are shown.
const reasonWidth = 160

func incidentNote(scope string) string {
	if scope == feedback.ScopeIncident {
		return ", of the incident"
	}
	return ""
}

// VerdictCheckSchema names the JSON form of what is wrong with verdicts.
const VerdictCheckSchema = "socctl.verdict-check/v1"

// VerdictProblems writes what deserves a look in a ledger.
func VerdictProblems(w io.Writer, s Style, format string, state *feedback.State, diags rules.Diagnostics) error {
	if format == "json" {
		return indented(w, struct {
			Schema      string            `json:"schema"`
			Verdicts    int               `json:"verdicts"`
			Alerts      int               `json:"alerts"`
			Diagnostics rules.Diagnostics `json:"diagnostics"`
		}{VerdictCheckSchema, state.Verdicts, len(state.Alerts), append(rules.Diagnostics{}, diags...)})
	}
	for _, d := range diags {
		colour := map[rules.Severity]string{rules.Error: Red, rules.Warning: Yellow}[d.Severity]
		at := d.Span.String()
		if at != "" {
			at += ": "
		}
		fmt.Fprintf(w, "%s%s %s\n", Clean(at), s.Paint(colour, d.Severity.String()+"["+d.Code+"]"), Clean(d.Message))
		for _, r := range d.Related {
			fmt.Fprintf(w, "  %s: %s\n", Clean(r.Span.String()), Clean(r.Message))
		}
		if d.Help != "" {
			fmt.Fprintf(w, "  %s %s\n", s.Paint(Blue, "help:"), Clean(d.Help))
		}
	}
	return nil
}

// VerdictStats writes counts.
func VerdictStats(w io.Writer, s Style, format string, stats feedback.Stats) error {
	if format == "json" {
		return indented(w, stats)
	}
	fmt.Fprintf(w, "%s on %s of %s; %d contested, %d without an event\n", Count(stats.Verdicts, "verdict"), Count(stats.Alerts, "alert"), Count(stats.Rules, "rule"), stats.Contested, stats.WithoutEvent)
	fmt.Fprintf(w, "%d protected, %d supporting, %d unknown\n", stats.Classes["protected"], stats.Classes["supporting"], stats.Classes["unknown"])
	for _, o := range feedback.Outcomes() {
		if n := stats.Outcomes[o]; n > 0 {
			fmt.Fprintf(w, "  %-16s %d\n", o, n)
		}
	}
	if len(stats.Investigators) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nINVESTIGATOR\tOPINIONS\tALONE\tDISAGREE\tWEIGHT")
	record := map[feedback.Investigator]string{}
	for _, r := range stats.Agents {
		who := feedback.Investigator{Kind: feedback.Agent, ID: r.ID, Version: r.Version}
		record[who] = fmt.Sprintf(" (%d of %d audited right, at least %.0f %%)", r.Right, r.Audited, 100*r.Reliability)
	}
	for _, i := range stats.Investigators {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%.2g%s\n", Clean(i.Investigator), i.Opinions, i.Alone, i.Disagree, i.Weight, record[feedback.Investigator{Kind: i.Kind, ID: i.ID, Version: i.Version}])
	}
	return t.Flush()
}
