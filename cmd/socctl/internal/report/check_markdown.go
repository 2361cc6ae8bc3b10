package report

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
)

// CheckPage writes the page of a check in the documentation.
func CheckPage(w io.Writer, c *lint.Check) {
	fmt.Fprintf(w, "# %s\n\n%s.\n\n%s\n\n", c.Name, upperFirst(c.Title), c.Doc)
	fmt.Fprintf(w, "| | |\n|---|---|\n| Severity | %s |\n", severityText(c))
	fmt.Fprintf(w, "| Looks at | %s |\n", map[lint.Scope]string{lint.RuleScope: "one document at a time", lint.CorpusScope: "all documents together",
		lint.BaseScope: "all documents, and as they were before a change (`--base`)"}[c.Scope])
	if c.Online {
		fmt.Fprintf(w, "| Network | asks other hosts; runs only where it is named itself, not by its group, and never in an editor |\n")
	}
	fix := "no"
	if c.Fixable {
		fix = "`socctl lint --fix` corrects it where there is no choice"
	}
	fmt.Fprintf(w, "| Fix | %s |\n", fix)
	if len(c.Aliases) > 0 {
		fmt.Fprintf(w, "| Former names | `%s` |\n", strings.Join(c.Aliases, "`, `"))
	}
	if len(c.Elsewhere) > 0 {
		fmt.Fprintf(w, "| In other tools | %s |\n", strings.Join(c.Elsewhere, ", "))
	}
	markdownExample(w, "Bad", c.Bad)
	markdownExample(w, "Good", c.Good)
	if len(c.Options) > 0 {
		fmt.Fprintf(w, "\n## Options\n\n| Option | What it sets | Default |\n|---|---|---|\n")
		for _, o := range c.Options {
			fmt.Fprintf(w, "| `%s` | %s | `%v` |\n", o.Name, o.Doc, o.Default)
		}
	}
}

func severityText(c *lint.Check) string {
	switch {
	case c.Off:
		return c.Severity.String() + "; off unless the configuration turns it on"
	case c.Fixed:
		return c.Severity.String() + "; cannot be lowered or ignored, because a document with it is not evaluated"
	}
	return c.Severity.String()
}

// markdownExample writes the files of an example as they stand in its record.
func markdownExample(w io.Writer, title, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(w, "\n## %s\n\n~~~\n%s\n~~~\n", title, strings.ToValidUTF8(strings.Trim(text, "\n"), "\uFFFD"))
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Absent is a check of another tool that socctl does not have.
type Absent struct{ Tool, Name, Reason string }

// ChecksPage writes the list of all checks, and the table that maps names of
// other tools to them, or says why there is none.
func ChecksPage(w io.Writer, checks []*lint.Check, absent []Absent) {
	fmt.Fprintf(w, `# Checks

What `+"`socctl lint`"+` looks for: %d checks. `+"`socctl explain NAME`"+` shows a page of this list in the terminal. How checks are configured,
ignored and fixed is told in docs/lint.md. This page and those it leads to are made from the records of the checks.

`, len(checks))
	group := ""
	for _, c := range checks {
		if c.Group() != group {
			group = c.Group()
			fmt.Fprintf(w, "\n## %s\n\n| Check | Severity | Fix | What is wrong |\n|---|---|---|---|\n", group)
		}
		severity := c.Severity.String()
		if c.Off {
			severity = "off (" + severity + ")"
		}
		fix := ""
		if c.Fixable {
			fix = "yes"
		}
		fmt.Fprintf(w, "| [%s](checks/%s.md) | %s | %s | %s |\n", c.Name, c.Name, severity, fix, c.Title)
	}
	mapping(w, checks, absent)
}

// mapping writes which names of other tools stand for which check.
func mapping(w io.Writer, checks []*lint.Check, absent []Absent) {
	type row struct{ tool, name, here string }
	var rows []row
	for _, c := range checks {
		for _, e := range c.Elsewhere {
			tool, name, ok := strings.Cut(e, " ")
			if !ok {
				continue
			}
			rows = append(rows, row{strings.TrimSuffix(tool, ":"), name, fmt.Sprintf("[%s](%s)", c.Name, path.Join("checks", c.Name+".md"))})
		}
	}
	for _, a := range absent {
		rows = append(rows, row{a.Tool, a.Name, "not a check of ours: " + a.Reason})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.tool, b.tool), cmp.Compare(a.name, b.name), cmp.Compare(a.here, b.here))
	})
	tool := ""
	fmt.Fprint(w, "\n# Names in other tools\n")
	for _, r := range rows {
		if r.tool != tool {
			tool = r.tool
			fmt.Fprintf(w, "\n## From %s\n\n| There | Here |\n|---|---|\n", tool)
		}
		fmt.Fprintf(w, "| %s | %s |\n", strings.ReplaceAll(r.name, "|", `\|`), r.here)
	}
}
