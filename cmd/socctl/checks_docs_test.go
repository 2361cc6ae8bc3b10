package main_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/lint/checks"
)

var update = flag.Bool("update", false, "write the pages of the checks anew")

// The pages of the checks are what their records say: go test ./cmd/socctl -run
// Pages -update writes them.
func TestPagesOfChecks(t *testing.T) {
	want := map[string]string{}
	var index bytes.Buffer
	var absent []report.Absent
	for _, f := range checks.NotOurs() {
		absent = append(absent, report.Absent(f))
	}
	report.ChecksPage(&index, checks.All(), absent)
	want["checks.md"] = index.String()
	for _, c := range checks.All() {
		var page bytes.Buffer
		report.CheckPage(&page, c)
		want["checks/"+c.Name+".md"] = page.String()
	}
	docs := filepath.Join(repoRoot, "docs")
	if *update {
		if err := os.RemoveAll(filepath.Join(docs, "checks")); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			at := filepath.Join(docs, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(docs, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(text, string(got)); diff != "" {
			t.Errorf("%s is not what the record says (- record, + page):\n%s", name, diff)
		}
	}
	err := filepath.WalkDir(filepath.Join(docs, "checks"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(docs, path)
		if _, known := want[filepath.ToSlash(rel)]; !known {
			t.Errorf("%s is the page of no check", strings.TrimPrefix(path, docs))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
