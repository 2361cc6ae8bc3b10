package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
)

var backtestColumns = []string{"id", "title", "level", "kind", "path", "line", "logsource", "verdict", "reason", "missing_fields", "events", "matches", "suppressed",
	"alerts", "baseline", "first", "last", "days", "alerts_per_day", "lower", "upper", "method", "budget_per_day", "budget", "hosts", "users", "root_causes",
	"change", "gained", "lost", "alerts_before", "partial", "error", "unseen"}

// backtestCSV writes one row for every rule.
func backtestCSV(w io.Writer, r *backtest.Result) error {
	out := csv.NewWriter(w)
	rows := [][]string{backtestColumns}
	for i := range r.Rules {
		rows = append(rows, csvRow(&r.Rules[i], r.Partial))
	}
	return out.WriteAll(rows)
}

func csvRow(r *backtest.RuleReport, partial bool) []string {
	number := strconv.Itoa
	logsource := ""
	if r.Logsource != nil {
		logsource = r.Logsource.String()
	}
	row := []string{r.ID, cell(r.Title), cell(r.Level), r.Kind, cell(r.Path), number(r.Line), cell(logsource), string(r.Verdict), cell(r.Reason), cell(strings.Join(r.Missing, " ")),
		number(r.Events), number(r.Matches), number(r.Suppressed), number(r.Alerts), number(r.Baseline), r.First, r.Last}
	if r.Rate != nil {
		row = append(row, short(r.Rate.Days), short(r.Rate.PerDay), short(r.Rate.Lower), short(r.Rate.Upper), r.Rate.Method)
	} else {
		row = append(row, "", "", "", "", "")
	}
	if r.Budget != nil {
		row = append(row, short(r.Budget.PerDay), string(r.Budget.State))
	} else {
		row = append(row, "", "")
	}
	row = append(row, dashless(distinct(r.Hosts)), dashless(distinct(r.Users)), dashless(causes(r.RootCauses)))
	if c := r.Change; c != nil {
		row = append(row, c.Status, number(c.Gained), number(c.Lost), number(c.AlertsBefore))
		return append(row, strconv.FormatBool(partial), cell(flawText(c)), number(c.Unseen))
	}
	return append(row, "", "", "", "", strconv.FormatBool(partial), "", "")
}

func dashless(text string) string {
	if text == "–" {
		return "0"
	}
	return text
}

// cell makes a text of a rule safe for spreadsheets, which take what begins with
// some characters for a formula.
func cell(text string) string {
	text = Clean(text)
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}
