package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator/backtest"
)

// BacktestRun is a backtest to be reported.
type BacktestRun struct {
	Result   *backtest.Result
	Elapsed  time.Duration
	NoTime   bool
	Verbose  bool // tell of every rule that fired where, who and why
	Rejected int  // documents with errors, which were not run
	Version  string
}

// BacktestFormats are the formats of a backtest; BacktestTexts those for people,
// which may follow each other.
var (
	BacktestFormats = []string{"pretty", "json", "ndjson", "csv", "junit", "markdown", "html"}
	BacktestTexts   = []string{"pretty", "markdown"}
)

// Backtest writes a backtest in one of its formats.
func Backtest(w io.Writer, s Style, format string, run *BacktestRun) error {
	switch format {
	case "json":
		return backtestJSON(w, run.Result)
	case "ndjson":
		return backtestNDJSON(w, run.Result)
	case "csv":
		return backtestCSV(w, run.Result)
	case "junit":
		return backtestJUnit(w, run)
	case "markdown":
		return backtestMarkdown(w, run)
	case "html":
		return backtestHTML(w, run)
	}
	return backtestPretty(w, s, run)
}

func backtestJSON(w io.Writer, r *backtest.Result) error {
	return writeJSON(w, r)
}

// backtestNDJSON writes an object a line, each with its type: the run, the rules,
// the findings.
func backtestNDJSON(w io.Writer, r *backtest.Result) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	type line struct {
		Type string `json:"type"`
		*backtest.Result
		Recordings int `json:"recordings"`
		Rules      any `json:"rules,omitempty"` // hides that of the result
		Findings   any `json:"findings,omitempty"`
	}
	if err := enc.Encode(line{Type: "run", Result: r, Recordings: len(r.Recordings)}); err != nil {
		return err
	}
	for i := range r.Rules {
		if err := enc.Encode(struct {
			Type string `json:"type"`
			*backtest.RuleReport
		}{"rule", &r.Rules[i]}); err != nil {
			return err
		}
	}
	for i := range r.Findings {
		if err := enc.Encode(struct {
			Type string `json:"type"`
			*backtest.Finding
			Title string `json:"title,omitempty"`
		}{"finding", &r.Findings[i], titleOf(r, &r.Findings[i])}); err != nil {
			return err
		}
	}
	return nil
}

// titleOf is the title of the rule that a finding is about.
func titleOf(r *backtest.Result, f *backtest.Finding) string {
	if f.Rule < 0 {
		return "all rules together"
	}
	return r.Rules[f.Rule].Title
}

// Line sums a run up.
func (run *BacktestRun) Line() string {
	s := &run.Result.Summary
	words := []string{Count(s.Rules, "rule")}
	if s.Correlations > 0 {
		words = append(words, Count(s.Correlations, "correlation"))
	}
	words = append(words, Count(s.Events, "event"), Count(s.Alerts, "alert"))
	out := strings.Join(words, ", ")
	if !run.NoTime {
		out += fmt.Sprintf(" in %.1fs", run.Elapsed.Seconds())
	}
	return out + run.caveats()
}

// caveats tells what the numbers leave out.
func (run *BacktestRun) caveats() string {
	s, out := &run.Result.Summary, ""
	note := func(n int, what string) {
		if n > 0 {
			out += fmt.Sprintf("; %d %s", n, what)
		}
	}
	note(s.Suppressed, plural(s.Suppressed, "match", "matches")+" kept back by filters")
	note(s.Unrouted, plural(s.Unrouted, "event", "events")+" of no known logsource")
	note(s.Problems, plural(s.Problems, "problem", "problems")+" while reading")
	note(run.Rejected, plural(run.Rejected, "document", "documents")+" rejected")
	if l := s.Lost; l != nil {
		note(l.Untimed, plural(l.Untimed, "match", "matches")+" without a time left out of correlations")
		note(l.Late, plural(l.Late, "match", "matches")+" too late for correlations (see --lateness)")
		note(l.Ignored, plural(l.Ignored, "match", "matches")+" without a value left out of correlations")
		note(l.Groups, plural(l.Groups, "match", "matches")+" dropped with the groups that exceed the limit")
		note(l.Entries, plural(l.Entries, "match", "matches")+" dropped from windows that exceed the limit")
	}
	return out
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// busiest returns the rules that fired, those with the most alerts first.
func busiest(r *backtest.Result) []*backtest.RuleReport {
	var out []*backtest.RuleReport
	for i := range r.Rules {
		if r.Rules[i].Matches > 0 {
			out = append(out, &r.Rules[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *backtest.RuleReport) int {
		if a.Alerts != b.Alerts {
			return b.Alerts - a.Alerts
		}
		return b.Matches - a.Matches
	})
	return out
}

// changed returns the rules of which a change shows: those that are there no
// longer or mean something else: first those that are broken, then those with the most
// events gained or lost.
func changed(r *backtest.Result) []*backtest.RuleReport {
	var out []*backtest.RuleReport
	for i := range r.Rules {
		if c := r.Rules[i].Change; c != nil && (c.Status != backtest.Unchanged && c.Status != backtest.Metadata || c.LevelBefore != "") {
			out = append(out, &r.Rules[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *backtest.RuleReport) int {
		if x, y := a.Change.Status == backtest.Broken, b.Change.Status == backtest.Broken; x != y {
			if x {
				return -1
			}
			return 1
		}
		return b.Change.Gained + b.Change.Lost + b.Change.Unseen - a.Change.Gained - a.Change.Lost - a.Change.Unseen
	})
	return out
}

// rateText tells a rate with its interval.
func rateText(r *backtest.Rate) string {
	if r == nil {
		return "–"
	}
	return fmt.Sprintf("%s (%s–%s)", short(r.PerDay), short(r.Lower), short(r.Upper))
}

// short writes a number with three digits.
func short(x float64) string {
	if x >= 999.5 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// signed is short for a difference. What sums of the same numbers in another order
// differ by is none.
func signed(x float64) string {
	switch {
	case math.Abs(x) < 1e-9:
		return "+0"
	case x < 0:
		return "-" + short(-x)
	}
	return "+" + short(x)
}

// budgetText tells what the interval says about the budget.
func budgetText(v *backtest.Verified) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s %s/day", v.State, short(v.PerDay))
}

// recordedText tells what the rates are about.
func recordedText(r *backtest.Result) string {
	t := r.Total
	if t.First == "" {
		return "no event has a time, so there are no rates"
	}
	days := 0.0
	if t.Rate != nil {
		days = t.Rate.Days
	}
	return fmt.Sprintf("%s %s recorded, %s to %s", short(days), dayWord(days), t.First[:10], t.Last[:10])
}

// totalText is the first line of a report.
func totalText(r *backtest.Result) string {
	out := fmt.Sprintf("%s in %s", Count(r.Total.Alerts, "alert"), Count(r.Summary.Events, "event"))
	if r.Total.Rate != nil {
		out += fmt.Sprintf(": %s a day", rateText(r.Total.Rate))
	}
	return out + "; " + recordedText(r)
}

// verdictText counts rules by verdict.
func verdictText(s *backtest.Summary) string {
	return fmt.Sprintf("%s: %d fired, %d quiet, %d partly exercised, %d not exercised",
		Count(s.Rules+s.Correlations, "rule"), s.Fired, s.Quiet, s.Partly, s.NotExercised)
}

// partialText warns of a run that was interrupted.
const partialText = "PARTIAL: the run was interrupted, and all numbers are about what was read until then"

func dayWord(days float64) string {
	if short(days) == "1" {
		return "day"
	}
	return "days"
}
