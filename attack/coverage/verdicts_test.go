package coverage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/attack/coverage"
)

// Statistics of which nothing can be computed are told, and prove nothing.
func TestReadVerdicts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"sound", `[{"rule": "a", "hash": "h", "true": 20, "false": 0, "latest": "2026-11-20T00:00:00Z", "benign_within_budget": true}]`, ""},
		{"nothing", `[]`, ""},
		{"fewer than none", `[{"rule": "a", "hash": "h", "true": -1, "false": 20, "benign_within_budget": true}]`, "entry 1, of rule a: -1 true and 20 false verdicts are no counts"},
		{"a misspelt key", `[{"rule": "a", "hash": "h", "ture": 20}]`, `unknown field "ture"`},
		{"no rule", `[{"rule": "a", "hash": "h"}, {"hash": "h", "true": 20}]`, "entry 2 needs rule and hash"},
		{"two lists", `[] []`, "something stands behind the list"},
	} {
		_, err := coverage.ReadVerdicts([]byte(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// Of several entries of a rule that counts which is about what it means now,
// wherever it stands.
func TestVerdictsOfEarlierMeanings(t *testing.T) {
	within := true
	now := coverage.Verdict{Rule: "a", Hash: "hash of a", True: 20, Latest: now.Add(-time.Hour), Benign: &within}
	before := now
	before.Hash = "earlier"
	for _, order := range [][]coverage.Verdict{{now, before}, {before, now}} {
		r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059.001")}, Verdicts: order,
			Recordings: []coverage.Recording{recording("r", "T1059.001", coverage.Curated)}, Firings: []coverage.Firing{firing("a", "r")}})
		if c := cell(t, r, "T1059.001", "Windows"); c.Level != coverage.Proven {
			t.Errorf("level %s: %+v", c.Level, c.Supports)
		}
	}
}

// A recording whose labels name a technique and its parent shows a thing once.
func TestEvidenceStandsOnce(t *testing.T) {
	rec := recording("r", "T1059.001", coverage.Curated)
	rec.Techniques = append(rec.Techniques, coverage.Label{ID: "T1059", Basis: coverage.Curated, Reason: "seen"})
	r := assess(t, coverage.Input{Rules: []coverage.Rule{rule("a", "T1059", "T1059.001")}, Recordings: []coverage.Recording{rec}, Firings: []coverage.Firing{firing("a", "r")}})
	for _, id := range []string{"T1059", "T1059.001"} {
		if got := cell(t, r, id, "Windows").Supports[0].Evidence; len(got) != 2 {
			t.Errorf("%s: %d pieces of evidence, want a tag and a recording: %+v", id, len(got), got)
		}
	}
}
