package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/feedback/audit"
	"github.com/socctl/socctl/rules"
)

// FilterAuditRun is an audit of exclusions to be reported.
type FilterAuditRun struct {
	Result   *audit.Report
	Hidden   int // exclusions below the level that is reported
	Verbose  bool
	Rejected int // documents with errors, which were not looked at
	Version  string
}

// FilterAuditFormats are the formats of an audit of exclusions; FilterAuditTexts
// those for people, which may follow each other.
var (
	FilterAuditFormats = []string{"pretty", "json", "markdown", "html"}
	FilterAuditTexts   = []string{"pretty", "markdown"}
)

// FilterAudit writes an audit of exclusions in one of its formats.
func FilterAudit(w io.Writer, s Style, format string, run *FilterAuditRun) error {
	switch format {
	case "json":
		return writeJSON(w, run.Result)
	case "markdown":
		return filterAuditMarkdown(w, run)
	case "html":
		return filterAuditHTML(w, run)
	}
	return filterAuditPretty(w, s, run)
}

func filterAuditPretty(w io.Writer, s Style, run *FilterAuditRun) error {
	for i := range run.Result.Exclusions {
		x := &run.Result.Exclusions[i]
		colour := ""
		if x.Severity == rules.Warning.String() {
			colour = Yellow
		}
		fmt.Fprintf(w, "%s: %s\n", s.Paint(colour, x.Severity+"["+verdictOf(x)+"]"), s.Paint(Bold, Clean(nameOf(x)+titleOfRule(x))))
		Excerpt(w, s, x.Span(), colour)
		for _, line := range linesOf(x, run.Verbose) {
			fmt.Fprintf(w, "   %s %s\n", s.Paint(Blue, "= "+line.label+":"), Clean(line.text))
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintln(w, filterAuditTotals(run))
	return err
}

// verdictOf is what is most to be said of an exclusion, in a word or two.
func verdictOf(x *audit.Exclusion) string {
	switch {
	case x.Inverted:
		return "inverted"
	case x.State == audit.Dead || x.State == audit.Covered:
		return string(x.State)
	}
	return fmt.Sprintf("%s %.1f", x.Class, x.Score)
}

// nameOf is the name of an exclusion, with the document that it stands in, and what
// leads over to its rule.
func nameOf(x *audit.Exclusion) string {
	if x.Document == "" {
		return x.Name + " of "
	}
	return x.Name + " of filter " + strconv.Quote(x.Document) + ", applied to "
}

func titleOfRule(x *audit.Exclusion) string {
	title := x.Rule.Title
	if x.Rule.Level != "" {
		title += " (" + x.Rule.Level + ")"
	}
	return title
}

type auditLine struct{ label, text string }

// linesOf is everything that is known of an exclusion. What is dead hides nobody.
func linesOf(x *audit.Exclusion, verbose bool) (out []auditLine) {
	add := func(label, text string) {
		if text != "" {
			out = append(out, auditLine{label, text})
		}
	}
	if x.State == audit.Dead {
		why := x.Why
		if x.ByTable {
			why += ", by the table of fields"
		}
		add("excludes nothing", why)
		add("of", strings.Join(x.Vain, ", "))
		return out
	}
	add("to hide", x.Bypass)
	if x.Anchor != nil {
		add("hardest part", fmt.Sprintf("%s: %s (%.1f), line %d", x.Anchor.Field, x.Anchor.Value, x.Anchor.Score, x.Anchor.Line))
	}
	switch {
	case x.Defines:
		add("note", "the rule looks for the program under another name: this is what it means")
	case !x.Free && !x.Inverted:
		add("note", "it asks for nothing but fields that the rule looks at itself")
	}
	if x.State != audit.Proven {
		add(string(x.State), x.Why)
	}
	add("touches", touches(x))
	if len(x.Vain) > 0 && len(x.Vain) < x.Rules {
		add("in vain", "excludes nothing of "+strings.Join(x.Vain, ", "))
	}
	add("stronger", x.Stronger)
	if verbose || x.Severity == rules.Warning.String() {
		add("hides", witnessText(x))
	}
	return out
}

func touches(x *audit.Exclusion) string {
	text := Count(x.Rules, "rule")
	if len(x.Techniques) > 0 {
		text += ", " + strings.Join(x.Techniques, ", ")
	}
	return text
}

// witnessText writes what decides of an event on one line.
func witnessText(x *audit.Exclusion) string {
	var parts []string
	for _, f := range witnessFields(x) {
		parts = append(parts, f.label+"="+f.text)
	}
	return strings.Join(parts, ", ")
}

// witnessFields returns the fields of an event that decide, all of them if the event
// has none of these names.
func witnessFields(x *audit.Exclusion) (out []auditLine) {
	if x.Witness == nil {
		return nil
	}
	flat := flatten(*x.Witness, "")
	decides := func(f flatField) bool { return slices.Contains(x.Decisive, f.name) }
	for _, f := range flat {
		if decides(f) || !slices.ContainsFunc(flat, decides) {
			out = append(out, auditLine{f.name, Shorten(f.text, 200)})
		}
	}
	return out
}

// filterAuditTotals is the line that sums up an audit.
func filterAuditTotals(run *FilterAuditRun) string {
	s := &run.Result.Summary
	text := fmt.Sprintf("%s of %s checked: %d attacker, %d spoofable, %d system; %d shown by an event, %d dead, %d covered by others, %d unknown; %s open to an attacker",
		Count(s.Exclusions, "exclusion"), Count(s.Excluding, "rule"), s.Attacker, s.Spoofable, s.System, s.Proven, s.Dead, s.Covered, s.Unknown, Count(s.Open, "rule"))
	if s.Inverted > 0 {
		text += fmt.Sprintf("; %d inverted", s.Inverted)
	}
	if run.Hidden > 0 {
		text += fmt.Sprintf(" (%d not shown: --level info)", run.Hidden)
	}
	if run.Rejected > 0 {
		text += fmt.Sprintf("; %s with errors left out", Count(run.Rejected, "document"))
	}
	return text
}
