package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/socctl/socctl/rules"
)

// TestRange asks which conditions draw the warning that they never hold.
func TestRange(t *testing.T) {
	t.Parallel()
	const contradiction, empty = "correlation/contradiction", "correlation/empty-group"
	for _, test := range []struct{ kind, condition, want string }{
		{"event_count", "gte: 3", ""},
		{"event_count", "gt: 5, lt: 3", contradiction},
		{"event_count", "gte: 3, lt: 3", contradiction},
		{"event_count", "eq: 3, gt: 3", contradiction},
		{"event_count", "eq: 3, gte: 3, lte: 3", ""},
		{"value_sum", "eq: 3, neq: 3", contradiction},
		{"value_sum", "gte: 3, lte: 3, neq: 3", contradiction},
		{"value_sum", "gte: 3, lte: 3, neq: 4", ""},
		{"event_count", "neq: 3", ""},
		// Counts are whole numbers, and at least 1.
		{"value_sum", "eq: 2.5", ""},
		{"event_count", "eq: 2.5", contradiction},
		{"value_count", "gt: 2, lt: 3", contradiction},
		{"value_count", "gt: 2, lte: 3", ""},
		{"value_count", "gt: 2, lte: 3, neq: 3", contradiction},
		{"event_count", "gt: 2, lte: 4, neq: 3", ""},
		{"event_count", "neq: 1, lte: 1", contradiction},
		{"event_count", "lt: 1", empty},
		{"event_count", "eq: 0", empty},
		{"event_count", "gte: -1", ""},
		{"event_count", "gt: 1.0e+300, neq: 1.0e+300", ""},
		// A temporal correlation counts its rules, of which there are two.
		{"temporal", "gte: 2", ""},
		{"temporal", "gt: 2", contradiction},
		{"temporal", "eq: 3", contradiction},
		{"temporal", "neq: 2", ""},
		// It is not looked at here.
		{"temporal_ordered", "lt: 1", ""},
		{"temporal_ordered", "gt: 5, lt: 3", ""},
	} {
		t.Run(test.kind+" "+test.condition, func(t *testing.T) {
			t.Parallel()
			document := "title: C\nname: c\ncorrelation: {type: " + test.kind + ", timespan: 5m, group-by: [u], rules: [a, b], condition: {" + test.condition
			if strings.HasPrefix(test.kind, "value_") {
				document += ", field: n"
			}
			_, diags := rules.Load(fstest.MapFS{"a.yml": {Data: []byte(linkBase)}, "d.yml": {Data: []byte(document + "}}\n")}})
			got := ""
			for _, d := range diags {
				if d.Span.Path() == "d.yml" && (d.Code == contradiction || d.Code == empty) {
					got += d.Code
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestNeverTogether asks the same of conditions over rules.
func TestNeverTogether(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		"a and b":                      "",
		"a and not b":                  "",
		"not a or not b":               "",
		"not (a and b)":                "",
		"not a and not b":              "correlation/empty-group",
		"not (a or b)":                 "correlation/empty-group",
		"a and b and not b":            "correlation/contradiction",
		"(a or b) and not a and not b": "correlation/contradiction",
	} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			_, diags := rules.Load(fstest.MapFS{"a.yml": {Data: []byte(linkBase)}, "d.yml": {Data: []byte(correlationOf("rules: [a, b], condition: " + condition))}})
			got := ""
			for _, d := range diags {
				if d.Span.Path() == "d.yml" && d.Code != "condition/precedence" {
					got += d.Code
				}
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
