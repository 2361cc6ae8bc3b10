//go:build long

package adequacy_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "write the figures of docs/adequacy.md")

// TestFigures measures what docs/adequacy.md states.
func TestFigures(t *testing.T) {
	recordings := corpus.Path(t, "sigma/regression_data")
	const page, start, end = "../../docs/adequacy.md", "<!-- figures -->\n", "<!-- end of figures -->"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), start)
	table, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for figures", page)
	}
	got := "| Tests | Rules with tests | Tests that pass | Parts | Seen true | Seen false | Decide where they hold | Where they do not | Decisive | Mutants | Killed | Equivalent |\n" +
		"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
	_, starter := ran(t, filepath.Join("..", "..", "rules", "starter"))
	got += row("starter pack", starter)
	got += row("with `socctl new test`", withProposals(t))
	suite, _ := ruletest.Load(ruletest.LoadOptions{Paths: []string{sigmaHQ(t, recordings)}})
	got += row("SigmaHQ", ruletest.Run(context.Background(), suite, ruletest.RunOptions{Keep: true, AllowMissing: true}))
	if *update {
		if err := os.WriteFile(page, []byte(before+start+got+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(table, got); diff != "" {
		t.Errorf("figures (- page, + measured; see -update):\n%s", diff)
	}
}

// row measures the rules of a run that have tests.
func row(name string, r *ruletest.Result) string {
	var subjects []adequacy.Subject
	tests := 0
	for _, s := range adequacy.Subjects(r) {
		if len(s.Tests) > 0 {
			subjects = append(subjects, s)
			tests += len(s.Tests)
		}
	}
	c := adequacy.Total(adequacy.Cover(r.Program, subjects, 2, nil))
	m := adequacy.Sum(adequacy.Mutate(r.Program, subjects, 2, nil))
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d | %.1f %% | %d | %.1f %% | %d |\n", name, len(subjects), tests,
		c.Parts, c.True, c.False, c.Holding, c.Lacking, c.Percent(), m.Mutants, m.Score(), m.Equivalent)
}

// sigmaHQ lays out the public rules that have regression tests, with the tests.
func sigmaHQ(t *testing.T, recordings string) string {
	t.Helper()
	dir := t.TempDir()
	set := corpus.Rules(t)
	for i, r := range set.Rules {
		if r.CustomAttribute("regression_tests_path") == nil {
			continue
		}
		var b bytes.Buffer
		if err := rules.Print(&b, r); err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(dir, "rules", fmt.Sprintf("%04d.yml", i))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(recordings, filepath.Join(dir, "regression_data")); err != nil {
		t.Fatal(err)
	}
	return dir
}
