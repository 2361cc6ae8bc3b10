package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// CIRun is everything that is known about a pull request.
type CIRun struct {
	Base     string
	Version  string
	Diff     *DiffResult
	Lint     *LintRun
	Tests    *TestRun     // nil if there are none
	Backtest *BacktestRun // nil if nothing was replayed
	Coverage *CoverageRun // nil if it was left out
}

// CIFormats are the formats of a run; CITexts those for people, which may follow
// each other.
var (
	CIFormats = []string{"pretty", "markdown", "json", "sarif", "junit", "html", "github"}
	CITexts   = []string{"pretty", "markdown"}
)

// CI writes a run in one of CIFormats.
func CI(w io.Writer, s Style, format string, run *CIRun) error {
	switch format {
	case "markdown":
		return ciMarkdown(w, run)
	case "json":
		return ciJSON(w, run)
	case "html":
		return ciHTML(w, run)
	case "sarif", "github":
		return Lint(w, s, format, run.Lint)
	case "junit":
		if run.Tests == nil {
			_, err := io.WriteString(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"0\" failures=\"0\"></testsuites>\n")
			return err
		}
		return Tests(w, s, "junit", run.Tests)
	}
	return ciPretty(w, s, run)
}

// Changed reports whether any rule or correlation is not what it was.
func (r *CIRun) Changed() bool { return len(r.Diff.Changes)+len(r.Diff.Correlations) > 0 }

