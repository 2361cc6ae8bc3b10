package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
)

// backtestJUnit writes a case for every rule: failed if its budget is exceeded,
// skipped if it was not exercised, an error if it is broken now. Other findings are told in its
// output.
func backtestJUnit(w io.Writer, run *BacktestRun) error {
	r := run.Result
	suite := junitSuite{Name: "backtest"}
	if r.Partial {
		suite.add(junitCase{Name: "run", Class: "backtest", Error: &junitOutcome{Message: partialText, Type: "partial"}})
	}
	if r.Summary.Problems > 0 {
		suite.add(junitCase{Name: "recordings", Class: "backtest", Error: &junitOutcome{Message: Count(r.Summary.Problems, "problem") + " while reading", Type: "unreadable"}})
	}
	if b := r.Total.Budget; b != nil {
		c := junitCase{Name: "all rules together", Class: "backtest"}
		c.Failure = budgetOutcome(b, r.Total.Rate)
		suite.add(c)
	}
	said := map[int][]string{}
	for i := range r.Findings {
		f := &r.Findings[i]
		said[f.Rule] = append(said[f.Rule], f.Name+": "+Clean(f.Message))
	}
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Change != nil && x.Change.Status == backtest.Removed {
			continue
		}
		suite.add(junitRule(x, said[i]))
	}
	all := junitSuites{Name: "socctl backtest", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Skipped: suite.Skipped, Suites: []junitSuite{suite}}
	if !run.NoTime {
		all.Time = fmt.Sprintf("%.3f", run.Elapsed.Seconds())
	}
	return writeXML(w, all)
}

func junitRule(r *backtest.RuleReport, said []string) junitCase {
	c := junitCase{Name: Clean(r.Title), Class: Clean(r.Path), File: Clean(r.Path), Line: r.Line}
	if r.Change != nil && r.Change.Status == backtest.Broken {
		c.Error = &junitOutcome{Message: "broken: " + Clean(flawText(r.Change)), Type: backtest.Broken}
		c.SystemOut = fmt.Sprintf("%s that it matched before %s not seen", Count(r.Change.Unseen, "event"), plural(r.Change.Unseen, "is", "are"))
		return c
	}
	c.Failure = budgetOutcome(r.Budget, r.Rate)
	if r.Verdict == backtest.Unused && c.Failure == nil {
		c.Skipped = &junitOutcome{Message: "not exercised: " + Clean(r.Reason), Type: string(r.Verdict)}
	}
	out := []string{fmt.Sprintf("%s, %s", Count(r.Alerts, "alert"), r.Verdict)}
	if r.Rate != nil {
		out[0] += fmt.Sprintf(", %s a day", rateText(r.Rate))
	}
	if len(r.Missing) > 0 {
		out = append(out, "no event has "+Clean(strings.Join(r.Missing, ", ")))
	}
	if r.Change != nil {
		out = append(out, fmt.Sprintf("%s: %d events gained, %d lost", r.Change.Status, r.Change.Gained, r.Change.Lost))
		if r.Change.Error != nil {
			out = append(out, Clean(flawText(r.Change)))
		}
	}
	c.SystemOut = strings.Join(append(out, said...), "\n")
	return c
}

func budgetOutcome(b *backtest.Verified, r *backtest.Rate) *junitOutcome {
	if b == nil || b.State != backtest.Exceeded {
		return nil
	}
	return &junitOutcome{Message: fmt.Sprintf("%s a day, the budget is %s", rateText(r), short(b.PerDay)), Type: backtest.TooBroad}
}
