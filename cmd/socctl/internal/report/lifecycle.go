package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/feedback/lifecycle"
)

// LifecycleFormats are the formats of what rules have earned.
var LifecycleFormats = []string{"pretty", "json", "markdown"}

// Lifecycle writes what rules have earned in one of its formats.
func Lifecycle(w io.Writer, s Style, format string, r *lifecycle.Report, verbose bool) error {
	switch format {
	case "json":
		return writeJSON(w, r)
	case "markdown":
		return lifecycleMarkdown(w, r)
	}
	lifecyclePretty(w, s, r, verbose)
	return nil
}

// lifecycleLine sums up a report.
func lifecycleLine(r *lifecycle.Report) string {
	parts := []string{Count(r.Summary["rules"], "rule")}
	for _, p := range lifecycle.Proposals() {
		if n := r.Summary[string(p)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, proposalText(p)))
		}
	}
	return strings.Join(parts, ", ")
}

func proposalText(p lifecycle.Proposal) string {
	if p == lifecycle.NoEvidence {
		return "not enough evidence"
	}
	return string(p)
}

// fromTo is the change of status that is proposed, or what a rule waits for.
func fromTo(r *lifecycle.Rule) string {
	status := r.Status
	if status == "" {
		status = "no status"
	}
	if r.To == "" {
		return status
	}
	return status + " → " + r.To
}

// shownWaiting is how many rules the pretty form tells of that nothing is proposed
// for.
const shownWaiting = 15

func lifecyclePretty(w io.Writer, s Style, r *lifecycle.Report, verbose bool) {
	if r.Partial {
		fmt.Fprintln(w, s.Paint(Red, partialText))
	}
	fmt.Fprintln(w, s.Paint(Bold, lifecycleLine(r)))
	if !r.Replayed {
		fmt.Fprintln(w, s.Paint(Dim, "no recording was replayed: no day counts"))
	}
	shown := 0
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Proposal == lifecycle.Keep && len(x.Against) == 0 && !verbose {
			continue
		}
		if x.Proposal != lifecycle.Promote && x.Proposal != lifecycle.Deprecate {
			if shown++; shown > shownWaiting && !verbose {
				continue
			}
		}
		lifecycleRule(w, s, x, verbose)
	}
	if n := shown - shownWaiting; n > 0 && !verbose {
		fmt.Fprintf(w, "\nand %s more that wait; -v shows all, -f json has everything\n", Count(n, "rule"))
	}
}

func lifecycleRule(w io.Writer, s Style, x *lifecycle.Rule, verbose bool) {
	colour := map[lifecycle.Proposal]string{lifecycle.Promote: Green, lifecycle.Deprecate: Yellow, lifecycle.NoEvidence: Dim}[x.Proposal]
	fmt.Fprintf(w, "\n%s %s  %s  %s\n", s.Paint(colour, proposalText(x.Proposal)), s.Paint(Bold, Clean(x.Title)), fromTo(x), s.Paint(Dim, fmt.Sprintf("%s:%d", Clean(x.Path), x.Line)))
	if h := x.Successor; h != nil {
		fmt.Fprintf(w, "  %s\n", Clean(successorText(h)))
	}
	for _, c := range x.Criteria {
		if c.Met && x.Proposal != lifecycle.Promote && !verbose || c.Met && c.Asked == 0 && c.Name != "unjudged" {
			continue
		}
		mark := s.Paint(Green, "✓")
		if !c.Met {
			mark = s.Paint(Red, "✗")
		}
		fmt.Fprintf(w, "  %s %s\n", mark, Clean(c.Text))
	}
	for _, text := range x.Against {
		fmt.Fprintf(w, "  %s %s\n", s.Paint(Red, "✗"), Clean(text))
	}
}

// successorText says what a rule is replaced by and how that is known.
func successorText(h *lifecycle.Successor) string {
	text := fmt.Sprintf("%s (%s:%d) matches every event that this rule matches", h.Title, h.Path, h.Line)
	if h.Same {
		text = fmt.Sprintf("%s (%s:%d) matches the same events", h.Title, h.Path, h.Line)
	}
	if !h.Sure {
		text += ", unless a field holds several values at once"
	}
	if h.Declared != "" {
		text += "; it names this rule as " + h.Declared
	}
	return text
}

// lifecycleWhy lists the reasons of a proposal as they are told in a table.
func lifecycleWhy(x *lifecycle.Rule) string {
	var why []string
	if x.Successor != nil {
		why = append(why, successorText(x.Successor))
	}
	for _, c := range x.Criteria {
		switch {
		case !c.Met:
			why = append(why, "missing: "+c.Text)
		case x.Proposal == lifecycle.Promote && (c.Asked > 0 || c.Name == "unjudged"):
			why = append(why, c.Text)
		}
	}
	return escapeMarkdown(strings.Join(append(why, x.Against...), "; "))
}

func lifecycleMarkdown(w io.Writer, r *lifecycle.Report) error {
	fmt.Fprintf(w, "## Rule lifecycle\n\n%s\n", lifecycleLine(r))
	if r.Partial {
		fmt.Fprintf(w, "\n**%s**\n", partialText)
	}
	if !r.Replayed {
		fmt.Fprintf(w, "\nNo recording was replayed: no day counts.\n")
	}
	fmt.Fprintf(w, "\n| Proposal | Rule | Status | Why |\n|---|---|---|---|\n")
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Proposal == lifecycle.Keep && len(x.Against) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "| %s | %s | %s | %s |\n", proposalText(x.Proposal), escapeMarkdown(x.Title), fromTo(x), lifecycleWhy(x)); err != nil {
			return err
		}
	}
	return nil
}
