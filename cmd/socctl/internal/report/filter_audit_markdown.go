package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/feedback/audit"
)

// filterAuditMarkdown writes a table of the worst exclusions, and what is dead.
func filterAuditMarkdown(w io.Writer, run *FilterAuditRun) error {
	fmt.Fprintf(w, "### socctl filter audit\n\n%s.\n", escapeMarkdown(filterAuditTotals(run)))
	var open, dead []*audit.Exclusion
	for i := range run.Result.Exclusions {
		if x := &run.Result.Exclusions[i]; x.State == audit.Dead {
			dead = append(dead, x)
		} else {
			open = append(open, x)
		}
	}
	if len(open) > 0 {
		fmt.Fprint(w, "\n| Grade | Rule | Exclusion | To hide | Touches | Stronger |\n|---|---|---|---|---|---|\n")
		for _, x := range open[:min(shownMarkdown, len(open))] {
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", verdictOf(x), escapeMarkdown(titleOfRule(x)), placeMarkdown(x), sentenceMarkdown(x.Bypass), escapeMarkdown(touches(x)), sentenceMarkdown(x.Stronger))
		}
		more(w, len(open))
	}
	if len(dead) > 0 {
		fmt.Fprint(w, "\n| Excludes nothing | Rule | Since |\n|---|---|---|\n")
		for _, x := range dead[:min(shownMarkdown, len(dead))] {
			fmt.Fprintf(w, "| %s | %s | %s |\n", placeMarkdown(x), escapeMarkdown(titleOfRule(x)), sentenceMarkdown(x.Why))
		}
		more(w, len(dead))
	}
	return nil
}

func more(w io.Writer, n int) {
	if n > shownMarkdown {
		fmt.Fprintf(w, "\nand %s more\n", Count(n-shownMarkdown, "exclusion"))
	}
}

func placeMarkdown(x *audit.Exclusion) string {
	place := fmt.Sprintf("`%s` `%s:%d`", codeText(x.Name), codeText(x.Path), x.Line)
	if x.Document != "" {
		place += " in filter " + escapeMarkdown(x.Document)
	}
	return place
}

// sentenceMarkdown keeps what stands between backquotes as code, and escapes all
// of it.
func sentenceMarkdown(text string) string {
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 {
		return escapeMarkdown(text)
	}
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 0:
			b.WriteString(escapeMarkdown(part))
		case strings.TrimSpace(part) == "":
			b.WriteString("“" + escapeMarkdown(part) + "”")
		default:
			b.WriteString("`" + codeText(part) + "`")
		}
	}
	return b.String()
}
