package backtest_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// A root cause of nothing has no fields, which is a list without members and not null:
// of a rule that matches what lacks its field, and of a correlation without a group.
func TestCauseWithoutFields(t *testing.T) {
	docs, diags := rules.Parse("r.yml", []byte(`title: No Parent
name: lack
logsource: {product: windows}
detection: {s: {ParentImage: null}, condition: s}
---
title: Many
correlation: {type: event_count, rules: [lack], timespan: 5m, generate: true, condition: {gte: 2}}
`))
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	if diags = append(diags, set.Link()...); diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	prog, diags := compiler.Compile(set, compiler.Options{})
	if diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	path := filepath.Join(t.TempDir(), "e.ndjson")
	event := `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"UtcTime":"2026-01-02 03:04:05.678"}` + "\n"
	if err := os.WriteFile(path, []byte(event+event), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := backtest.Run(context.Background(), backtest.NewSubject(prog, nil), &backtest.Streaming{Recordings: []string{path}}, backtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(out.Rules)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `"fields":[]`); n != 2 || strings.Contains(string(text), "null") {
		t.Errorf("%s", text)
	}
}
