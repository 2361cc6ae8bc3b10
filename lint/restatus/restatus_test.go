package restatus_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/restatus"
	"github.com/socctl/socctl/rules"
)

const detection = `logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\whoami.exe'}
    condition: selection
`

// written applies one change to a text.
func written(t *testing.T, text string, c restatus.Change) (string, rules.Diagnostics) {
	t.Helper()
	docs, diags := rules.Parse("rule.yml", []byte(text))
	if diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	c.Document = docs[0]
	findings, refused := restatus.Findings([]restatus.Change{c})
	results := (lint.Fixer{}).Fix(findings)
	if len(results) == 0 {
		return text, refused // of which the status is the old one
	}
	if len(results[0].Refused)+len(results[0].Postponed) > 0 {
		t.Errorf("refused: %v", results[0].Refused)
	}
	after := string(results[0].After)
	again, diags := rules.Parse("rule.yml", results[0].After)
	if diags.Count(rules.Error) > 0 || len(again) != len(docs) {
		t.Errorf("%v in\n%s", diags, after)
	}
	if c.Status != "" && again[0].Meta().Status.Text != c.Status {
		t.Errorf("the status is %q in\n%s", again[0].Meta().Status.Text, after)
	}
	return after, refused
}

const successor = "22222222-2222-4222-8222-222222222222"

func TestWritten(t *testing.T) {
	whole := restatus.Change{Status: "deprecated", Day: "2026-11-27", Related: []restatus.Relation{{successor, "similar"}}}
	for _, c := range []struct {
		name, before, after string
		change              restatus.Change
	}{
		{"everything is there",
			"title: A # the title\nid: 11111111-1111-4111-8111-111111111111\nrelated:\n  - id: 33333333-3333-4333-8333-333333333333 # old\n    type: derived\n  # a comment\nstatus: 'test'   # as it was\ndate: 2026-01-02\nmodified: 2026-02-03 # by bob\n",
			"title: A # the title\nid: 11111111-1111-4111-8111-111111111111\nrelated:\n  - id: 33333333-3333-4333-8333-333333333333 # old\n    type: derived\n  - id: " + successor + "\n    type: similar\n  # a comment\nstatus: 'deprecated'   # as it was\ndate: 2026-01-02\nmodified: 2026-11-27 # by bob\n", whole},
		{"nothing is there",
			"title: A\nid: 11111111-1111-4111-8111-111111111111 # mine\nstatus: test\n",
			"title: A\nid: 11111111-1111-4111-8111-111111111111 # mine\nrelated:\n    - id: " + successor + "\n      type: similar\nstatus: deprecated\nmodified: 2026-11-27\n", whole},
		{"related in brackets",
			"title: A\nid: 11111111-1111-4111-8111-111111111111\nrelated: [{id: 33333333-3333-4333-8333-333333333333, type: derived}] # x\nstatus: test\ndate: 2026-01-02\n",
			"title: A\nid: 11111111-1111-4111-8111-111111111111\nrelated: [{id: 33333333-3333-4333-8333-333333333333, type: derived}, {id: " + successor + ", type: similar}] # x\nstatus: deprecated\ndate: 2026-01-02\nmodified: 2026-11-27\n", whole},
		{"named already",
			"title: A\nid: 11111111-1111-4111-8111-111111111111\nrelated:\n    - id: " + successor + "\n      type: merged\nstatus: test\n",
			"title: A\nid: 11111111-1111-4111-8111-111111111111\nrelated:\n    - id: " + successor + "\n      type: merged\nstatus: deprecated\nmodified: 2026-11-27\n", whole},
		{"no status",
			"title: A # mine\nid: 11111111-1111-4111-8111-111111111111\ndate: 2026-01-02\n",
			"title: A # mine\nstatus: deprecated\nid: 11111111-1111-4111-8111-111111111111\nrelated:\n    - id: " + successor + "\n      type: similar\ndate: 2026-01-02\nmodified: 2026-11-27\n", whole},
		{"neither status nor date",
			"title: A\nid: 11111111-1111-4111-8111-111111111111\n",
			"title: A\nstatus: deprecated\nmodified: 2026-11-27\nid: 11111111-1111-4111-8111-111111111111\nrelated:\n    - id: " + successor + "\n      type: similar\n", whole},
		{"promoted", "title: A\nstatus: Experimental\ndate: 2026-01-02\n", "title: A\nstatus: test\ndate: 2026-01-02\nmodified: 2026-11-27\n",
			restatus.Change{Status: "test", Day: "2026-11-27"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, refused := written(t, c.before+detection, c.change)
			if diff := cmp.Diff(c.after+detection, got); diff != "" || len(refused) > 0 {
				t.Error(refused, diff)
			}
			crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
			got, _ = written(t, crlf(c.before+detection), c.change)
			if diff := cmp.Diff(crlf(c.after+detection), got); diff != "" {
				t.Errorf("with CRLF: %s", diff)
			}
		})
	}
}

// The last line of a file may be the one to write below, and may have no end.
func TestLastLine(t *testing.T) {
	got, _ := written(t, detection+"status: test\ntitle: A\ndate: 2026-01-02", restatus.Change{Status: "stable", Day: "2026-11-27"})
	if want := detection + "status: stable\ntitle: A\ndate: 2026-01-02\nmodified: 2026-11-27"; got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// A successor does not name a rule as obsolete that stays as it is.
func TestTogether(t *testing.T) {
	const id = "11111111-1111-4111-8111-111111111111"
	read := func(text string) rules.Document {
		docs, diags := rules.Parse("rule.yml", []byte(text))
		if diags.Count(rules.Error) > 0 {
			t.Fatal(diags)
		}
		return docs[0]
	}
	heir := restatus.Change{Document: read("title: B\nid: " + successor + "\nstatus: test\n" + detection), Related: []restatus.Relation{{ID: id, Type: "obsolete"}}}
	for text, want := range map[string]int{
		"title: A\nid: " + id + "\nstatus: test\n" + detection:                                                                            2,
		"{title: A, id: " + id + ", status: test, logsource: {product: windows}, detection: {selection: {a: b}, condition: selection}}\n": 1,
	} {
		narrow := restatus.Change{Document: read(text), Status: "deprecated", Related: []restatus.Relation{{ID: successor, Type: "similar"}}}
		if got := restatus.Together([]restatus.Change{narrow, heir}); len(got) != want || len(heir.Related) != 1 {
			t.Errorf("%d changes, want %d of\n%s", len(got), want, text)
		}
	}
}

// What cannot be edited without losing something is told and left alone.
func TestRefused(t *testing.T) {
	for _, text := range []string{
		"{title: A, status: test, logsource: {product: windows}, detection: {selection: {a: b}, condition: selection}}\n",
		"title: A\nstatus: !!str test\nrelated: []\n" + detection,
	} {
		change := restatus.Change{Status: "stable", Day: "2026-11-27", Related: []restatus.Relation{{successor, "similar"}}}
		if got, refused := written(t, text, change); got != text || len(refused) != 1 || !refused[0].Span.Known() || refused[0].Code == "" {
			t.Errorf("%v\n%s", refused, got)
		}
	}
}
