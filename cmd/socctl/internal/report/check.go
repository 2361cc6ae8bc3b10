package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/lint"
)

// Check writes the documentation of a check for a terminal.
func Check(w io.Writer, s Style, c *lint.Check) {
	fmt.Fprintf(w, "%s: %s\n\n", s.Paint(Bold, c.Name), c.Title)
	facts := []string{c.Severity.String()}
	if c.Off {
		facts = append(facts, "off unless the configuration turns it on")
	}
	if c.Fixed {
		facts = append(facts, "cannot be ignored: a rule with it is not evaluated")
	}
	if c.Fixable {
		facts = append(facts, "--fix corrects it")
	}
	facts = append(facts, "looks at "+map[lint.Scope]string{lint.RuleScope: "one rule", lint.CorpusScope: "all rules", lint.BaseScope: "all rules, and as they were before"}[c.Scope])
	fmt.Fprintf(w, "%s\n\n%s\n", strings.Join(facts, " · "), c.Doc)
	example(w, s, "Bad", c.Bad)
	example(w, s, "Good", c.Good)
	if len(c.Options) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "Options"))
		for _, o := range c.Options {
			fmt.Fprintf(w, "  %s: %s (default %v)\n", o.Name, o.Doc, o.Default)
		}
	}
	if len(c.Aliases) > 0 {
		fmt.Fprintf(w, "\n%s %s\n", s.Paint(Bold, "Formerly"), strings.Join(c.Aliases, ", "))
	}
	if len(c.Elsewhere) > 0 {
		fmt.Fprintf(w, "\n%s %s\n", s.Paint(Bold, "Elsewhere"), strings.Join(c.Elsewhere, ", "))
	}
}

// example prints an example, which a check of one's own need not have.
func example(w io.Writer, s Style, title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, title))
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		fmt.Fprintf(w, "  %s\n", line)
	}
}
