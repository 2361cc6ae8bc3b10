package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/evaluator/backtest"
)

// CIRun is everything that is known about a pull request.
type CIRun struct {
	Base     string
	Version  string
	Prefix   string // from the root of the repository to the present folder, "" if it is that
	Diff     *DiffResult
	Lint     *LintRun
	Tests    *TestRun     // nil if there are none
	Backtest *BacktestRun // nil if nothing was replayed
	Coverage *CoverageRun // nil if it was left out

	Expiry *compiler.Expiry // of filters; nil if none ends
	Tuning []CIRuleState    // of rules that the change touches and verdicts tell of; nil without a ledger

	FailedBefore map[string]bool // ids of tests that failed before the change too
	Strict       bool            // what was wrong before the change blocks too

	Denied, Warnings []CIRemark // of gates; warnings also of views of events that have changed
}

// CIFormats are the formats of a run; CITexts those for people, which may follow
// each other; CIPages those that a page alone can be rendered in.
var (
	CIFormats = []string{"pretty", "markdown", "json", "sarif", "junit", "html", "github"}
	CITexts   = []string{"pretty", "markdown"}
	CIPages   = []string{"pretty", "markdown", "html"}
)

// CI writes a run in one of CIFormats.
func CI(w io.Writer, s Style, format string, run *CIRun) error {
	switch format {
	case "json":
		return writeCIRecord(w, run)
	case "sarif", "github":
		return Lint(w, s, format, run.Lint.rooted(run.Prefix))
	case "junit":
		if run.Tests == nil {
			_, err := io.WriteString(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"0\" failures=\"0\"></testsuites>\n")
			return err
		}
		return Tests(w, s, "junit", run.Tests)
	}
	return RenderCI(w, s, format, run.Page())
}

// RenderCI writes a page in one of CIPages.
func RenderCI(w io.Writer, s Style, format string, p *CIPage) error {
	switch format {
	case "markdown":
		return ciMarkdown(w, p)
	case "html":
		return ciHTML(w, p)
	}
	return ciPretty(w, s, p)
}

// Changed reports whether any rule or correlation is not what it was.
func (r *CIRun) Changed() bool { return len(r.Diff.Changes)+len(r.Diff.Correlations) > 0 }

// rates are the alerts of a rule a day, before and after.
func rates(r *backtest.RuleReport) (before, after float64, known bool) {
	if r.Rate != nil && !r.Gone() {
		after, known = r.Rate.PerDay, true
	}
	before = after
	if r.Change != nil && r.Change.Status != backtest.Unchanged && r.Change.Status != backtest.Metadata {
		before = 0
		if r.Change.RateBefore != nil {
			before, known = r.Change.RateBefore.PerDay, true
		}
	}
	return before, after, known
}

func ciPretty(w io.Writer, s Style, p *CIPage) error {
	colour := Green
	if len(p.Blockers) > 0 {
		colour = Red
	}
	fmt.Fprintln(w, s.Paint(colour, Clean(p.Verdict())))
	ciPrettyRemarks(w, s, Red, "", "blocker", p.Blockers)
	ciPrettyRemarks(w, s, Yellow, "warning: ", "warning", p.Warnings)
	ciPrettyRemarks(w, s, Dim, "known before: ", "known problem", p.Known)
	ciPrettyRemarks(w, s, Yellow, "cause: ", "cause", p.Causes)
	for i := range p.Changes {
		c := &p.Changes[i]
		word := c.word()
		if c.Kind == string(diff.Metadata) && len(c.Notes) > 0 {
			word += ": " + Shorten(Clean(c.Notes[0]), 60) // which is why it is told
		}
		fmt.Fprintf(w, "%s  %s  tests %s, alerts/day %s, lint %s\n", s.Paint(colourOf(diff.Kind(c.Kind)), word),
			s.Paint(Bold, Shorten(Clean(c.Title), 200)), c.testText(), Clean(c.alertText()), c.lintText())
	}
	for i := range p.Correlations {
		c := &p.Correlations[i]
		fmt.Fprintf(w, "%s  %s%s\n", s.Paint(Yellow, Clean(c.Kind)), s.Paint(Bold, Shorten(Clean(c.Title), 200)), Shorten(Clean(c.noteText()), 300))
	}
	if p.WithoutEffect > 0 {
		fmt.Fprintf(w, "%s changed without any effect on what matches\n", Count(p.WithoutEffect, "rule"))
	}
	ciPrettyRemarks(w, s, Yellow, "filter: ", "filter", p.Filters)
	ciPrettyRemarks(w, s, Yellow, "tuning: ", "rule", p.tuningRemarks())
	if p.Replay != nil {
		fmt.Fprintln(w, Clean(p.replayText()))
	}
	return nil
}

// noteText tells what there is to know of a correlation, behind its title.
func (c *CICorrelation) noteText() string {
	if len(c.Notes) == 0 {
		return ""
	}
	return "  " + strings.Join(c.Notes, "; ")
}

func ciPrettyRemarks(w io.Writer, s Style, colour, prefix, noun string, list []CIRemark) {
	shown, more := foremost(list)
	for _, b := range shown {
		fmt.Fprintf(w, "  %s%s %s%s\n", prefix, s.Paint(colour, Clean(b.Kind)), Clean(b.place()), Shorten(Clean(b.Text), 300))
	}
	if more > 0 {
		fmt.Fprintf(w, "  and %s more\n", Count(more, noun))
	}
}

// place is where something is, ready to stand before it; "" if that is not known.
func (r *CIRemark) place() string {
	if r.Path == "" {
		return ""
	}
	return r.at() + ": "
}

// at is the path with the line, if it is about one.
func (r *CIRemark) at() string {
	if r.Line == 0 {
		return r.Path
	}
	return fmt.Sprintf("%s:%d", r.Path, r.Line)
}

// ciSchema names the JSON form of a run. Members may be added to it.
const ciSchema = "socctl.ci/v1"

// ciRecord is a run as JSON: the verdict, what people are shown, and the documents of
// its parts.
type ciRecord struct {
	Schema   string           `json:"schema"`
	Verdict  string           `json:"verdict"`
	Base     string           `json:"base"`
	Blockers []CIRemark       `json:"blockers"`
	Page     *CIPage          `json:"page"`
	Diff     json.RawMessage  `json:"diff"`
	Lint     json.RawMessage  `json:"lint"`
	Tests    json.RawMessage  `json:"tests"`
	Backtest *backtest.Result `json:"backtest"`
	Coverage json.RawMessage  `json:"coverage"`
}

// CIRecord returns a run as JSON.
func CIRecord(r *CIRun) ([]byte, error) {
	var b strings.Builder
	err := writeCIRecord(&b, r)
	return []byte(b.String()), err
}

func writeCIRecord(w io.Writer, r *CIRun) error {
	page := r.Page()
	out := ciRecord{Schema: ciSchema, Verdict: page.Verdict(), Base: r.Base, Blockers: page.Blockers, Page: page}
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
