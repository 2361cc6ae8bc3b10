package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// ciOf is a run in which a rule with hostile texts became both wider and narrower.
func ciOf(t *testing.T) *report.CIRun {
	t.Helper()
	program := func(value string) *compiler.Program {
		docs, _ := rules.Parse("rules/a.yml", []byte("title: '<img src=x onerror=alert(1)> "+strings.Repeat("long", 50)+"'\nid: 11111111-1111-4111-8111-111111111111\n"+
			"level: high\nlogsource: {category: process_creation, product: windows}\ndetection:\n    s: {CommandLine|contains: '"+value+"'}\n    condition: s\n"))
		set, _ := rules.Assemble(docs)
		p, diags := compiler.Compile(set, compiler.Options{})
		if diags.Count(rules.Error) > 0 {
			t.Fatal(diags)
		}
		return p
	}
	old, new := program("<script>before()</script>"), program("<script>after()</script>")
	changes := diff.Compare(diff.Side{Program: old}, diff.Side{Program: new})
	if len(changes) != 1 || changes[0].Kind != diff.Both {
		t.Fatalf("changes: %+v", changes)
	}
	gained, err := witness.NewMaker(new, nil).Only(new.Rules[0], witness.NewOther(old, old.Rules[0]))
	if err != nil {
		t.Fatal(err)
	}
	lost, err := witness.NewMaker(old, nil).Only(old.Rules[0], witness.NewOther(new, new.Rules[0]))
	if err != nil {
		t.Fatal(err)
	}
	return &report.CIRun{Base: "main", Diff: &report.DiffResult{Rules: 1, Changes: []report.DiffChange{{Change: changes[0], GainedEvent: gained, LostEvent: lost}}},
		Lint: &report.LintRun{Result: &lint.Result{}}}
}

// TestCIInTheBrowser opens the page of a pull request in Chromium: it fits every
// screen in light and dark, fetches nothing, and hostile texts stay texts.
func TestCIInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	var page strings.Builder
	if err := report.CI(&page, report.Style{}, "html", ciOf(t)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ci.html")
	if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	b.open(path)
	for _, theme := range []string{"light", "dark"} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}})
		for _, width := range []int{390, 1366, 3840} {
			b.size(width, 900)
			if got := b.number("document.documentElement.scrollWidth"); got > width {
				t.Errorf("%s: the page is %d wide, the screen %d", theme, got, width)
			}
		}
		if got := b.text("getComputedStyle(document.body).backgroundColor"); (got == "rgb(255, 255, 255)") != (theme == "light") {
			t.Errorf("%s: background %s", theme, got)
		}
	}
	if n := b.number(`document.querySelectorAll("img, script, link, iframe").length`); n != 0 {
		t.Errorf("%d elements that a text made, or that fetch something", n)
	}
	if n := b.number(`document.querySelectorAll("section").length`); n != 2 {
		t.Errorf("%d sides, want what is gained and what is lost", n)
	}
	if got := b.text(`[...document.querySelectorAll("tr.marked td")].map(x => x.textContent).join(" | ")`); !strings.Contains(got, "after()") || !strings.Contains(got, "before()") {
		t.Errorf("marked: %q", got)
	}
}

// TestCICommentIsBounded: whatever a pull request brings, the comment fits.
func TestCICommentIsBounded(t *testing.T) {
	run := ciOf(t)
	for range 2_000 {
		run.Diff.Changes = append(run.Diff.Changes, run.Diff.Changes[0])
	}
	var b strings.Builder
	if err := report.CI(&b, report.Style{}, "markdown", run); err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(b.String())); n > 65_536 || !strings.HasPrefix(b.String(), report.CIMarker) {
		t.Errorf("%d characters", n)
	}
	if !strings.Contains(b.String(), "Too long for a comment, and in the report only: ") {
		t.Error("what was left out is not named")
	}
	if strings.Contains(b.String(), "<img") {
		t.Error("the comment has an element that a title made")
	}
}
