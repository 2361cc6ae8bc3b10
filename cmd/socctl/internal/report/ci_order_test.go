package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/rules"
)

// narrowed are changes of as many rules of their own files, of which nothing blocks.
func narrowed(n int) (out []report.DiffChange) {
	for i := range n {
		title := fmt.Sprintf("Narrowed %d", i)
		source := &rules.Rule{Header: rules.Header{Span: rules.Span{File: rules.NewFile(fmt.Sprintf("rules/narrowed-%d.yml", i), nil)}, Title: rules.Scalar{Text: title}}}
		r := &compiler.Rule{Title: title, Source: source}
		out = append(out, report.DiffChange{Change: diff.Change{Kind: diff.Narrower, Old: r, New: r}})
	}
	return out
}

// TestCIWhatBlocksIsOnTop: a rule over its budget stands before rules that are merely
// narrower, and the blockers before the table; neither is folded away.
func TestCIWhatBlocksIsOnTop(t *testing.T) {
	run := ciOf(t)
	run.Diff.Changes = append(narrowed(20), run.Diff.Changes...)
	p := run.Page()
	if !p.Changes[0].Blocks || p.Changes[0].Kind != string(diff.Both) || p.Changes[1].Blocks {
		t.Errorf("first is %s %q", p.Changes[0].Kind, p.Changes[0].Title)
	}
	for range 20 {
		p.Changes = append([]report.CIChange{p.Changes[0]}, p.Changes...)
		p.Correlations = append(p.Correlations, report.CICorrelation{Title: "Noisy correlation", Blocks: true})
	}
	var b strings.Builder
	if err := report.RenderCI(&b, report.Style{}, "markdown", p); err != nil {
		t.Fatal(err)
	}
	shown, _, _ := strings.Cut(b.String(), "<details>")
	if n := strings.Count(shown, "budget 1 exceeded"); n != 21 || strings.Contains(shown, "Narrowed") {
		t.Errorf("%d rows of rules that block: %s", n, shown)
	}
	if n := strings.Count(b.String(), "Noisy correlation"); n != 20 || strings.Contains(b.String(), "more correlations") {
		t.Errorf("%d correlations that block", n)
	}
	if strings.Index(shown, "**Blocker**") > strings.Index(shown, "| Rule |") {
		t.Error("the table stands before the blockers")
	}
}
