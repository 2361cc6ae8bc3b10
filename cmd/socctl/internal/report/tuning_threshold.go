package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/threshold"
)

// thresholdPretty tells what is known of a correlation's thresholds: the front, and
// which of it is proposed.
func thresholdPretty(w io.Writer, s Style, t *proposal.Threshold) {
	fmt.Fprintf(w, "\n%s  %s\n", s.Paint(Bold, Clean(t.Title)), s.Paint(Dim, Clean(t.Path)))
	if t.Weighed != nil {
		fmt.Fprintf(w, "  %s\n", weighedText(t.Weighed))
	}
	for _, why := range t.Abstained {
		fmt.Fprintf(w, "  %s %s\n", s.Paint(Yellow, "abstained:"), Clean(why))
	}
	if t.Patch != nil {
		fmt.Fprintf(w, "  %s %s\n", s.Paint(Green, string(t.Lane)+" "+string(t.Tier)), choiceText(t.Weighed))
		fmt.Fprintf(w, "    %s\n", leftOutText(t.Weighed))
		for _, m := range t.Missing {
			fmt.Fprintf(w, "    %s %s\n", s.Paint(Yellow, "missing:"), Clean(m))
		}
	}
	if t.Weighed == nil {
		return
	}
	fmt.Fprintf(w, "  %9s %8s %8s %5s %9s %4s\n", "threshold", "timespan", "removed", "lost", "unjudged", "new")
	for _, p := range shownPoints(t.Weighed) {
		fmt.Fprintf(w, "  %9d %8s %8d %5d %9d %4d  %s\n", p.Threshold, p.Timespan, p.Removed, p.Lost, p.Unjudged, p.New, pointNote(&p, t))
	}
}

func weighedText(x *threshold.Weighed) string {
	return fmt.Sprintf("%s with %d in %s: %d no attack, %d must stay, %d not judged; %d choices tried", Count(x.Base.Alerts, "alert"), x.Base.Threshold, x.Base.Timespan,
		x.False, x.Protected, x.Unjudged, x.Tried)
}

func choiceText(x *threshold.Weighed) string {
	p := x.Choice
	return fmt.Sprintf("%d in %s: %d of %d that were no attack go, 0 of %d that must stay", p.Threshold, p.Timespan, p.Removed, x.False, x.Protected)
}

func leftOutText(x *threshold.Weighed) string {
	return fmt.Sprintf("had it not been known, %d of %d that must stay would have been lost; of all attacks it loses at most %.0f %% (95 %%)", x.LeftOut, x.Protected, 100*x.LostBound)
}

// shownPoints are the front and, where its margin costs alerts that others would
// remove, the choice.
func shownPoints(x *threshold.Weighed) []threshold.Point {
	out := slices.Clone(x.Front)
	if c := x.Choice; c != nil && !slices.ContainsFunc(out, func(p threshold.Point) bool { return p.Threshold == c.Threshold && p.Timespan == c.Timespan }) {
		out = append([]threshold.Point{*c}, out...)
	}
	return out
}

func pointNote(p *threshold.Point, t *proposal.Threshold) string {
	x := t.Weighed
	note := "no margin"
	if p.Margin {
		note = "with a margin"
	}
	if p.Threshold == x.Base.Threshold && p.Timespan == x.Base.Timespan {
		note += ", as it is"
	}
	if c := x.Choice; t.Patch != nil && p.Threshold == c.Threshold && p.Timespan == c.Timespan {
		note += ", proposed"
	}
	return note
}

// thresholdMarkdown writes the certificate of a change of a threshold.
func thresholdMarkdown(w io.Writer, t *proposal.Threshold) {
	fmt.Fprintf(w, "\n## %s\n\n`%s`, %s", escapeMarkdown(t.Title), codeText(t.Path), escapeMarkdown(t.Type))
	if t.Weighed != nil {
		fmt.Fprintf(w, ": %s", weighedText(t.Weighed))
	}
	fmt.Fprintf(w, ".\n")
	for _, why := range t.Abstained {
		fmt.Fprintf(w, "\n**Abstained**: %s.\n", escapeMarkdown(why))
	}
	if t.Patch != nil {
		fmt.Fprintf(w, "\n### Fire at %d in %s\n\n**A person has to decide.** %s.\n\n", t.Weighed.Choice.Threshold, t.Weighed.Choice.Timespan, choiceText(t.Weighed))
		fmt.Fprintf(w, "It was chosen by the alerts that it was counted on: %s. To hide in it an attacker stays below %d in %s.\n", leftOutText(t.Weighed), t.Weighed.Choice.Threshold, t.Weighed.Choice.Timespan)
		for _, m := range t.Missing {
			fmt.Fprintf(w, "\nMissing behind it: %s.\n", escapeMarkdown(m))
		}
	}
	if t.Weighed != nil {
		fmt.Fprintf(w, "\n| threshold | timespan | removed | lost | unjudged | new | |\n|--:|--:|--:|--:|--:|--:|---|\n")
		for _, p := range shownPoints(t.Weighed) {
			fmt.Fprintf(w, "| %d | %s | %d | %d | %d | %d | %s |\n", p.Threshold, p.Timespan, p.Removed, p.Lost, p.Unjudged, p.New, pointNote(&p, t))
		}
	}
	if t.Patch != nil {
		fmt.Fprintf(w, "\n%s, `%s`\n\n%s", Count(t.Verdicts, "verdict"), codeText(t.Evidence), fenced("diff", t.Patch.Diff))
	}
}

// fenced returns a block of code that what is in it cannot end.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + text + fence + "\n"
}
