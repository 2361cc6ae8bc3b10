package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// ciOf is a run in which a rule with hostile texts became both wider and narrower.
func ciOf(t testing.TB) *report.CIRun {
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
	return &report.CIRun{Base: "main", Backtest: replayOf(new.Rules[0]), Diff: &report.DiffResult{Rules: 1, Changes: []report.DiffChange{{Change: changes[0], GainedEvent: gained, LostEvent: lost}}},
		Lint: &report.LintRun{Result: &lint.Result{}}}
}

// replayOf is a replay of three weeks in which a rule became noisy on one host.
func replayOf(rule *compiler.Rule) *report.BacktestRun {
	const host = "<img src=x onerror=alert(2)>.example"
	change := &backtest.Change{Status: backtest.Changed, Gained: 40, Lost: 2, AlertsBefore: 2, RateBefore: &backtest.Rate{Days: 21, PerDay: 0.1, Lower: 0.01, Upper: 0.3},
		DaysBefore: []backtest.DayCount{{Day: "2026-03-02", Alerts: 2}}, HostsBefore: &backtest.Counted{Distinct: 1, Top: []backtest.NameCount{{Name: host, Count: 2}}},
		GainedSamples: []backtest.Sample{{Source: "fleet/<b>", Record: 7, Fields: []backtest.ContextField{{Name: "CommandLine", Value: "<script>recorded()</script>"}}}}}
	x := backtest.RuleReport{ID: rule.ID, Title: rule.Title, Level: rule.Level, Kind: "rule", Path: "rules/a.yml", Line: 1, Verdict: backtest.Fired, Alerts: 40,
		Rate: &backtest.Rate{Days: 21, PerDay: 1.9, Lower: 1.4, Upper: 2.6}, Budget: &backtest.Verified{PerDay: 1, State: backtest.Exceeded}, Change: change,
		Hosts: &backtest.Counted{Distinct: 2, Top: []backtest.NameCount{{Name: host, Count: 39}, {Name: "WS02", Count: 1}}}}
	total := &backtest.Total{First: "2026-03-02T00:00:00Z", Last: "2026-03-22T00:00:00Z", Rate: x.Rate, Alerts: 40}
	for i := range 21 {
		day := fmt.Sprintf("2026-03-%02d", i+2)
		total.Days = append(total.Days, backtest.DayLevel{Day: day, Alerts: i % 5})
		if i%5 > 0 {
			x.Days = append(x.Days, backtest.DayCount{Day: day, Alerts: i % 5})
		}
	}
	return &report.BacktestRun{Result: &backtest.Result{Total: total, Rules: []backtest.RuleReport{x}, Summary: backtest.Summary{Events: 1000, Delta: &backtest.Delta{}},
		Findings: []backtest.Finding{{Name: backtest.TooBroad, Rule: 0, Path: "rules/a.yml", Line: 1, Message: "it raises more than it may"}}}}
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
			b.shot(fmt.Sprintf("ci-%s-%d", theme, width))
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
	if n := b.number(`document.querySelectorAll("section.witness").length`); n != 2 {
		t.Errorf("%d sides, want what is gained and what is lost", n)
	}
	b.size(1366, 900)
	if got := b.number(`(([a, b]) => a.top === b.top && a.right <= b.left ? 1 : 0)([...document.querySelectorAll("section.witness")].map(x => x.getBoundingClientRect()))`); got != 1 {
		t.Error("on a wide screen the two events do not stand side by side")
	}
	b.size(390, 900)
	if got := b.number(`(([a, b]) => a.bottom <= b.top ? 1 : 0)([...document.querySelectorAll("section.witness")].map(x => x.getBoundingClientRect()))`); got != 1 {
		t.Error("on a narrow screen the two events do not stand one below the other")
	}
	// A plot of all rules and one of the rule: days of after as in the replay, and the
	// one of before.
	if n := b.number(`document.querySelectorAll("svg.plot").length`); n != 2 {
		t.Errorf("%d plots", n)
	}
	for class, want := range map[string]int{"after": 16, "before": 1} {
		if n := b.number(`[...document.querySelectorAll("article svg.plot rect.` + class + `")].filter(x => x.getBoundingClientRect().height > 0).length`); n != want {
			t.Errorf("%d bars of %s, want %d", n, class, want)
		}
	}
	if got := b.text(`document.querySelector("article svg.plot g title").textContent`); got != "2026-03-02: 2 before, 0 after" {
		t.Errorf("the first day: %q", got)
	}
	if got := b.text(`[...document.querySelectorAll(".hosts > span")].map(x => x.textContent).join(" | ")`); got != "<img src=x onerror=alert(2)>.example | 2 → 39 | WS02 | 0 → 1" {
		t.Errorf("hosts: %q", got)
	}
	if wide, narrow := b.number(`Math.round(document.querySelectorAll(".hosts i")[1].getBoundingClientRect().width)`), b.number(`Math.round(document.querySelectorAll(".hosts i")[3].getBoundingClientRect().width)`); wide < 10*narrow {
		t.Errorf("bars of hosts with 39 and 1 alerts are %d and %d wide", wide, narrow)
	}
	if got := b.text(`document.querySelector("dl.facts").textContent`); !strings.Contains(got, "0.1 (0.01–0.3) → 1.9 (1.4–2.6), budget 1 exceeded") {
		t.Errorf("facts: %q", got)
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

// TestCITellsWhatIsLeftOut: of a long list the first are shown, and how many more there
// are; an event without fields is one.
func TestCITellsWhatIsLeftOut(t *testing.T) {
	page := &report.CIPage{}
	for range 230 {
		page.Changes = append(page.Changes, report.CIChange{Kind: "wider", Title: "T", Path: "t.yml", Gained: &report.CIEvent{}, Volume: &report.CIVolume{Gained: 1, Hosts: []report.CIHost{{Name: "h"}}}})
		page.Correlations = append(page.Correlations, report.CICorrelation{Kind: "correlation added", Title: "C"})
		page.Blockers = append(page.Blockers, report.CIRemark{Kind: "lint"})
	}
	page.Replay = &report.CIReplay{Before: 1000, AfterSum: 3345}
	for format, want := range map[string][]string{
		"markdown": {"and 30 rules more, in the report", "and 30 correlations more", "and 190 rules more", "events of the first 40 alone", "and 220 blockers more", "an event without any field", "+2345 alerts"},
		"html":     {"and 180 remarks more<"},
	} {
		var b strings.Builder
		if err := report.RenderCI(&b, report.Style{}, format, page); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: no %q", format, w)
			}
		}
	}
	var b strings.Builder
	if err := report.RenderCI(&b, report.Style{}, "markdown", &report.CIPage{Blockers: []report.CIRemark{{Kind: "lint", Text: "t", Path: "rules"}, {Kind: "lint", Text: "t", Path: "a.yml", Line: 3}}}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "lint `rules` t") || !strings.Contains(text, "lint `a.yml:3` t") {
		t.Error(text)
	}
	if n := (&report.CIPage{Replay: &report.CIReplay{Before: 0.1 + 0.2, AfterSum: 0.3}}).Verdict(); !strings.Contains(n, " +0 alerts/day") {
		t.Error(n)
	}
}

