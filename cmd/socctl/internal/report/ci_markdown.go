package report

import (
	"fmt"
	"io"
	"strings"
)

// CIMarker begins the comment on a pull request, by which it is found again.
const CIMarker = "<!-- socctl -->"

// maxComment is what a comment of GitHub may hold, in characters, with some to
// spare; maxRows how many rules the table shows before the rest is folded.
const (
	maxComment = 60_000
	maxRows    = 5

	maxBlockers = 10 // that are told one by one
)

// ciMarkdown writes one comment: the verdict first, only what changed, the worst
// first, details folded. It is empty if no rule changed. Everything from rules and
// events is escaped, and what would make it too long is left out, and said to be.
func ciMarkdown(w io.Writer, r *CIRun) error {
	if !r.Changed() && len(r.Blockers()) == 0 {
		return nil
	}
	c := &comment{left: maxComment}
	c.add(fmt.Sprintf("%s\n### socctl: %s\n\n", CIMarker, escapeMarkdown(r.Verdict())))
	rows, rest := r.rows()
	if len(rows) > 0 {
		c.add(ciTable(rows[:min(len(rows), maxRows)]))
	}
	blockers := r.Blockers()
	for _, b := range blockers[:min(len(blockers), maxBlockers)] {
		place := ""
		if b.Path != "" {
			place = fmt.Sprintf(" `%s:%d`", codeText(b.Path), b.Line)
		}
		c.add(fmt.Sprintf("**Blocker** %s%s %s\n\n", b.Kind, place, escapeMarkdown(Shorten(b.Text, 400))))
	}
	if n := len(blockers) - maxBlockers; n > 0 {
		c.add(fmt.Sprintf("and %s more, in the report.\n\n", Count(n, "blocker")))
	}
	if len(rows) > maxRows {
		c.fold(fmt.Sprintf("%d more rules", len(rows)-maxRows), ciTable(rows[maxRows:]))
	}
	if rest > 0 {
		c.add(fmt.Sprintf("%s changed without any effect on what matches.\n\n", Count(rest, "rule")))
	}
	c.fold("What the rules mean now", written(func(w io.Writer) error { return diffMarkdown(w, r.Diff) }))
	if r.Backtest != nil {
		c.fold("Backtest", written(func(w io.Writer) error { return Backtest(w, Style{}, "markdown", r.Backtest) }))
	}
	if r.Coverage != nil && r.Coverage.Report.Delta != nil && len(r.Coverage.Report.Delta.Changes) > 0 {
		c.fold("ATT&amp;CK evidence", written(func(w io.Writer) error { return Coverage(w, Style{}, "markdown", r.Coverage) }))
	}
	c.fold("Lint", ciLintList(r))
	c.end(fmt.Sprintf("compared with `%s` · socctl %s\n", codeText(r.Base), escapeMarkdown(r.Version)))
	_, err := io.WriteString(w, c.text.String())
	return err
}

func written(write func(io.Writer) error) string {
	var b strings.Builder
	if err := write(&b); err != nil {
		return ""
	}
	return b.String()
}

func ciTable(rows []ciRow) string {
	var b strings.Builder
	b.WriteString("| Rule | Change | Tests | Alerts/day | Lint |\n|---|---|---|---|---|\n")
	for _, row := range rows {
		r := row.change.Rule()
		level := ""
		if r.Level != "" {
			level = " `" + codeText(r.Level) + "`"
		}
		note := ""
		if notes := row.change.notes(); len(notes) > 0 {
			note = "; " + escapeMarkdown(Shorten(notes[0], 120))
		}
		fmt.Fprintf(&b, "| %s%s | **%s**%s | %s | %s | %s |\n", escapeMarkdown(Shorten(r.Title, 100)), level, escapeMarkdown(words[row.change.Kind]), note,
			escapeMarkdown(row.tests), escapeMarkdown(row.alerts), escapeMarkdown(row.lint))
	}
	return b.String() + "\n"
}

// ciLintList lists the findings that are new.
func ciLintList(r *CIRun) string {
	var b strings.Builder
	for i := range r.Lint.Result.Findings {
		f := &r.Lint.Result.Findings[i]
		if f.Counts() {
			fmt.Fprintf(&b, "- `%s:%d` %s: %s\n", codeText(f.Span.Path()), f.Span.Start.Line, escapeMarkdown(f.Code), escapeMarkdown(Shorten(f.Message, 300)))
		}
	}
	return b.String()
}

// comment is a text of limited length.
type comment struct {
	text    strings.Builder
	left    int
	omitted []string
}

// add appends a part, unless it does not fit; then it is counted as left out.
func (c *comment) add(part string) bool {
	n := len([]rune(part))
	if n > c.left {
		return false
	}
	c.left -= n
	c.text.WriteString(part)
	return true
}

// fold appends a part behind a fold; title is plain. Nothing is added for an empty
// part.
func (c *comment) fold(title, part string) {
	if part == "" {
		return
	}
	if !c.add("<details><summary>" + title + "</summary>\n\n" + part + "\n</details>\n\n") {
		c.omitted = append(c.omitted, title)
	}
}

// end appends the last line, for which there is always room.
func (c *comment) end(line string) {
	if len(c.omitted) > 0 {
		line = "Too long for a comment, and in the report only: " + strings.Join(c.omitted, ", ") + ".\n\n" + line
	}
	c.text.WriteString(line)
}
