package adequacy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/ruletest"
)

// TestStarterPack shows that the tests which are proposed pass, and make at least 95 %
// of the parts of the starter pack decisive.
func TestStarterPack(t *testing.T) {
	r := withProposals(t)
	for _, c := range r.Cases {
		if c.Status != ruletest.Pass {
			t.Errorf("%s: %s %s", c.Case.ID, c.Status, c.Message)
		}
	}
	if n := adequacy.Total(adequacy.Cover(r.Program, adequacy.Subjects(r), 2, nil)); n.Percent() < 95 || n.Parts < 800 {
		t.Errorf("decisive: %.1f %% of %d parts", n.Percent(), n.Parts)
	}
}

// made is the starter pack with the tests that it lacks, once it was made.
var made *ruletest.Result

// withProposals runs the starter pack with the tests that it lacks.
func withProposals(t *testing.T) *ruletest.Result {
	t.Helper()
	if made != nil {
		return made
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "rules", "starter"))); err != nil {
		t.Fatal(err)
	}
	_, r := ran(t, dir)
	for i, s := range adequacy.Subjects(r) {
		p, err := adequacy.Propose(r.Program, s, s.Matching(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Tests) == 0 {
			continue
		}
		file := fmt.Sprintf("rule: %s\n%s", s.Rule.ID, p.File())
		if err := os.WriteFile(filepath.Join(dir, "tests", fmt.Sprintf("made_%03d.yml", i)), []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, made = ran(t, dir)
	return made
}