// Blocker is a reason not to merge.
type Blocker struct {
	Kind string `json:"kind"` // lint, test, budget or coverage
	Text string `json:"text"`
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Blockers returns the reasons not to merge, in the order in which reviewers ask.
func (r *CIRun) Blockers() []Blocker {
	var out []Blocker
	if r.Tests != nil {
		for i := range r.Tests.Result.Cases {
			if t := &r.Tests.Result.Cases[i]; !t.Clean() {
				out = append(out, Blocker{"test", t.Case.Name + ": " + t.Message, t.Case.Path, t.Case.Span.Start.Line})
			}
		}
	}
	if r.Backtest != nil {
		for _, f := range r.Backtest.Result.Findings {
			if f.Name == backtest.TooBroad {
				out = append(out, Blocker{"budget", f.Message, f.Path, f.Line})
			}
		}
	}
	if r.Coverage != nil && r.Coverage.Report.Delta != nil {
		for _, v := range r.Coverage.Report.Delta.Violations {
			out = append(out, Blocker{Kind: "coverage", Text: strings.TrimSpace(v.Technique + " " + v.Platform + ": " + v.Why)})
		}
	}
	for i := range r.Lint.Result.Findings {
		if f := &r.Lint.Result.Findings[i]; f.Counts() && f.Severity == rules.Error {
			out = append(out, Blocker{"lint", f.Code + ": " + f.Message, f.Span.Path(), f.Span.Start.Line})
		}
	}
	return out
}

// Verdict is the line that says it all.
func (r *CIRun) Verdict() string {
	parts := []string{"no blocker"}
	if n := len(r.Blockers()); n > 0 {
		parts[0] = Count(n, "blocker")
	}
	parts = append(parts, Count(len(r.Diff.Changes), "rule")+" changed")
	if before, after, ok := r.alerts(); ok {
		parts = append(parts, fmt.Sprintf("%+.3g alerts/day", after-before))
	}
	if r.Coverage != nil && r.Coverage.Report.Delta != nil {
		won, lost := 0, 0
		for _, c := range r.Coverage.Report.Delta.Changes {
			switch {
			case c.To > c.From:
				won++
			case c.To < c.From:
				lost++
			}
		}
		parts = append(parts, fmt.Sprintf("ATT&CK +%d −%d", won, lost))
	}
	return strings.Join(parts, " · ")
}

// alerts are those of all rules a day, before and after; false if nothing was
// replayed.
func (r *CIRun) alerts() (before, after float64, ok bool) {
	if r.Backtest == nil {
		return 0, 0, false
	}
	for i := range r.Backtest.Result.Rules {
		b, a, _ := rates(&r.Backtest.Result.Rules[i])
		before, after = before+b, after+a
	}
	return before, after, true
}

// rates are the alerts of a rule a day, before and after.
func rates(r *backtest.RuleReport) (before, after float64, known bool) {
	removed := r.Change != nil && r.Change.Status == "removed"
	if r.Rate != nil && !removed {
		after, known = r.Rate.PerDay, true
	}
	before = after
	if r.Change != nil && r.Change.Status != "unchanged" && r.Change.Status != "metadata" {
		before = 0
		if r.Change.RateBefore != nil {
			before, known = r.Change.RateBefore.PerDay, true
		}
	}
	return before, after, known
}

// ciRow is a rule that changed, as the table shows it.
type ciRow struct {
	change *DiffChange
	tests  string
	alerts string
	lint   string
}

// rows are the rules whose meaning changed, the worst first; rest counts the others.
func (r *CIRun) rows() (rows []ciRow, rest int) {
	for i := range r.Diff.Changes {
		c := &r.Diff.Changes[i]
		if severities[c.Kind] >= severities[diff.Equivalent] {
			rest++
			continue
		}
		rows = append(rows, ciRow{c, r.testsOf(c), r.alertsOf(c), r.lintOf(c)})
	}
	return rows, rest
}

func (r *CIRun) testsOf(c *DiffChange) string {
	if r.Tests == nil || c.New == nil {
		return "–"
	}
	good, bad := 0, 0
	for i := range r.Tests.Result.Cases {
		if t := &r.Tests.Result.Cases[i]; t.Case.Rule != nil && t.Case.Rule.Meta().ID.Text == c.New.Source.ID.Text && t.Case.Rule.Meta().Title.Text == c.New.Title {
			if t.Clean() {
				good++
			} else {
				bad++
			}
		}
	}
	switch {
	case good+bad == 0:
		return "none"
	case bad == 0:
		return fmt.Sprintf("%d ✓", good)
	}
	return fmt.Sprintf("%d ✓ %d ✗", good, bad)
}

func (r *CIRun) alertsOf(c *DiffChange) string {
	if r.Backtest == nil {
		return "–"
	}
	rule := c.Rule()
	for i := range r.Backtest.Result.Rules {
		b := &r.Backtest.Result.Rules[i]
		if b.Kind != "rule" || b.ID != rule.ID || b.Title != rule.Title {
			continue
		}
		if b.Verdict == "not-exercised" {
			return "not exercised"
		}
		before, after, known := rates(b)
		if !known {
			return fmt.Sprintf("%d alerts, undated", b.Alerts)
		}
		text := fmt.Sprintf("%.3g → %.3g", before, after)
		if b.Budget != nil && b.Budget.State == "exceeded" {
			text += fmt.Sprintf(", budget %.3g", b.Budget.PerDay)
		}
		return text
	}
	return "–"
}

func (r *CIRun) lintOf(c *DiffChange) string {
	n, path := 0, c.Rule().Source.Span.Path()
	for i := range r.Lint.Result.Findings {
		if f := &r.Lint.Result.Findings[i]; f.Counts() && f.Span.Path() == path {
			n++
		}
	}
	if n == 0 {
		return "–"
	}
	return fmt.Sprintf("%d new", n)
}

func ciPretty(w io.Writer, s Style, r *CIRun) error {
	colour := Green
	blockers := r.Blockers()
	if len(blockers) > 0 {
		colour = Red
	}
	fmt.Fprintln(w, s.Paint(colour, r.Verdict()))
	for _, b := range blockers[:min(len(blockers), maxBlockers)] {
		place := ""
		if b.Path != "" {
			place = fmt.Sprintf("%s:%d: ", b.Path, b.Line)
		}
		fmt.Fprintf(w, "  %s %s%s\n", s.Paint(Red, b.Kind), Clean(place), Shorten(Clean(b.Text), 300))
	}
	if n := len(blockers) - maxBlockers; n > 0 {
		fmt.Fprintf(w, "  and %s more\n", Count(n, "blocker"))
	}
	rows, rest := r.rows()
	for _, row := range rows {
		fmt.Fprintf(w, "%s  %s  tests %s, alerts/day %s, lint %s\n", s.Paint(colourOf(row.change.Kind), words[row.change.Kind]),
			s.Paint(Bold, Clean(row.change.Rule().Title)), row.tests, row.alerts, row.lint)
	}
	if rest > 0 {
		fmt.Fprintf(w, "%s changed without any effect on what matches\n", Count(rest, "rule"))
	}
	return nil
}

// ciRecord is a run as JSON: the verdict, and the documents of its parts.
type ciRecord struct {
	Schema   string           `json:"schema"`
	Verdict  string           `json:"verdict"`
	Base     string           `json:"base"`
	Blockers []Blocker        `json:"blockers"`
	Diff     json.RawMessage  `json:"diff"`
	Lint     json.RawMessage  `json:"lint"`
	Tests    json.RawMessage  `json:"tests"`
	Backtest *backtest.Result `json:"backtest"`
	Coverage json.RawMessage  `json:"coverage"`
}

func ciJSON(w io.Writer, r *CIRun) error {
	out := ciRecord{Schema: "socctl.ci/v1", Verdict: r.Verdict(), Base: r.Base, Blockers: slices.Concat([]Blocker{}, r.Blockers())}
	var err error
	part := func(write func(io.Writer) error) json.RawMessage {
		var b strings.Builder
		if e := write(&b); e != nil && err == nil {
			err = e
		}
		return json.RawMessage(b.String())
	}
	out.Diff = part(func(w io.Writer) error { return Diff(w, Style{}, "json", r.Diff) })
	out.Lint = part(func(w io.Writer) error { return Lint(w, Style{}, "json", r.Lint) })
	if r.Tests != nil {
		out.Tests = part(func(w io.Writer) error { return Tests(w, Style{}, "json", r.Tests) })
	}
	if r.Backtest != nil {
		out.Backtest = r.Backtest.Result
	}
	if r.Coverage != nil {
		out.Coverage = part(func(w io.Writer) error { return Coverage(w, Style{}, "json", r.Coverage) })
	}
	if err != nil {
		return err
	}
	return writeJSON(w, out)
}
