package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/health"
)

// HealthFormats are the formats of the health of rules.
var HealthFormats = []string{"pretty", "json", "markdown", "html"}

// Health writes the health of rules in one of its formats.
func Health(w io.Writer, s Style, format string, r *health.Report, verbose bool) error {
	switch format {
	case "json":
		return indented(w, r)
	case "markdown":
		return healthMarkdown(w, r)
	case "html":
		return healthHTML(w, r)
	}
	healthPretty(w, s, r, verbose)
	return nil
}

// healthLine sums up a report.
func healthLine(r *health.Report) string {
	s := &r.Summary
	parts := []string{Count(s.Rules, "rule"), fmt.Sprintf("%d judged", s.Judged)}
	if r.Replayed {
		parts = append(parts, fmt.Sprintf("%d silent", s.Silent))
	}
	parts = append(parts, fmt.Sprintf("%d untested", s.Untested), fmt.Sprintf("%d drifting", s.Drifting))
	for _, a := range health.Actions() {
		if n := s.Recommended[a]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, actionText(a, "")))
		}
	}
	if s.Gone > 0 {
		parts = append(parts, fmt.Sprintf("%d gone", s.Gone))
	}
	return strings.Join(parts, ", ")
}

// shownGone is how many rules that are gone are named for people.
const shownGone = 10

// goneText tells of verdicts on rules that are not there; "" without any.
func goneText(r *health.Report) string {
	if len(r.Gone) == 0 {
		return ""
	}
	alerts := 0
	var names []string
	for _, g := range r.Gone {
		alerts += g.Alerts
		names = append(names, g.Rule)
	}
	out := fmt.Sprintf("%s judged of rules that are not there, and count for none: ", Count(alerts, "alert"))
	out += strings.Join(names[:min(len(names), shownGone)], ", ")
	if n := len(names) - shownGone; n > 0 {
		out += fmt.Sprintf(", and %d more", n)
	}
	return out
}

func actionText(a health.Action, level string) string {
	out := strings.ReplaceAll(string(a), "_", " ")
	if level != "" {
		out += " to " + level
	}
	return out
}

func precisionText(p health.Precision) string {
	if p.Point == nil {
		if p.Contested > 0 {
			return "contested"
		}
		return "not judged"
	}
	return fmt.Sprintf("%.0f %% (%.0f–%.0f) of %d", 100**p.Point, 100*p.Lower, 100*p.Upper, p.True+p.False)
}

func volumeText(v *health.Volume) string {
	if v == nil {
		return "–"
	}
	if v.Alerts == 0 && v.Verdict == backtest.Fired {
		return "none of its own"
	}
	if v.Alerts == 0 {
		return strings.ReplaceAll(string(v.Verdict), "-", " ")
	}
	return fmt.Sprintf("%d, %s a day", v.Alerts, rateText(v.Rate))
}

// shownHealthy is how many rules the pretty form tells of that need nothing.
const shownHealthy = 15

func healthPretty(w io.Writer, s Style, r *health.Report, verbose bool) {
	if r.Partial {
		fmt.Fprintln(w, s.Paint(Red, partialText))
	}
	fmt.Fprintln(w, s.Paint(Bold, healthLine(r)))
	if !r.Replayed {
		fmt.Fprintln(w, s.Paint(Dim, "no recording was replayed: nothing is known of volume and silence"))
	}
	if gone := goneText(r); gone != "" {
		fmt.Fprintln(w, s.Paint(Yellow, Clean(gone)))
	}
	kept := 0
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Action == health.Keep && len(x.Drift) == 0 {
			if kept++; kept > shownHealthy && !verbose {
				continue
			}
		}
		healthRule(w, s, x)
	}
	if n := kept - shownHealthy; n > 0 && !verbose {
		fmt.Fprintf(w, "\nand %s more to keep; -v shows all, -f json has everything\n", Count(n, "rule"))
	}
}

func healthRule(w io.Writer, s Style, x *health.Rule) {
	colour := map[health.Action]string{health.Keep: Green, health.Tune: Yellow, health.Correlate: Yellow, health.ChangeLevel: Yellow, health.Retire: Red, health.SoleCoverage: Cyan}[x.Action]
	fmt.Fprintf(w, "\n%s %s  %s\n", s.Paint(colour, actionText(x.Action, x.ToLevel)), s.Paint(Bold, Clean(x.Title)), s.Paint(Dim, fmt.Sprintf("%s:%d", Clean(x.Path), x.Line)))
	fmt.Fprintf(w, "  precision %s", precisionText(x.Precision))
	if v := x.Volume; v != nil {
		fmt.Fprintf(w, "; alerts %s", volumeText(v))
		if v.Alerts > 0 {
			fmt.Fprintf(w, "; %s, %s, %s", Count(v.Causes, "cause"), Count(v.Hosts, "host"), Count(v.ActiveDays, "day"))
		}
	}
	fmt.Fprintln(w)
	if v := x.Volume; v != nil && v.Alerts > 0 && len(v.Days) > 1 {
		fmt.Fprintf(w, "  %s %s to %s\n", Spark(countsOf(v.Days)), v.Days[0].Day, v.Days[len(v.Days)-1].Day)
	}
	for _, reason := range x.Reasons {
		fmt.Fprintf(w, "  - %s\n", Clean(reason))
	}
}

