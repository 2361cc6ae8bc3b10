package importer

import (
	"cmp"
	"time"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/internal/jsontree"
	"github.com/socctl/socctl/rules"
)

// Alerts reads the alerts that eval prints as NDJSON, those of correlations with
// the events that they are made of. What cannot be read is told.
func Alerts(file *rules.File) (alerts []feedback.Alert, diags rules.Diagnostics) {
	values, bad := jsontree.Sequence(file.Source, maxDepth)
	for i := range values {
		v := &values[i]
		fail := func(code, message, help string) {
			diags = append(diags, rules.Diagnostic{Code: code, Severity: rules.Error, Span: file.Span(v.At, v.At+1), Message: message, Help: help})
		}
		a := feedback.Alert{RuleID: cmp.Or(textOf(v, "rule_id"), textOf(v, "rule_title")), RuleHash: textOf(v, "rule_hash"), EventFP: eventsOf(v)}
		if at, err := time.Parse(time.RFC3339Nano, textOf(v, "time")); err == nil {
			a.EventTime = &at
		}
		switch {
		case a.RuleID == "":
			fail("verdict/missing-field", "the line names no rule", "give it what socctl eval prints with -f ndjson")
		case len(a.EventFP) == 0:
			fail("verdict/missing-field", "the line names no event", "give it what socctl eval prints with -f ndjson")
		default:
			alerts = append(alerts, a)
		}
	}
	if bad != nil {
		diags = append(diags, rules.Diagnostic{Code: "verdict/not-json", Severity: rules.Error, Span: file.Span(bad.At, bad.At+1), Message: bad.Message,
			Help: "give it what socctl eval prints with -f ndjson"})
	}
	return alerts, diags
}

func textOf(v *jsontree.Value, name string) string {
	if m := v.Member(name); m != nil && m.Kind == jsontree.String {
		return m.Text
	}
	return ""
}

// eventsOf returns the fingerprints of a line and of all its contributors.
func eventsOf(v *jsontree.Value) (out []string) {
	if fp := textOf(v, "event_fingerprint"); fp != "" {
		out = append(out, fp)
	}
	if all := v.Member("contributors"); all != nil {
		for i := range all.Items {
			out = append(out, eventsOf(&all.Items[i])...)
		}
	}
	return out
}
