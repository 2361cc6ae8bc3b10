package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/attack/coverage"
)

var kindColours = map[coverage.Kind]string{coverage.Lost: Red, coverage.Weakened: Red, coverage.Stale: Yellow, coverage.Thinned: Yellow,
	coverage.Retagged: Cyan, coverage.Strengthened: Green, coverage.Gained: Green}

// kindCounts counts changes by kind.
func kindCounts(d *coverage.Delta) string {
	var parts []string
	for _, k := range coverage.Kinds() {
		if n := d.Counts[k]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	if len(parts) == 0 {
		return "no cell changed"
	}
	return strings.Join(parts, ", ")
}

// cellChange tells a change without its causes.
func cellChange(c *coverage.Change) string {
	out := fmt.Sprintf("%s %s (%s): %s → %s", c.Technique, Clean(c.Name), c.Platform, c.From, c.To)
	if c.Kind == coverage.Thinned {
		out = fmt.Sprintf("%s %s (%s): %s at %s, %d → %d data components", c.Technique, Clean(c.Name), c.Platform, Count(c.Depth[1], "rule"), c.To, c.Paths[0], c.Paths[1])
		if c.Paths[0] == c.Paths[1] {
			out = fmt.Sprintf("%s %s (%s): %d → %s at %s", c.Technique, Clean(c.Name), c.Platform, c.Depth[0], Count(c.Depth[1], "rule"), c.To)
		}
	}
	if c.Unproven {
		out += ", claimed and unproven"
	}
	return out
}

// causeLine tells a cause.
func causeLine(c *coverage.Cause) string {
	out := c.Kind + ": "
	if c.Title != "" {
		out += Clean(c.Title) + " (" + Clean(c.Path) + "): "
	}
	return out + Clean(c.Text)
}

func prettyDelta(w io.Writer, s Style, run *CoverageRun, d *coverage.Delta) {
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "SINCE "+Clean(d.Ref)+": "+kindCounts(d)))
	if d.FactsBefore != "" {
		fmt.Fprintf(w, "  ATT&CK %s became %s; by itself that changes %s, told apart here:\n", d.FactsBefore, run.Report.Facts.Version, Count(len(d.Taxonomy), "cell"))
		prettyCells(w, s, run, d.Taxonomy)
		fmt.Fprintln(w, "  What the rules change, under the facts of now:")
	}
	prettyCells(w, s, run, d.Changes)
	for _, x := range d.Sole {
		fmt.Fprintf(w, "  touched: %s, on which alone hang %s\n", Clean(x.Title), strings.Join(x.Techniques, ", "))
	}
	for _, v := range d.Violations {
		fmt.Fprintf(w, "%s %s\n", s.Paint(Red, "gate:"), violationText(&v))
	}
	for _, v := range d.Waived {
		fmt.Fprintf(w, "waived: %s, by %s until %s: %s\n", violationText(&v), Clean(v.Waiver.Owner), v.Waiver.Expires.Format("2006-01-02"), Clean(v.Waiver.Reason))
	}
}

func violationText(v *coverage.Violation) string {
	if v.Technique == "" {
		return Clean(v.Why)
	}
	return fmt.Sprintf("%s %s (%s): %s", v.Technique, Clean(v.Name), v.Platform, Clean(v.Why))
}

func prettyCells(w io.Writer, s Style, run *CoverageRun, changes []coverage.Change) {
	counted := map[coverage.Kind]int{}
	for i := range changes {
		c := &changes[i]
		if counted[c.Kind]++; counted[c.Kind] > 20 && !run.Verbose {
			continue
		}
		fmt.Fprintf(w, "  %s %s\n", s.Paint(kindColours[c.Kind], fmt.Sprintf("%-12s", c.Kind)), cellChange(c))
		for j := range c.Causes {
			fmt.Fprintf(w, "               %s\n", causeLine(&c.Causes[j]))
		}
	}
	for _, k := range coverage.Kinds() {
		if n := counted[k] - 20; n > 0 && !run.Verbose {
			fmt.Fprintf(w, "  and %d more %s (-v lists them)\n", n, k)
		}
	}
}
