package report

import (
	"fmt"
	"io"

	"github.com/socctl/socctl/evaluator/backtest"
)

func backtestPretty(w io.Writer, s Style, run *BacktestRun) error {
	for _, r := range run.Result.Rules {
		if r.Alerts > 0 || r.Verdict == backtest.Fired {
			fmt.Fprintf(w, "%-8s %5d %s %s\n", r.Level, r.Alerts, Clean(r.Title), r.Rate)
		}
	}
	return nil
}
