package lsp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/lint/lsp"
)

// BenchmarkDiagnostics measures from a keystroke to its diagnostics, as the
// editor sees it, in a rule among all public ones. The pause after which typing
// counts as over is part of it.
func BenchmarkDiagnostics(b *testing.B) {
	root := publicTree(b)
	c := connect(b, root, nil, lsp.Options{Settle: time.Minute})
	name := "rules/windows/process_creation/proc_creation_win_whoami_execution.yml"
	if _, err := os.Stat(filepath.Join(root, name)); err != nil {
		name = anyRule(b, root)
	}
	c.open(name)
	c.diagnostics(name)
	line := strings.Count(c.read(name)[:strings.Index(c.read(name), "description:")], "\n")
	took := make([]time.Duration, 0, b.N)
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		c.change(name, part(line, 13, 13+min(i, 1), fmt.Sprint(i%10)))
		c.diagnostics(name)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/keystroke")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms/p95")
}

// publicTree copies the public rules into a project of their own.
func publicTree(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	files := map[string]bool{}
	for _, d := range corpus.Rules(t).Documents() {
		f := d.Meta().Span.File
		if files[f.Path] {
			continue
		}
		files[f.Path] = true
		name := f.Path
		if i := strings.LastIndex(name, "/sigma/"); i >= 0 {
			name = name[i+len("/sigma/"):]
		}
		writeFile(t, filepath.Join(root, name), string(f.Source))
	}
	t.Logf("%d files", len(files))
	return root
}

func anyRule(t testing.TB, root string) string {
	t.Helper()
	matches, _ := filepath.Glob(filepath.Join(root, "rules", "windows", "process_creation", "*.yml"))
	if len(matches) == 0 {
		t.Fatalf("no rule in %s", root)
	}
	rel, err := filepath.Rel(root, matches[len(matches)/2])
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}
