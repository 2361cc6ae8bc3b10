package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/socctl/socctl/evaluator/backtest"
)

// How much the pretty form names; the JSON form has everything.
const (
	shownFired   = 30
	shownChanged = 20
	shownUnused  = 10 // logsources without events
	shownPartly  = 10
)

func backtestPretty(w io.Writer, s Style, run *BacktestRun) error {
	r := run.Result
	if r.Partial {
		fmt.Fprintln(w, s.Paint(Red, partialText))
	}
	fmt.Fprintln(w, s.Paint(Bold, totalText(r)))
	prettyFired(w, s, run)
	prettyChanges(w, s, r)
	prettyFindings(w, s, r)
	prettyUnused(w, s, r)
	return nil
}

func prettyFired(w io.Writer, s Style, run *BacktestRun) {
	fired := busiest(run.Result)
	if len(fired) == 0 {
		return
	}
	fmt.Fprintln(w)
	shown := fired
	if !run.Verbose {
		shown = fired[:min(shownFired, len(fired))]
	}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LEVEL\tALERTS\tA DAY (95 %)\tHOSTS\tCAUSES\tRULE\t")
	for _, r := range shown {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", Clean(orDash(r.Level)), r.Alerts, rateText(r.Rate), distinct(r.Hosts), causes(r.RootCauses),
			Clean(r.Title), notes(r))
	}
	t.Flush()
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
	if n := len(fired) - len(shown); n > 0 {
		fmt.Fprintf(w, "and %s more; -v shows all, -f json has everything\n", Count(n, "rule"))
	}
	if run.Verbose {
		for _, r := range shown {
			prettyDetails(w, s, r)
		}
	}
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

func distinct(c *backtest.Counted) string {
	if c == nil || c.Distinct == 0 {
		return "–"
	}
	if c.More {
		return fmt.Sprintf("%d+", c.Distinct)
	}
	return fmt.Sprint(c.Distinct)
}

func causes(c *backtest.Causes) string {
	if c == nil {
		return "–"
	}
	if c.More {
		return fmt.Sprintf("%d+", c.Distinct)
	}
	return fmt.Sprint(c.Distinct)
}

// notes are what is remarkable about a rule that fired.
func notes(r *backtest.RuleReport) string {
	var out []string
	if r.Feeds {
		out = append(out, fmt.Sprintf("%s for correlations only", Count(r.Matches, "match")))
	}
	if r.Budget != nil && r.Budget.State != backtest.Within {
		out = append(out, "budget "+budgetText(r.Budget))
	}
	if r.Suppressed > 0 {
		out = append(out, fmt.Sprintf("%d kept back by filters", r.Suppressed))
	}
	if r.Baseline > 0 {
		out = append(out, fmt.Sprintf("%d on benign recordings", r.Baseline))
	}
	return strings.Join(out, "; ")
}

// prettyDetails tells where a rule fired, who was it and why.
func prettyDetails(w io.Writer, s Style, r *backtest.RuleReport) {
	fmt.Fprintf(w, "\n%s  %s\n", s.Paint(Bold, Clean(r.Title)), s.Paint(Dim, Clean(fmt.Sprintf("%s:%d", r.Path, r.Line))))
	if r.First != "" {
		fmt.Fprintf(w, "  %-8s%s to %s, on %s\n", "when", r.First, r.Last, Count(len(r.Days), "day"))
	}
	for _, c := range []struct {
		name string
		of   *backtest.Counted
	}{{"hosts", r.Hosts}, {"users", r.Users}} {
		if c.of != nil && c.of.Distinct > 0 {
			fmt.Fprintf(w, "  %-8s%s\n", c.name, namesText(c.of))
		}
	}
	if r.RootCauses != nil {
		for i, c := range r.RootCauses.Top[:min(3, len(r.RootCauses.Top))] {
			label := ""
			if i == 0 {
				label = "causes"
			}
			fmt.Fprintf(w, "  %-8s%d× %s\n", label, c.Count, fieldsText(c.Fields))
		}
	}
	prettySamples(w, "samples", r.Samples)
	if len(r.Missing) > 0 {
		fmt.Fprintf(w, "  %-8sno event has %s\n", "fields", Clean(strings.Join(r.Missing, ", ")))
	}
}

