package trial_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/attack/coverage/trial"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

const events = `{"@timestamp":"2026-01-02T10:00:00Z","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\System32\\whoami.exe","User":"CORP\\eve"}
{"@timestamp":"2026-01-02T10:01:00Z","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\System32\\whoami.exe","User":"CORP\\admin"}
{"@timestamp":"2026-01-02T10:02:00Z","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\System32\\net.exe","User":"CORP\\eve"}
{"@timestamp":"2026-01-02T11:00:00Z","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\System32\\whoami.exe","User":"CORP\\eve"}
`

const ruleSet = `title: Whoami
id: 11111111-1111-4111-8111-111111111111
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: \whoami.exe}
    condition: selection
---
title: Net
id: 22222222-2222-4222-8222-222222222222
name: net
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: \net.exe}
    condition: selection
---
title: Both Within Five Minutes
id: 33333333-3333-4333-8333-333333333333
correlation:
    type: temporal
    rules: [whoami, net]
    timespan: 5m
    group-by: [User]
    generate: true
---
title: Administrators May
id: 44444444-4444-4444-8444-444444444444
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection: {User|endswith: \admin}
    condition: not selection
`

func subject(t *testing.T, text string) *trial.Subject {
	t.Helper()
	docs, diags := rules.Parse("rules.yml", []byte(text))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	set, diags := rules.Assemble(docs)
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	program, diags := compiler.Compile(set, compiler.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return trial.NewSubject(set, program)
}

func record(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(name, []byte(events), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func run(t *testing.T, s []*trial.Subject, recordings ...coverage.Recording) *trial.Result {
	t.Helper()
	var sets []trial.Rules
	for _, x := range s {
		sets = append(sets, trial.Rules{Program: x.Program, Key: x.Key})
	}
	r, err := trial.Run(context.Background(), sets, recordings, trial.Options{Problem: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// counts returns alerts and what was held back, by title of the rule and id of
// the recording.
func counts(s *trial.Subject, firings []coverage.Firing) map[string][2]int {
	out := map[string][2]int{}
	for _, f := range firings {
		for _, r := range s.Rules {
			if r.Key == f.Rule {
				held := 0
				for _, h := range f.Suppressed {
					held += h.Events
				}
				out[r.Title+" on "+f.Recording] = [2]int{f.Alerts, held}
			}
		}
	}
	return out
}

// Rules fire on what a label is about, with filters and correlations.
func TestRun(t *testing.T) {
	path := record(t)
	at := func(text string) time.Time { x, _ := time.Parse(time.RFC3339, text); return x }
	s := subject(t, ruleSet)
	r := run(t, []*trial.Subject{s},
		coverage.Recording{ID: "all", Path: path},
		coverage.Recording{ID: "some", Path: path, Records: []int{1, 2}},
		coverage.Recording{ID: "early", Path: path, From: at("2026-01-02T10:00:30Z"), To: at("2026-01-02T10:30:00Z")},
		coverage.Recording{ID: "eve", Path: path, Where: map[string][]string{"User": {`corp\EVE`}, "EventID": {"1", "4688"}}},
		coverage.Recording{ID: "nobody", Path: path, Where: map[string][]string{"User": {"x"}}})
	want := map[string][2]int{
		"Whoami on all": {2, 1}, "Net on all": {1, 0}, "Both Within Five Minutes on all": {1, 0},
		"Whoami on some": {0, 1}, "Net on some": {1, 0},
		"Whoami on early": {0, 1}, "Net on early": {1, 0},
		"Whoami on eve": {2, 0}, "Net on eve": {1, 0}, "Both Within Five Minutes on eve": {1, 0},
	}
	if diff := cmp.Diff(want, counts(s, r.Firings[0])); diff != "" {
		t.Errorf("alerts, held back (-want +got):\n%s", diff)
	}
	if r.Events != 4 || !cmp.Equal(r.Telemetry, []coverage.Logsource{{Product: "windows", Category: "process_creation"}}) {
		t.Errorf("%d events of %v", r.Events, r.Telemetry)
	}
	if first := r.Firings[0][0].First; first == nil || first.Record != 0 || first.Fingerprint == "" {
		t.Errorf("first at %+v", first)
	}
}

// Two rule sets in one pass give what each gives alone.
func TestSetsDoNotMix(t *testing.T) {
	path := record(t)
	before := subject(t, ruleSet)
	after := subject(t, `title: Whoami
id: 11111111-1111-4111-8111-111111111111
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: \whoami.exe, User|endswith: \nobody}
    condition: selection
`)
	all := coverage.Recording{ID: "all", Path: path}
	both := run(t, []*trial.Subject{after, before}, all)
	for i, s := range []*trial.Subject{after, before} {
		alone := run(t, []*trial.Subject{s}, all)
		if diff := cmp.Diff(alone.Firings[0], both.Firings[i]); diff != "" {
			t.Errorf("set %d (-alone +together):\n%s", i, diff)
		}
	}
}

// What the rules feed, what filters them and what they cannot do is told.
func TestSubject(t *testing.T) {
	s := subject(t, ruleSet)
	got := map[string]coverage.Rule{}
	for _, r := range s.Rules {
		got[r.Title] = r
	}
	if r := got["Whoami"]; r.Feeds != "" || !cmp.Equal(r.Filters, []string{"Administrators May"}) || r.Problem != "" || r.Hash == "" {
		t.Errorf("Whoami: %+v", r)
	}
	if r := got["Both Within Five Minutes"]; !r.Correlation || len(r.Logsources) != 1 {
		t.Errorf("correlation: %+v", r)
	}
	quiet := subject(t, ruleSet[:len(ruleSet)-len("    generate: true\n")-len(filterText)]+filterText)
	for _, r := range quiet.Rules {
		if r.Title == "Whoami" && r.Feeds != "Both Within Five Minutes" {
			t.Errorf("without generate Whoami feeds %q", r.Feeds)
		}
	}
}

var filterText = ruleSet[len(ruleSet)-len(`---
title: Administrators May
id: 44444444-4444-4444-8444-444444444444
logsource: {category: process_creation, product: windows}
filter:
    rules: [whoami]
    selection: {User|endswith: \admin}
    condition: not selection
`):]

// Rules without an id, or with one that others have, are told apart by where
// they stand.
func TestKeys(t *testing.T) {
	s := subject(t, `title: A
logsource: {product: windows}
detection: {selection: {a: b}, condition: selection}
---
title: B
logsource: {product: windows}
detection: {selection: {a: c}, condition: selection}
`)
	if s.Rules[0].Key != "rules.yml#1" || s.Rules[1].Key != "rules.yml#2" {
		t.Errorf("keys %s, %s", s.Rules[0].Key, s.Rules[1].Key)
	}
}

// Of a field with a list one value is enough for where:, as for a test.
func TestWhereOfLists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lists.ndjson")
	line := `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\whoami.exe","User":["eve","bob"]}`
	if err := os.WriteFile(path, []byte(line+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := subject(t, `title: Whoami
id: 11111111-1111-4111-8111-111111111111
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\whoami.exe'}
    condition: selection
`)
	r := run(t, []*trial.Subject{s},
		coverage.Recording{ID: "bob", Path: path, Where: map[string][]string{"User": {"BOB"}}},
		coverage.Recording{ID: "nobody", Path: path, Where: map[string][]string{"User": {"x"}}})
	if diff := cmp.Diff(map[string][2]int{"Whoami on bob": {1, 0}}, counts(s, r.Firings[0])); diff != "" {
		t.Errorf("alerts, held back (-want +got):\n%s", diff)
	}
}
