package ruletest_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// TestSuites loads and runs each suite in testdata and compares all problems
// and results, with their places, with the file "want" of the archive.
func TestSuites(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no suites: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			a := parseArchive(string(text))
			want := a.take("want")
			dir := a.unpack(t)
			suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{dir}})
			result := ruletest.Run(context.Background(), suite, ruletest.RunOptions{})
			got := strings.ReplaceAll(transcript(result, diags), filepath.ToSlash(dir)+"/", "")
			if *update {
				a.files = append(a.files, archiveFile{"want", got})
				if err := os.WriteFile(name, []byte(a.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("results differ (-want +got):\n%s", d)
			}
		})
	}
}

// transcript prints everything that a run says, one line each.
func transcript(r *ruletest.Result, load rules.Diagnostics) string {
	var b strings.Builder
	for _, d := range load {
		fmt.Fprintln(&b, d)
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintln(&b, "compile:", d)
	}
	for _, rule := range r.Unresolved {
		fmt.Fprintln(&b, "unresolved:", rule.Label())
	}
	for i := range r.Cases {
		c := &r.Cases[i]
		fmt.Fprintf(&b, "%s %s (%s", c.Status, c.Case.ID, c.Case.Origin)
		if len(c.Alerts) > 0 {
			fmt.Fprintf(&b, ", %d alerts", len(c.Alerts))
		}
		b.WriteString(")\n")
		for _, more := range []string{c.Message, c.Help, c.Note} {
			if more != "" {
				fmt.Fprintf(&b, "\t%s\n", more)
			}
		}
		if c.Status != ruletest.Pass {
			fmt.Fprintf(&b, "\tat %s", c.Span)
			if c.RuleSpan.Known() {
				fmt.Fprintf(&b, ", rule at %s", c.RuleSpan)
			}
			if c.Explanation != nil {
				fmt.Fprintf(&b, ", explained: matched=%t view=%q", c.Explanation.Matched, c.Explanation.View)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
