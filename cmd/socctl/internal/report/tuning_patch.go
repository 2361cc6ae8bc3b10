package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/feedback/proposal"
)

// patchPretty tells that the rule can be changed instead of filters being added.
func patchPretty(w io.Writer, s Style, x *proposal.Rule) {
	switch p := x.Patch; {
	case p != nil:
		fmt.Fprintf(w, "  %s %s, proven to mean the same: %s\n", s.Paint(Green, "or in the rule"), strings.Join(p.Selections, ", "), Clean(p.Reason))
	case x.PatchRefused != "":
		fmt.Fprintf(w, "  %s %s\n", s.Paint(Yellow, "not in the rule:"), Clean(x.PatchRefused))
	}
}

func patchMarkdown(w io.Writer, x *proposal.Rule) {
	if x.PatchRefused != "" {
		fmt.Fprintf(w, "\nThe cause is generic, but the rule cannot be changed: %s.\n", escapeMarkdown(x.PatchRefused))
	}
	p := x.Patch
	if p == nil {
		return
	}
	single := ""
	if p.Single {
		single = " for events of which every field has one value"
	}
	fmt.Fprintf(w, "\n### Or in the rule\n\nThe cause is generic: %s. Proven to mean the same as the rule with %s%s; it does not end by itself.\n\n%s", escapeMarkdown(p.Reason), Count(len(p.Filters), "filter"), single, fenced("diff", p.Diff))
}

// levelPretty tells of a level that does not fit.
func levelPretty(w io.Writer, s Style, l *proposal.Level) {
	fmt.Fprintf(w, "\n%s  %s\n  %s level %s instead of %s\n", s.Paint(Bold, Clean(l.Title)), s.Paint(Dim, Clean(l.Path)), s.Paint(Green, string(l.Lane)), Clean(l.To), Clean(l.From))
	for _, why := range l.Reasons {
		fmt.Fprintf(w, "    %s\n", Clean(why))
	}
}

func levelMarkdown(w io.Writer, l *proposal.Level) {
	fmt.Fprintf(w, "\n## %s\n\n### Level %s instead of %s\n\n**A person has to decide.**\n\n", escapeMarkdown(l.Title), escapeMarkdown(l.To), escapeMarkdown(l.From))
	for _, why := range l.Reasons {
		fmt.Fprintf(w, "- %s\n", escapeMarkdown(why))
	}
	fmt.Fprintf(w, "\n%s", fenced("diff", l.Patch.Diff))
}
