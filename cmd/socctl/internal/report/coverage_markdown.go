package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/attack/coverage"
)

// coverageMark lets whoever posts the comment find it again.
const coverageMark = "<!-- socctl coverage -->"

// coverageMarkdown writes what belongs into a pull request.
func coverageMarkdown(w io.Writer, r *coverage.Report) error {
	fmt.Fprintf(w, "%s\n### socctl coverage: %s\n\n", coverageMark, markdownCoverageVerdict(r))
	fmt.Fprintf(w, "%s.\n\n", escapeMarkdown(headlineOf(r)))
	if r.Delta != nil {
		markdownDelta(w, r, r.Delta)
	}
	markdownHistogram(w, r)
	fmt.Fprintf(w, "<details><summary>By tactic</summary>\n\n| Tactic | 4 | 3b | 3a | 2 | 1 | 0 |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for _, t := range r.Tactics {
		markdownRow(w, t.Name, t.Techniques)
	}
	fmt.Fprintf(w, "\n</details>\n\n<sub>%s. %s. %s</sub>\n", escapeMarkdown(scoreText(r)), escapeMarkdown(thresholdText(&r.Options)), escapeMarkdown(r.Caveat))
	return nil
}

func markdownCoverageVerdict(r *coverage.Report) string {
	d := r.Delta
	switch {
	case d == nil:
		h := r.Summary.Techniques
		return fmt.Sprintf("level 3 or above for %d of %d techniques", h.AtLeast(coverage.Self), h.Total())
	case len(d.Violations) > 0:
		return "⛔ " + Count(len(d.Violations), "violation") + " · " + kindCounts(d)
	}
	return kindCounts(d)
}

func markdownHistogram(w io.Writer, r *coverage.Report) {
	fmt.Fprintf(w, "| Techniques in scope | 4 | 3b | 3a | 2 | 1 | 0 |\n|---|--:|--:|--:|--:|--:|--:|\n")
	if r.Delta != nil {
		markdownRow(w, "before", r.Delta.Before.Techniques)
	}
	markdownRow(w, "now", r.Summary.Techniques)
	fmt.Fprintln(w)
}

func markdownRow(w io.Writer, name string, h coverage.Histogram) {
	fmt.Fprintf(w, "| %s", escapeMarkdown(name))
	for _, l := range shown() {
		fmt.Fprintf(w, " | %d", h[l])
	}
	fmt.Fprintln(w, " |")
}

func markdownDelta(w io.Writer, r *coverage.Report, d *coverage.Delta) {
	markdownList(w, len(d.Violations), "violation", func(i int) string { return "⛔ " + escapeMarkdown(violationText(&d.Violations[i])) })
	markdownList(w, len(d.Waived), "waived violation", func(i int) string {
		v := &d.Waived[i]
		return fmt.Sprintf("waived until %s by %s: %s (%s)", v.Waiver.Expires.Format("2006-01-02"), escapeMarkdown(v.Waiver.Owner), escapeMarkdown(violationText(v)), escapeMarkdown(v.Waiver.Reason))
	})
	markdownList(w, len(d.Sole), "touched rule", func(i int) string {
		x := &d.Sole[i]
		return fmt.Sprintf("touched: %s, on which alone hang %s", escapeMarkdown(x.Title), escapeMarkdown(strings.Join(x.Techniques, ", ")))
	})
	if len(d.Violations)+len(d.Waived)+len(d.Sole) > 0 {
		fmt.Fprintln(w)
	}
	var worse, better, claimed []*coverage.Change
	for i := range d.Changes {
		c := &d.Changes[i]
		switch {
		case c.Unproven:
			claimed = append(claimed, c)
		case c.To > c.From:
			better = append(better, c)
		default:
			worse = append(worse, c)
		}
	}
	markdownChangeTable(w, "", worse)
	markdownChangeTable(w, "Gained and strengthened", better)
	markdownChangeTable(w, "Claimed, unproven: tags alone, which offset no loss", claimed)
	if d.FactsBefore != "" {
		var moved []*coverage.Change
		for i := range d.Taxonomy {
			moved = append(moved, &d.Taxonomy[i])
		}
		markdownChangeTable(w, fmt.Sprintf("Taxonomy: ATT&CK %s to %s, with the rules of before", escapeMarkdown(d.FactsBefore), r.Facts.Version), moved)
	}
}

// markdownList writes items, as many as a table has rows.
func markdownList(w io.Writer, n int, thing string, item func(i int) string) {
	for i := range min(n, shownMarkdown) {
		fmt.Fprintf(w, "- %s\n", item(i))
	}
	if more := n - shownMarkdown; more > 0 {
		fmt.Fprintf(w, "- and %s more\n", Count(more, thing))
	}
}

// markdownChangeTable writes changes, folded up if they have a title.
func markdownChangeTable(w io.Writer, title string, list []*coverage.Change) {
	if len(list) == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(w, "<details><summary>%s (%d)</summary>\n\n", title, len(list))
	}
	fmt.Fprintf(w, "| Technique | Platform | Change | From | To | Cause |\n|---|---|---|---|---|---|\n")
	for _, c := range list[:min(shownMarkdown, len(list))] {
		var causes []string
		for i := range c.Causes[:min(3, len(c.Causes))] {
			causes = append(causes, escapeMarkdown(causeLine(&c.Causes[i])))
		}
		if n := len(c.Causes) - 3; n > 0 {
			causes = append(causes, fmt.Sprintf("and %s more", Count(n, "rule")))
		}
		fmt.Fprintf(w, "| %s %s | %s | %s | %s | %s | %s |\n", c.Technique, escapeMarkdown(c.Name), escapeMarkdown(c.Platform), c.Kind, c.From, c.To, strings.Join(causes, "<br>"))
	}
	if n := len(list) - shownMarkdown; n > 0 {
		fmt.Fprintf(w, "\nand %s more\n", Count(n, "cell"))
	}
	if title != "" {
		fmt.Fprintf(w, "\n</details>\n")
	}
	fmt.Fprintln(w)
}