// TestCIIntervalIsOfItsRate: an interval stands beside the rate that it is of, also where
// the rates of rules, each over its own days, add up to something else.
func TestCIIntervalIsOfItsRate(t *testing.T) {
	for sum, want := range map[float64]string{
		13.8: "36.8 → 13.8 alerts a day, 95 % interval 12.3–15.5",
		15.7: "36.8 → 15.7 alerts a day, each on the days of what it looks at; 13.8 (12.3–15.5) over all days",
	} {
		page := &report.CIPage{WithoutEffect: 1, Replay: &report.CIReplay{Before: 36.8, AfterSum: sum, After: &report.CIRate{PerDay: 13.8, Lower: 12.3, Upper: 15.5}}}
		var b strings.Builder
		if err := report.RenderCI(&b, report.Style{}, "pretty", page); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("no %q: %s%v", want, b.String(), err)
		}
	}
}

// TestCITellsAlertsOfCorrelations: what becomes of the alerts of a correlation is not folded.
func TestCITellsAlertsOfCorrelations(t *testing.T) {
	page := &report.CIPage{Correlations: []report.CICorrelation{{Kind: "correlation changed", Title: "Guessing", Notes: []string{"recorded alerts 3 → 0"}}}}
	var b strings.Builder
	if err := report.RenderCI(&b, report.Style{}, "markdown", page); err != nil {
		t.Fatal(err)
	}
	shown, _, _ := strings.Cut(b.String(), "<details>")
	if !strings.Contains(shown, "**correlation changed**: Guessing; recorded alerts 3 → 0") {
		t.Error(b.String())
	}
}

// FuzzReadCI: whatever a file holds, reading and rendering it does not panic, and what is
// rendered holds no element that a text made.
func FuzzReadCI(f *testing.F) {
	good, err := report.CIRecord(ciOf(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"schema": "socctl.ci/v1", "page": {"changes": [{"title": "<img src=x> @everyone"}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		page, err := report.ReadCI(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, format := range report.CIPages {
			var b strings.Builder
			if err := report.RenderCI(&b, report.Style{}, format, page); err != nil {
				t.Fatal(err)
			}
			if format == "html" && strings.Contains(b.String(), "<img") || format != "html" && strings.Contains(b.String(), "\x1b") {
				t.Errorf("%s: %s", format, b.String())
			}
			if n := len(utf16.Encode([]rune(b.String()))); format == "markdown" && n > 65_536 {
				t.Errorf("a comment of %d", n)
			}
		}
	})
}

// TestReadCI: what was written is read again, and renders the same.
func TestReadCI(t *testing.T) {
	t.Parallel()
	run := ciOf(t)
	written, err := report.CIRecord(run)
	if err != nil {
		t.Fatal(err)
	}
	page, err := report.ReadCI(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(run.Page(), page); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{
		strings.Replace(string(written), `"page": {`, `"page": {"more": 1,`, 1),
		strings.Replace(string(written), `"rules/a.yml"`, `"`+strings.Repeat("x", 30_000)+`"`, -1),
		string(written) + "{}",
	} {
		if _, err := report.ReadCI(strings.NewReader(bad)); err == nil {
			t.Error("read without an error: " + report.Shorten(bad, 200))
		}
	}
}
