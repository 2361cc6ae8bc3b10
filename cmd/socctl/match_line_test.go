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
		{},
		{RuleID: "1", RuleTitle: "a \"b\" <c> & \\d", Level: "high", Source: "x/é.ndjson", Record: 12, Time: "2020-01-01T00:00:00Z", View: "v", Fingerprint: "sha256:0", RuleHash: "h"},
		{RuleTitle: "\x00\n\t\r\u2028\x7f\U0001f600", Record: -1, SuppressedBy: []string{"f \"1\"", "g"}},
		{Source: "\xff.ndjson"},
		{RuleID: "2", alert: &alertLine{RuleID: "2", Group: map[string]*string{"<a>": nil}, Value: "2.5"}},
	} {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		value := any(line)
		if line.alert != nil {
			value = line.alert
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
