package restatus_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/restatus"
	"github.com/socctl/socctl/rules"
)

// TestPublicRules gives every seventh public rule a new status, day and relation. All
// can be edited; what they mean stays, and so do all lines but those.
func TestPublicRules(t *testing.T) {
	dir := t.TempDir()
	corpus.Extract(t, dir)
	docs, _, _ := rules.ReadPaths(dir)
	var changes []restatus.Change
	for i, d := range docs {
		if i%7 == 0 {
			changes = append(changes, restatus.Change{Document: d, Status: "deprecated", Day: "2026-11-27", Related: []restatus.Relation{{successor, "similar"}}})
		}
	}
	findings, refused := restatus.Findings(changes)
	if len(refused) > 0 || len(findings) < 500 {
		t.Errorf("%d findings; refused: %v", len(findings), refused)
	}
	for _, r := range (lint.Fixer{}).Fix(findings) {
		name, _ := filepath.Rel(dir, filepath.FromSlash(r.Path))
		for _, f := range append(r.Refused, r.Postponed...) {
			t.Errorf("%s: %s was refused", name, f.Message)
		}
		var gone, added []string
		kept := map[string]int{}
		for _, line := range strings.Split(string(r.After), "\n") {
			kept[line]++
		}
		for _, line := range strings.Split(string(r.Before), "\n") {
			if kept[line]--; kept[line] < 0 {
				gone = append(gone, line)
			}
		}
		for line, n := range kept {
			if n > 0 {
				added = append(added, line)
			}
		}
		for _, line := range append(gone, added...) {
			if key, _, _ := strings.Cut(strings.TrimLeft(line, " -"), ":"); key != "status" && key != "modified" && key != "related" && key != "id" && key != "type" {
				t.Errorf("%s: the line %q is new or gone", name, line)
			}
		}
		again, diags := rules.Parse(r.Path, r.After)
		if diags.Count(rules.Error) > 0 || len(again) != 1 {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		h := again[0].Meta()
		last := h.Related[len(h.Related)-1]
		if h.Status.Text != "deprecated" || h.Modified.Text != "2026-11-27" || last.ID.Text != successor {
			t.Errorf("%s: %s %s %s", name, h.Status.Text, h.Modified.Text, last.ID.Text)
		}
	}
}
