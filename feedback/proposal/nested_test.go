package proposal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// writtenBothWays is a document whose keys have dots, or are nested, with lists of one.
func writtenBothWays(n int, program, parent string) string {
	if n%2 == 0 {
		return fmt.Sprintf(`{"@timestamp":"2026-05-%02dT01:02:03Z","ours.kind":"start","process.executable":"%s","process.parent.executable":"%s"}`, 1+n, program, parent)
	}
	return fmt.Sprintf(`{"@timestamp":"2026-05-%02dT01:02:03Z","ours":{"kind":["start"]},"process":{"executable":"%s","parent":{"executable":["%s"]}}}`, 1+n, program, parent)
}

// TestProposesForNestedKeys: a filter hides an event whether its keys have dots or are nested,
// so both are learnt from, and what is hidden is what was said.
func TestProposesForNestedKeys(t *testing.T) {
	docs, _ := rules.Parse("rules/ours.yml", []byte(`title: Archive
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
logsource: {product: ours}
detection:
    selection: {process.executable|endswith: /tar}
    condition: selection
---
title: Child of a Shell
id: 0b1e5e5d-0d0f-4f1e-9d3b-6f0c53a6e0a2
logsource: {product: ours}
detection:
    selection: {process.parent.executable|endswith: /zsh}
    condition: selection
`))
	w := &world{set: &rules.Set{}}
	for _, d := range docs {
		w.set.Add(d)
	}
	w.set.Link()
	program, _ := compiler.Compile(w.set, compiler.Options{})
	views, err := logsource.Parse("views.yml", []byte("views: [{name: ours, logsource: {product: ours}, when: [{ours.kind: start}], time: ['@timestamp']}]"))
	if err != nil {
		t.Fatal(err)
	}
	table := logsource.Default().With(views)
	var lines strings.Builder
	for n := range 28 {
		parent := "/opt/backup/agent"
		if n == 3 || n == 8 {
			parent = "/tmp/eve"
		}
		lines.WriteString(writtenBothWays(n, "/usr/bin/tar", parent) + "\n")
	}
	path := filepath.Join(t.TempDir(), "log.ndjson")
	if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	w.evidence = &Evidence{Program: program, Table: table, State: feedback.Fold(nil, feedback.FoldOptions{}),
		Replayer: &backtest.Streaming{Recordings: []string{path}, Normaliser: telemetry.NewNormaliser(table), Jobs: 2}}
	byRecord := 0
	w.judge(t, func(string, string) feedback.Outcome {
		byRecord++
		if byRecord == 4 || byRecord == 9 {
			return feedback.Malicious
		}
		return feedback.FalseLogic
	})
	r := w.propose(t)
	if err := w.evidence.Verify(context.Background(), w.set, plainly, r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rules) != 1 || len(r.Rules[0].Proposals) == 0 || r.Rules[0].Abstained != nil {
		t.Fatalf("%+v", r.Rules)
	}
	if x := r.Rules[0]; x.covered.Count() != 26 {
		t.Errorf("%d events are hidden: %s", x.covered.Count(), x.Proposals[0].Clause)
	}
}
