package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/socctl/socctl/attack"
)

// AttackDiffFormats are the formats of AttackDiff; it also knows "summary", which
// counts.
var AttackDiffFormats = []string{"pretty", "json", "markdown"}

// attackSection is a kind of change and what is said of each.
type attackSection struct {
	title   string
	changes []attack.Change
	tell    func(attack.Change) string
}

func attackSections(c *attack.Changes) []attackSection {
	tactics := func(x attack.Change) string { return moved(x) }
	return []attackSection{
		{"added", c.Added, func(x attack.Change) string { return strings.Join(x.Gained, ", ") }},
		{"replaced", c.Revoked, func(x attack.Change) string { return "by " + x.By + " " + x.ByName }},
		{"replaced by another than before", c.Redirected, func(x attack.Change) string { return "by " + x.By + " " + x.ByName + ", before by " + x.Was }},
		{"given up without a successor", c.Deprecated, func(attack.Change) string { return "" }},
		{"gone without a trace", c.Removed, func(attack.Change) string { return "" }},
		{"in force again", c.Restored, func(attack.Change) string { return "" }},
		{"renamed", c.Renamed, func(x attack.Change) string { return "was " + x.Was }},
		{"moved to other tactics", c.Moved, tactics},
		{"of other platforms", c.Platforms, tactics},
	}
}

func moved(x attack.Change) string {
	var out []string
	for _, name := range x.Lost {
		out = append(out, "-"+name)
	}
	for _, name := range x.Gained {
		out = append(out, "+"+name)
	}
	return strings.Join(out, " ")
}

func tellTactic(t attack.TacticChange) string {
	if t.Kind == "renamed" {
		return fmt.Sprintf("%s %s (%s), was %s (%s)", t.ID, t.Name, t.Key, t.WasName, t.WasKey)
	}
	return fmt.Sprintf("%s %s (%s) %s", t.ID, t.Name, t.Key, t.Kind)
}

// AttackDiff writes what changed from one release to another, whose facts to are.
func AttackDiff(w io.Writer, s Style, format string, c *attack.Changes, to *attack.Facts) error {
	switch format {
	case "json":
		return writeJSON(w, c)
	case "markdown":
		return attackDiffMarkdown(w, c, to)
	case "summary":
		return attackDiffSummary(w, c)
	}
	fmt.Fprintf(w, "%s\n", s.Paint(Bold, Clean(c.From+" → "+c.To)))
	if c.Empty() {
		fmt.Fprintln(w, "nothing changed")
	}
	if len(c.Tactics) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "tactics"))
	}
	for _, t := range c.Tactics {
		fmt.Fprintf(w, "  %s\n", Clean(tellTactic(t)))
	}
	for _, section := range attackSections(c) {
		if len(section.changes) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s (%d)\n", s.Paint(Bold, section.title), len(section.changes))
		out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, x := range section.changes {
			fmt.Fprintf(out, "  %s\t%s\t%s\n", x.ID, Clean(x.Name), Clean(section.tell(x)))
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return lacks(w, to)
}

func attackDiffSummary(w io.Writer, c *attack.Changes) error {
	parts := []string{}
	for _, t := range c.Tactics {
		parts = append(parts, "tactic "+Clean(t.Key)+" "+t.Kind)
	}
	for _, section := range attackSections(c) {
		if n := len(section.changes); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, section.title))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing changed"}
	}
	_, err := fmt.Fprintf(w, "%s → %s: %s\n", Clean(c.From), Clean(c.To), strings.Join(parts, ", "))
	return err
}

// lacks says what the facts do not have, so that its absence is not read as a
// fact.
func lacks(w io.Writer, f *attack.Facts) error {
	if len(f.Incomplete) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\nThe facts of %s are not complete: %s are of an earlier release.\n", f.Label(), strings.Join(f.Incomplete, ", "))
	return err
}

func attackDiffMarkdown(w io.Writer, c *attack.Changes, to *attack.Facts) error {
	fmt.Fprintf(w, "# MITRE ATT&CK®: %s → %s\n", strings.TrimPrefix(escapeMarkdown(c.From), "ATT&amp;CK "), strings.TrimPrefix(escapeMarkdown(c.To), "ATT&amp;CK "))
	if c.Empty() {
		fmt.Fprintln(w, "\nNothing changed.")
	}
	if len(c.Tactics) > 0 {
		fmt.Fprint(w, "\n## Tactics\n\n")
	}
	for _, t := range c.Tactics {
		fmt.Fprintf(w, "- %s\n", escapeMarkdown(tellTactic(t)))
	}
	for _, section := range attackSections(c) {
		if len(section.changes) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n## %s (%d)\n\n| id | name | |\n|---|---|---|\n", strings.ToUpper(section.title[:1])+section.title[1:], len(section.changes))
		for _, x := range section.changes {
			fmt.Fprintf(w, "| %s | %s | %s |\n", x.ID, escapeMarkdown(x.Name), escapeMarkdown(section.tell(x)))
		}
	}
	if err := lacks(w, to); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", escapeMarkdown(to.Copyright))
	return err
}