func namesText(c *backtest.Counted) string {
	var words []string
	for _, n := range c.Top[:min(5, len(c.Top))] {
		words = append(words, fmt.Sprintf("%s %d", Clean(n.Name), n.Count))
	}
	return strings.Join(words, ", ") + andMore(c.Distinct-5)
}

// fieldsText writes fields in one line.
func fieldsText(fields []backtest.ContextField) string {
	var words []string
	for _, f := range fields {
		words = append(words, fmt.Sprintf("%s=%s", Clean(f.Name), Shorten(Clean(f.Value), 100)))
	}
	return strings.Join(words, "  ")
}

func prettySamples(w io.Writer, label string, samples []backtest.Sample) {
	for i, x := range samples {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(w, "  %-8s%s record %d  %s  %s\n", label, Clean(x.Source), x.Record, x.Time, fieldsText(x.Fields))
	}
}

// prettyChanges tells what a change of the rules gains and loses.
func prettyChanges(w io.Writer, s Style, r *backtest.Result) {
	if r.Base == nil {
		return
	}
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, changeText(r)))
	list := changed(r)
	for _, x := range list[:min(shownChanged, len(list))] {
		c := x.Change
		fmt.Fprintf(w, "%s %s  %s\n", s.Paint(changeColour(x), fmt.Sprintf("%-9s", c.Status)), Clean(x.Title), changeLine(x))
		prettySamples(w, s.Paint(Green, "gained  "), c.GainedSamples)
		prettySamples(w, s.Paint(Red, "lost    "), c.LostSamples)
		prettySamples(w, s.Paint(Red, "unseen  "), c.UnseenSamples)
	}
	if n := len(list) - shownChanged; n > 0 {
		fmt.Fprintf(w, "and %s more; -f json has everything\n", Count(n, "rule"))
	}
}

func changeColour(r *backtest.RuleReport) string {
	c := r.Change
	switch {
	case c.Lost > 0 || r.Gone():
		return Red
	case c.Gained > 0:
		return Green
	}
	return Dim
}

// changeText sums up a comparison.
func changeText(r *backtest.Result) string {
	d := r.Summary.Delta
	return fmt.Sprintf("since %s (%.9s): %s%d added, %d removed, %d changed; %d events gained, %d lost; alerts %d → %d",
		Clean(r.Base.Ref), r.Base.Commit, brokenText(d), d.Added, d.Removed, d.Changed, d.Gained, d.Lost, d.AlertsBefore, r.Summary.Alerts)
}

// brokenText counts the rules that have or had an error, ready to stand before other
// counts; "" if none has.
func brokenText(d *backtest.Delta) string {
	out := ""
	if d.Broken > 0 {
		out = fmt.Sprintf("%d broken, ", d.Broken)
	}
	if d.Mended > 0 {
		out += fmt.Sprintf("%d mended, ", d.Mended)
	}
	return out
}

// flawText tells the error that a rule has or had; "" if it is neither broken nor mended.
func flawText(c *backtest.Change) string {
	if c.Error == nil {
		return ""
	}
	place := fmt.Sprintf("%s:%d", c.Error.Path, c.Error.Line)
	if c.Error.Column > 0 {
		place = fmt.Sprintf("%s:%d", place, c.Error.Column)
	}
	if c.Status == backtest.Mended {
		return fmt.Sprintf("it had an error before, at %s: %s", place, c.Error.Message)
	}
	return fmt.Sprintf("it has an error now, at %s: %s", place, c.Error.Message)
}

// changeLine tells what a change does to one rule.
func changeLine(r *backtest.RuleReport) string {
	c := r.Change
	var out []string
	if c.Error != nil {
		out = append(out, Clean(flawText(c)))
	}
	if c.Status == backtest.Broken {
		return strings.Join(append(out, fmt.Sprintf("%s that it matched before %s not seen", Count(c.Unseen, "event"), plural(c.Unseen, "is", "are"))), "; ")
	}
	if c.Gained+c.Lost > 0 {
		out = append(out, fmt.Sprintf("+%d −%d events", c.Gained, c.Lost))
	} else if r.Verdict == backtest.Unused {
		out = append(out, "not exercised: "+Clean(r.Reason))
	} else {
		out = append(out, "the same events")
	}
	if c.Status == backtest.Changed || c.Gained+c.Lost > 0 {
		out = append(out, fmt.Sprintf("a day %s → %s", rateText(c.RateBefore), rateText(r.Rate)))
	}
	if c.LevelBefore != "" {
		out = append(out, fmt.Sprintf("level %s → %s", Clean(c.LevelBefore), Clean(r.Level)))
	}
	if r.Budget != nil && r.Budget.State != backtest.Within && r.Alerts > 0 {
		out = append(out, "budget "+budgetText(r.Budget))
	}
	return strings.Join(out, "; ")
}

