package reference_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// exported is a case as other engines read it: everything that it loads is in
// Documents.
type exported struct {
	Name         string              `json:"name"`
	Decision     string              `json:"decision"`
	Area         string              `json:"area"`
	Documents    string              `json:"documents"`
	Rule         string              `json:"rule,omitempty"` // title of the rule that Match is about
	Placeholders map[string][]string `json:"placeholders,omitempty"`
	Logsource    map[string]string   `json:"logsource,omitempty"`
	Event        json.RawMessage     `json:"event,omitempty"`
	Match        *bool               `json:"match,omitempty"`
	Events       []timedEvent        `json:"events,omitempty"`
	Alerts       []exportedAlert     `json:"alerts,omitempty"`
	Silent       bool                `json:"silent,omitempty"` // the alerts are none
	Error        string              `json:"error,omitempty"`
	Warning      string              `json:"warning,omitempty"`
}

type timedEvent struct {
	Time  string          `json:"time,omitempty"` // RFC 3339; "" for an event without one
	Event json.RawMessage `json:"event"`
}

type exportedAlert struct {
	Time  string             `json:"time"`
	Name  string             `json:"name"`
	Group map[string]*string `json:"group"`
}

// TestExportConformance writes the suite with -export FILE.
func TestExportConformance(t *testing.T) {
	if *export == "" {
		t.Skip("no -export")
	}
	f, err := os.Create(*export)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(f)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	suite := readSuite(t)
	for _, file := range slices.Sorted(maps.Keys(suite)) {
		for _, c := range suite[file] {
			if err := enc.Encode(c.exported(t, file)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func (c *conformance) exported(t *testing.T, file string) *exported {
	t.Helper()
	x := &exported{Name: c.Name, Decision: c.Decision, Area: file, Documents: c.text(t), Placeholders: c.Placeholders,
		Logsource: c.Logsource, Match: c.Match, Error: c.Error, Warning: c.Warning, Silent: c.Alerts != nil && len(c.Alerts) == 0}
	if c.Match != nil {
		x.Event, x.Rule = jsonOf(&c.Event), c.Name
		if c.Detection.IsZero() {
			x.Rule = ""
		}
	}
	for i := range c.Events {
		at, event := c.event(t, i)
		timed := timedEvent{Event: json.RawMessage(event.Text())}
		if !at.IsZero() {
			timed.Time = at.Format("2006-01-02T15:04:05.999Z07:00")
		}
		x.Events = append(x.Events, timed)
	}
	for _, a := range c.wanted(t) {
		x.Alerts = append(x.Alerts, exportedAlert{a.Time.Format("2006-01-02T15:04:05.999Z07:00"), a.Name, a.Group})
	}
	return x
}

// jsonOf writes an event with its order and digits.
func jsonOf(n *yaml.Node) json.RawMessage { return json.RawMessage(valueOf(n).Text()) }
