package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
)

//go:embed backtest.html
var backtestPage string

//go:embed backtest.css
var backtestStyle string

//go:embed backtest.js
var backtestScript string

var backtestTemplate = template.Must(template.New("backtest").Funcs(template.FuncMap{
	"rate": rateText, "budget": budgetText, "short": short, "distinct": distinct, "causes": causes, "clean": Clean, "join": strings.Join,
	"dash": orDash, "count": Count, "title": titleOf, "perDay": perDayOf, "level": levelClass, "flaw": flawText,
}).Parse(backtestPage))

// htmlPage is what the template of the page sees.
type htmlPage struct {
	*BacktestRun
	Policy         string
	Style          template.CSS
	Script         template.JS
	Headline       string
	Verdicts       string
	PartialText    string
	Fired, Changes []htmlRule
	Unused         []reason
	Timeline, Heat template.HTML
	Levels         []string
	Percent        float64
}

// htmlRule is a rule with its plot.
type htmlRule struct {
	*backtest.RuleReport
	Spark template.HTML
}

// LevelRank is what the table sorts levels by.
func (r htmlRule) LevelRank() int { return len(levelsOf) - slices.Index(levelsOf, levelClass(r.Level)) }

// backtestHTML writes one file that loads nothing from anywhere: its policy allows
// only the style and the script in it. Whatever comes from rules and events goes
// through the template, which escapes it.
func backtestHTML(w io.Writer, run *BacktestRun) error {
	r := run.Result
	p := htmlPage{BacktestRun: run, Style: template.CSS(backtestStyle), Script: template.JS(backtestScript), Headline: totalText(r), Verdicts: verdictText(&r.Summary) + run.caveats(),
		PartialText: partialText, Unused: unusedReasons(r), Timeline: timeline(r), Heat: heatMap(r), Levels: levelsOf, Percent: 100 * r.Confidence}
	p.Policy = fmt.Sprintf("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'", hashOf(backtestScript))
	for _, x := range busiest(r) {
		p.Fired = append(p.Fired, htmlRule{x, sparkline(r, x)})
	}
	for _, x := range changed(r) {
		p.Changes = append(p.Changes, htmlRule{x, ""})
	}
	return backtestTemplate.Execute(w, &p)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// perDayOf is what the table sorts by.
func perDayOf(r *backtest.Rate) float64 {
	if r == nil {
		return -1
	}
	return r.PerDay
}

// levelClass is the class of a level in the style.
func levelClass(level string) string {
	for _, known := range backtest.Levels {
		if level == known {
			return known
		}
	}
	return "unlevelled"
}
