package lsp_test

import (
	"fmt"
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
	root, rules := publicTree(b)
	c := connect(b, root, nil, lsp.Options{Settle: time.Minute})
	name := rules[slices.IndexFunc(rules, func(name string) bool { return strings.HasPrefix(name, "rules/windows/process_creation/") })]
	c.open(name)
	c.diagnostics(name)
	text := c.read(name)
	line := strings.Count(text[:strings.Index(text, "title: ")], "\n")
	took := make([]time.Duration, 0, b.N)
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		c.change(name, part(line, 7, 7+min(i, 1), fmt.Sprint(i%10)))
		c.diagnostics(name)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/keystroke")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms/p95")
	b.ReportMetric(float64(len(rules)), "files")
}

// publicTree lays the public rules down as a project, and returns its root and
// their names.
func publicTree(t testing.TB) (root string, names []string) {
	t.Helper()
	root = t.TempDir()
	for _, d := range corpus.Rules(t).Documents() {
		f := d.Meta().Span.File
		name := strings.TrimPrefix(f.Path, "sigma/")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
			writeFile(t, filepath.Join(root, name), string(f.Source))
		}
	}
	return root, names
}
