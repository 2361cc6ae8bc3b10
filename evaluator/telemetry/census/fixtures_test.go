package census_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/telemetry/census"
	"github.com/socctl/socctl/rules"
)

// TestFixtures reads the recordings of the repository, one for each kind of
// source. Every record is read, has a time and a view, and in every recording
// a rule of the starter pack fires. The manifest says what is in each.
func TestFixtures(t *testing.T) {
	root := filepath.Join("..", "..", "..", "testdata", "recordings")
	set, diags := rules.LoadPaths(filepath.Join("..", "..", "..", "rules", "starter", "rules"))
	program, compiled := compiler.Compile(set, compiler.Options{})
	if err := append(diags, compiled...).Err(); err != nil {
		t.Fatal(err)
	}
	ev := evaluator.New(program)
	var manifest strings.Builder
	manifest.WriteString("recording\tformats\tevents\tviews\trules that fire\n")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) == ".md" || filepath.Ext(path) == ".tsv" {
			return err
		}
		seen++
		name, _ := filepath.Rel(root, path)
		c, fired := census.New(nil), map[string]bool{}
		for r, err := range telemetry.Read(t.Context(), []string{path}, telemetry.ReadOptions{}) {
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			r.Modified = fixtureYear
			e := normaliser.Event(r)
			c.Add(e, e.Views())
			for _, m := range ev.Match(e) {
				fired[m.Rule.Title] = true
			}
		}
		r := c.Report()
		if r.Events == 0 || r.Unviewed > 0 || r.Undated > 0 || len(fired) == 0 {
			t.Errorf("%s: %d events, %d without a view, %d without a time, %d rules fire", name, r.Events, r.Unviewed, r.Undated, len(fired))
		}
		fmt.Fprintf(&manifest, "%s\t%s\t%d\t%s\t%s\n", filepath.ToSlash(name), formatsText(r), r.Events, viewNames(r), strings.Join(slices.Sorted(maps.Keys(fired)), "; "))
		return nil
	})
	if err != nil || seen < 35 {
		t.Fatalf("%d recordings: %v", seen, err)
	}
	path := filepath.Join(root, "manifest.tsv")
	if *update {
		if err := os.WriteFile(path, []byte(manifest.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(manifest.String(), "\n")); diff != "" {
		t.Errorf("manifest (-want +got; -update writes it):\n%s", diff)
	}
}

// fixtureYear stands for the modification time of the recordings, which a
// checkout does not keep: it gives the year to times without one.
var fixtureYear = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func viewNames(r *census.Report) string {
	names := map[string]bool{}
	for _, v := range r.Views {
		names[v.View] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}
