package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A line is written as encoding/json writes it.
func TestMatchLineJSON(t *testing.T) {
	t.Parallel()
	for _, line := range []matchLine{
		{lineRule: &lineRule{"", "", "", "", nil}},
		{lineRule: &lineRule{"1", "a \"b\" <c> & \\d", "high", "h", nil}, Source: "x/é.ndjson", Record: 12, Time: "2020-01-01T00:00:00Z", View: "v", Fingerprint: "sha256:0"},
		{lineRule: &lineRule{"", "\x00\n\t\r\u2028\x7f\U0001f600", "", "", nil}, Record: -1, SuppressedBy: []string{"f \"1\"", "g"}},
		{lineRule: &lineRule{"", "", "", "", nil}, Source: "\xff.ndjson"},
		{alert: &alertLine{RuleID: "2", Group: map[string]*string{"<a>": nil}, Value: "2.5"}},
	} {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		var value any = line.alert
		if line.alert == nil {
			value = plainLine{line.RuleID, line.RuleTitle, line.Level, line.Source, line.Record, line.Time, line.View, line.Fingerprint, line.RuleHash, line.SuppressedBy}
		}
		if err := enc.Encode(value); err != nil {
			t.Fatal(err)
		}
		got, err := line.appendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(got) {
			t.Fatalf("%s is no JSON", got)
		}
		var a, b any
		if err := json.Unmarshal(got, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(want.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, a, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", got, diff)
		}
		if bytes.Count(want.Bytes(), []byte("\\u")) == 0 && string(got)+"\n" != want.String() {
			t.Errorf("got  %s\nwant %s", got, want.Bytes())
		}
	}
}

// plainLine is a matchLine as others read it.
type plainLine struct {
	RuleID       string   `json:"rule_id"`
	RuleTitle    string   `json:"rule_title"`
	Level        string   `json:"level"`
	Source       string   `json:"source"`
	Record       int      `json:"record"`
	Time         string   `json:"time"`
	View         string   `json:"view,omitempty"`
	Fingerprint  string   `json:"event_fingerprint"`
	RuleHash     string   `json:"rule_hash"`
	SuppressedBy []string `json:"suppressed_by,omitempty"`
}
