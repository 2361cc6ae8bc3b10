package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator/backtest"
)

// BacktestRun is a backtest to be reported.
type BacktestRun struct {
	Result   *backtest.Result
	Elapsed  time.Duration
	NoTime   bool
	Rejected int // documents with errors, which were not run
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
	}
	return backtestPretty(w, s, run)
}

func backtestJSON(w io.Writer, r *backtest.Result) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
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
	for _, more := range []struct {
		n    int
		what string
	}{
		{s.Suppressed, "suppressed by filters"},
		{s.Unrouted, "events of no known logsource"},
		{s.Problems, "problems while reading"},
		{run.Rejected, "documents rejected"},
	} {
		if more.n > 0 {
			out += fmt.Sprintf("; %d %s", more.n, more.what)
		}
	}
	if !run.NoTime {
		out += fmt.Sprintf(" in %.1fs", run.Elapsed.Seconds())
	}
	return out
}