func prettyFindings(w io.Writer, s Style, r *backtest.Result) {
	if len(r.Findings) > 0 {
		fmt.Fprintln(w)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		colour := Yellow
		if f.Name == backtest.TooBroad {
			colour = Red
		}
		fmt.Fprintf(w, "%s %s: %s\n", s.Paint(colour, f.Name), Clean(titleOf(r, f)), Clean(f.Message))
		if f.Path != "" {
			fmt.Fprintf(w, "  --> %s:%d\n", Clean(f.Path), f.Line)
		}
		if f.Help != "" {
			fmt.Fprintf(w, "  = help: %s\n", Clean(f.Help))
		}
	}
}

// prettyUnused tells which silence says nothing.
func prettyUnused(w io.Writer, s Style, r *backtest.Result) {
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, verdictText(&r.Summary)))
	if len(r.Budgets) > 0 && r.Summary.BudgetUndecided > 0 {
		fmt.Fprintf(w, "%s recorded too briefly to say whether the budget is kept\n", Count(r.Summary.BudgetUndecided, "rule"))
	}
	reasons := unusedReasons(r)
	for _, x := range reasons[:min(shownUnused, len(reasons))] {
		fmt.Fprintf(w, "  not exercised: %s, %s\n", Count(x.Count, "rule"), Clean(x.Text))
	}
	if n := len(reasons) - shownUnused; n > 0 {
		fmt.Fprintf(w, "  and for %s more\n", Count(n, "other reason"))
	}
	shown := 0
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Verdict != backtest.Partly || len(x.Missing) == 0 {
			continue
		}
		if shown++; shown <= shownPartly {
			fmt.Fprintf(w, "  partly exercised: %s: no event has %s\n", Clean(x.Title), Clean(someOf(x.Missing)))
		}
	}
	if shown > shownPartly {
		fmt.Fprintf(w, "  and %s more; -f json names all\n", Count(shown-shownPartly, "rule"))
	}
	prettyLacking(w, r)
}

// prettyLacking tells which correlations put matches into one group for want of a field.
func prettyLacking(w io.Writer, r *backtest.Result) {
	shown := 0
	for i := range r.Rules {
		for _, l := range r.Rules[i].Lacking {
			if shown++; shown <= shownPartly {
				fmt.Fprintf(w, "  grouped without it: %s: %d of %s have no %s\n", Clean(r.Rules[i].Title), l.Matches, Count(l.Of, "match"), Clean(l.Field))
			}
		}
	}
	if shown > shownPartly {
		fmt.Fprintf(w, "  and %s more; -f json names all\n", Count(shown-shownPartly, "field"))
	}
}

// reason is why rules were not exercised.
type reason struct {
	Text  string
	Count int
}

// someOf names the first of some fields.
func someOf(names []string) string {
	const shown = 3
	return strings.Join(names[:min(shown, len(names))], ", ") + andMore(len(names)-shown)
}

// unusedReasons groups the rules that were not exercised, the most common reason
// first.
func unusedReasons(r *backtest.Result) []reason {
	var out []reason
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Verdict != backtest.Unused || x.Gone() {
			continue
		}
		text := x.Reason
		if len(x.Missing) > 0 {
			text += ": " + someOf(x.Missing)
		}
		at := slices.IndexFunc(out, func(y reason) bool { return y.Text == text })
		if at < 0 {
			at = len(out)
			out = append(out, reason{Text: text})
		}
		out[at].Count++
	}
	slices.SortStableFunc(out, func(a, b reason) int { return b.Count - a.Count })
	return out
}
