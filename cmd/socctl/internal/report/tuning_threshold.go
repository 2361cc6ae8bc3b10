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
		fmt.Fprintf(w, "  %s %s\n", s.Paint(Green, string(t.Lane)+" "+string(t.Tier)), Clean(choiceText(t.Weighed)))
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
		fmt.Fprintf(w, "  %9d %8s %8d %5d %9d %4d  %s\n", p.Threshold, p.Timespan, p.Removed, p.Lost, p.Unjudged, p.New, Clean(pointNote(&p, t)))
	}
}

func weighedText(x *threshold.Weighed) string {
	return fmt.Sprintf("%s with %d in %s: %d no attack, %d must stay, %d not judged; %d choices tried", Count(x.Base.Alerts, "alert"), x.Base.Threshold, x.Base.Timespan,
		x.False, x.Protected, x.Unjudged, x.Tried)
}

func choiceText(x *threshold.Weighed) string {
	p := x.Choice
	text := fmt.Sprintf("%d in %s%s: %d of %d that were no attack go, 0 of %d that must stay", p.Threshold, p.Timespan, groupedText(p), p.Removed, x.False, x.Protected)
	if p.Merged > 0 {
		text += fmt.Sprintf("; %d of these are told in one alert with those of other groups", p.Merged)
	}
	return text
}

// groupedText says by what a point groups, if in another way than the correlation.
func groupedText(p *threshold.Point) string {
	if !p.Regrouped() {
		return ""
	}
	return " by " + strings.Join(p.GroupBy, " and ")
}

func leftOutText(x *threshold.Weighed) string {
	from := ""
	if x.Attacks != x.Protected {
		from = fmt.Sprintf(", from %s: those of a group once a day", Count(x.Attacks, "known one"))
	}
	return fmt.Sprintf("had it not been known, %d of %d that must stay would have been lost; of all attacks it loses at most %s (95 %%%s)", x.LeftOut, x.Protected, atMost(x.LostBound), from)
}

// shownPoints are the front and, where its margin costs alerts that others would
// remove, the choice; if this has other groups, what would be chosen by the present ones.
func shownPoints(x *threshold.Weighed) []threshold.Point {
	out := slices.Clone(x.Front)
	if p := x.Plain; p != nil && !slices.ContainsFunc(out, func(q threshold.Point) bool { return samePoint(&q, p) }) {
		out = append([]threshold.Point{*p}, out...)
	}
	if c := x.Choice; c != nil && !slices.ContainsFunc(out, func(p threshold.Point) bool { return samePoint(&p, c) }) {
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
	if text := groupedText(p); text != "" {
		note = text[1:] + ", " + note
	}
	if p.Merged > 0 {
		note += fmt.Sprintf(", %d told with others", p.Merged)
	}
	if x.Plain != nil && samePoint(p, x.Plain) {
		note += ", the best by the groups as they are"
	}
	if samePoint(p, &x.Base) {
		note += ", as it is"
	}
	if c := x.Choice; t.Patch != nil && samePoint(p, c) {
		note += ", proposed"
	}
	return note
}

func samePoint(p, q *threshold.Point) bool {
	return p.Threshold == q.Threshold && p.Timespan == q.Timespan && slices.Equal(p.GroupBy, q.GroupBy)
}

// hidingText says what gets past a choice.
func hidingText(p *threshold.Point) string {
	text := fmt.Sprintf("To hide in it an attacker stays below %d in %s", p.Threshold, p.Timespan)
	if p.Regrouped() {
		by := strings.Join(p.GroupBy, " and ")
		text += " for each " + by + ": whoever comes under another " + by + " is counted apart"
	}
	return text
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
		fmt.Fprintf(w, "\n### Fire at %d in %s%s\n\n**A person has to decide.** %s.\n\n", t.Weighed.Choice.Threshold, t.Weighed.Choice.Timespan, escapeMarkdown(groupedText(t.Weighed.Choice)), escapeMarkdown(choiceText(t.Weighed)))
		fmt.Fprintf(w, "It was chosen by the alerts that it was counted on: %s. %s.\n", leftOutText(t.Weighed), escapeMarkdown(hidingText(t.Weighed.Choice)))
		for _, m := range t.Missing {
			fmt.Fprintf(w, "\nMissing behind it: %s.\n", escapeMarkdown(m))
		}
	}
	if t.Weighed != nil {
		fmt.Fprintf(w, "\n| threshold | timespan | removed | lost | unjudged | new | |\n|--:|--:|--:|--:|--:|--:|---|\n")
		for _, p := range shownPoints(t.Weighed) {
			fmt.Fprintf(w, "| %d | %s | %d | %d | %d | %d | %s |\n", p.Threshold, p.Timespan, p.Removed, p.Lost, p.Unjudged, p.New, escapeMarkdown(pointNote(&p, t)))
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
