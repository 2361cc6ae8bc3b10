package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
)

// shownMarkdown is how many rows of a table the Markdown form has; a comment on a
// pull request cannot be long.
const shownMarkdown = 20

// backtestMarkdown writes what belongs into a pull request: with a base the rules
// of which a change shows, otherwise those with the most alerts.
func backtestMarkdown(w io.Writer, run *BacktestRun) error {
	r := run.Result
	fmt.Fprintf(w, "### socctl backtest: %s\n\n", markdownVerdict(r))
	if r.Partial {
		fmt.Fprintf(w, "> [!WARNING]\n> %s.\n\n", partialText)
	}
	fmt.Fprintf(w, "%s.\n\n", escapeMarkdown(totalText(r)))
	if r.Base != nil {
		markdownChanges(w, r)
	}
	markdownFindings(w, r)
	markdownFired(w, r)
	fmt.Fprintf(w, "%s%s.\n", verdictText(&r.Summary), run.caveats())
	markdownUnused(w, r)
	return nil
}

func markdownVerdict(r *backtest.Result) string {
	s := &r.Summary
	var words []string
	if n := len(r.Findings); n > 0 {
		words = append(words, Count(n, "finding"))
	}
	if d := s.Delta; d != nil {
		if d.Broken > 0 {
			words = append(words, "⛔ "+Count(d.Broken, "broken rule"))
		}
		words = append(words, fmt.Sprintf("%s changed", Count(d.Mended+d.Added+d.Removed+d.Changed, "rule")), fmt.Sprintf("+%d −%d events", d.Gained, d.Lost))
	}
	return strings.Join(append(words, Count(s.Alerts, "alert")), " · ")
}

func markdownChanges(w io.Writer, r *backtest.Result) {
	list := changed(r)
	if len(list) == 0 {
		fmt.Fprintf(w, "No rule changed its meaning since %s.\n\n", escapeMarkdown(r.Base.Ref))
		return
	}
	fmt.Fprintf(w, "| Rule | Change | Gained | Lost | Alerts a day before | after | |\n|---|---|---|---|---|---|---|\n")
	for _, x := range list[:min(shownMarkdown, len(list))] {
		c := x.Change
		note := ""
		switch {
		case c.Status == backtest.Broken:
			note = fmt.Sprintf("⛔ %s; %s that it matched before not seen", escapeMarkdown(flawText(c)), Count(c.Unseen, "event"))
		case x.Budget != nil && x.Budget.State == backtest.Exceeded:
			note = "⛔ budget " + short(x.Budget.PerDay)
		case x.Budget != nil && x.Budget.State == backtest.Undecided && x.Alerts > 0:
			note = "budget " + short(x.Budget.PerDay) + " undecided"
		case c.Status == backtest.Mended:
			note = escapeMarkdown(flawText(c))
		case x.Verdict == backtest.Unused:
			note = "not exercised"
		}
		fmt.Fprintf(w, "| %s | %s | %d | %d | %s | %s | %s |\n", markdownRule(x), c.Status, c.Gained, c.Lost, rateText(c.RateBefore), rateText(x.Rate), note)
	}
	if n := len(list) - shownMarkdown; n > 0 {
		fmt.Fprintf(w, "\nand %s more\n", Count(n, "rule"))
	}
	fmt.Fprintln(w)
	for _, x := range list[:min(shownMarkdown, len(list))] {
		markdownSamples(w, x)
	}
}

func markdownRule(r *backtest.RuleReport) string {
	out := escapeMarkdown(r.Title)
	if r.Level != "" {
		out += " `" + codeText(r.Level) + "`"
	}
	return out
}

func markdownSamples(w io.Writer, r *backtest.RuleReport) {
	if len(r.Change.GainedSamples)+len(r.Change.LostSamples)+len(r.Change.UnseenSamples) == 0 {
		return
	}
	fmt.Fprintf(w, "<details><summary>%s: events</summary>\n\n", escapeMarkdown(r.Title))
	for _, side := range []struct {
		sign    string
		samples []backtest.Sample
	}{{"gained", r.Change.GainedSamples}, {"lost", r.Change.LostSamples}, {"unseen", r.Change.UnseenSamples}} {
		for _, x := range side.samples {
			fmt.Fprintf(w, "- %s: `%s` record %d %s", side.sign, codeText(x.Source), x.Record, x.Time)
			if len(x.Fields) > 0 { // of keywords there are none
				fmt.Fprintf(w, " `%s`", codeText(fieldsText(x.Fields)))
			}
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintf(w, "\n</details>\n\n")
}

func markdownFindings(w io.Writer, r *backtest.Result) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if i == shownMarkdown {
			fmt.Fprintf(w, "- and %s more\n", Count(len(r.Findings)-i, "finding"))
			break
		}
		fmt.Fprintf(w, "- `%s` %s: %s\n", f.Name, escapeMarkdown(titleOf(r, f)), escapeMarkdown(f.Message))
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(w)
	}
}

func markdownFired(w io.Writer, r *backtest.Result) {
	fired := busiest(r)
	if len(fired) == 0 {
		return
	}
	fmt.Fprintf(w, "<details><summary>Rules that fired (%d)</summary>\n\n| Rule | Alerts | A day (95 %%) | Hosts | Causes | Budget |\n|---|---|---|---|---|---|\n", len(fired))
	for _, x := range fired[:min(shownMarkdown, len(fired))] {
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %s |\n", markdownRule(x), x.Alerts, rateText(x.Rate), distinct(x.Hosts), causes(x.RootCauses), budgetText(x.Budget))
	}
	if n := len(fired) - shownMarkdown; n > 0 {
		fmt.Fprintf(w, "\nand %s more\n", Count(n, "rule"))
	}
	fmt.Fprintf(w, "\n</details>\n\n")
}

func markdownUnused(w io.Writer, r *backtest.Result) {
	reasons := unusedReasons(r)
	if len(reasons) == 0 {
		return
	}
	fmt.Fprintf(w, "\n<details><summary>Not exercised: their silence says nothing (%d)</summary>\n\n", r.Summary.NotExercised)
	for _, x := range reasons[:min(shownMarkdown, len(reasons))] {
		fmt.Fprintf(w, "- %s: %s\n", Count(x.Count, "rule"), escapeMarkdown(x.Text))
	}
	if n := len(reasons) - shownMarkdown; n > 0 {
		fmt.Fprintf(w, "- and for %s more\n", Count(n, "other reason"))
	}
	fmt.Fprintf(w, "\n</details>\n")
}

// bareHost is what GitHub takes for the beginning of an address.
var bareHost = regexp.MustCompile(`(?i)(www)\.`)

// escapeMarkdown makes untrusted text plain: it can neither format, link, mention
// anybody nor leave its cell.
func escapeMarkdown(text string) string {
	var b strings.Builder
	text = bareHost.ReplaceAllString(strings.ReplaceAll(Clean(text), "://", ":\u2060//"), "$1\u2060.") // no link of a bare address
	for _, c := range text {
		switch {
		case c == '@' || c == '#':
			b.WriteRune(c)
			b.WriteString("\u2060") // no mention, no reference to an issue
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]|~!$", c):
			b.WriteByte('\\')
			b.WriteRune(c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// codeText makes untrusted text safe between backquotes, also in a table.
func codeText(text string) string {
	return strings.NewReplacer("`", "'", "|", "¦", "\n", " ").Replace(Clean(text))
}