// sparkWidth is how many characters a sparkline has at most.
const sparkWidth = 60

// Spark draws counts as a line of bars, neighbours put together if there are too
// many. A count above zero is never drawn as none.
func Spark(counts []int) string {
	size := (len(counts) + sparkWidth - 1) / sparkWidth
	var bars []int
	most := 0
	for i, n := range counts {
		if i%max(1, size) == 0 {
			bars = append(bars, 0)
		}
		bars[len(bars)-1] += n
		most = max(most, bars[len(bars)-1])
	}
	marks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, n := range bars {
		if n == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(marks[(n*len(marks)-1)/most])
	}
	return b.String()
}

func countsOf(days []backtest.DayCount) []int {
	out := make([]int, len(days))
	for i, d := range days {
		out[i] = d.Alerts
	}
	return out
}

func healthMarkdown(w io.Writer, r *health.Report) error {
	fmt.Fprintf(w, "## Rule health\n\n%s\n", healthLine(r))
	if r.Partial {
		fmt.Fprintf(w, "\n**%s**\n", partialText)
	}
	if !r.Replayed {
		fmt.Fprintf(w, "\nNo recording was replayed: nothing is known of volume and silence.\n")
	}
	if gone := goneText(r); gone != "" {
		fmt.Fprintf(w, "\n%s\n", escapeMarkdown(gone))
	}
	fmt.Fprintf(w, "\n| Recommended | Rule | Precision (95 %%) | Alerts | Days | Why |\n|---|---|---|---|---|---|\n")
	for i := range r.Rules {
		x := &r.Rules[i]
		days := "–"
		if v := x.Volume; v != nil && v.Alerts > 0 {
			days = Spark(countsOf(v.Days))
		}
		reasons := make([]string, len(x.Reasons))
		for i, reason := range x.Reasons {
			reasons[i] = escapeMarkdown(reason)
		}
		if _, err := fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", actionText(x.Action, x.ToLevel), escapeMarkdown(x.Title), precisionText(x.Precision), volumeText(x.Volume), days, strings.Join(reasons, "; ")); err != nil {
			return err
		}
	}
	return nil
}

//go:embed health.html
var healthPage string

var healthTemplate = template.Must(template.New("health").Funcs(template.FuncMap{
	"precision": precisionText, "volume": volumeText, "action": actionText, "clean": Clean, "level": levelClass, "dash": orDash,
	"spark": healthSpark, "interval": intervalPlot,
}).Parse(healthPage))

// healthHTML writes one file that loads nothing from anywhere, see backtestHTML.
func healthHTML(w io.Writer, r *health.Report) error {
	return healthTemplate.Execute(w, struct {
		*health.Report
		Style    template.CSS
		Policy   string
		Headline string
		Missing  string
	}{r, template.CSS(backtestStyle), "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'", healthLine(r), Clean(goneText(r))})
}

// healthSpark plots the alerts of the recorded days.
func healthSpark(x health.Rule) template.HTML {
	if x.Volume == nil || x.Volume.Alerts == 0 || len(x.Volume.Days) == 0 {
		return ""
	}
	days := make([]backtest.DayLevel, len(x.Volume.Days))
	for i, d := range x.Volume.Days {
		days[i] = backtest.DayLevel{Day: d.Day, Alerts: d.Alerts}
	}
	return sparkBars(barsOf(days), x.Level)
}

// intervalPlot draws the interval of a precision, and the point in it.
func intervalPlot(p health.Precision) template.HTML {
	if p.Point == nil {
		return ""
	}
	const width = 120
	return template.HTML(fmt.Sprintf(`<svg class="spark" viewBox="0 0 %d 22" role="img" aria-label="precision"><line class="grid" x1="0" x2="%d" y1="11" y2="11"/>`+
		`<rect class="low" x="%.1f" y="7" width="%.1f" height="8"/><rect class="high" x="%.1f" y="4" width="2" height="14"/></svg>`,
		width, width, width*p.Lower, max(1, width*(p.Upper-p.Lower)), width**p.Point-1))
}
