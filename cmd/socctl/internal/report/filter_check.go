package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/feedback/aftercare"
)

// FilterCheckFormats are the formats of the state of filters.
var FilterCheckFormats = []string{"pretty", "json", "markdown"}

// FilterCheck writes the state of filters in one of its formats.
func FilterCheck(w io.Writer, s Style, format string, r *aftercare.Report) error {
	switch format {
	case "json":
		return indented(w, r)
	case "markdown":
		filterCheckMarkdown(w, r)
		return nil
	}
	fmt.Fprintln(w, s.Paint(Bold, filterCheckLine(r)))
	for i := range r.Filters {
		filterState(w, s, &r.Filters[i])
	}
	for _, note := range filterCheckNotes(r) {
		fmt.Fprintf(w, "\n%s\n", Clean(note))
	}
	return nil
}

// filterCheckLine sums up a report.
func filterCheckLine(r *aftercare.Report) string {
	s := &r.Summary
	canaries := 0
	for i := range r.Filters {
		if f := &r.Filters[i]; len(f.Novel) > 0 || f.Surge != nil {
			canaries++
		}
	}
	return fmt.Sprintf("%s, %s hidden: %d suspended, %d expired, %d without owner, %d dead, %d with canaries, %d certified", Count(s.Filters, "filter"), Count(s.Hidden, "event"),
		s.Failed, s.Expired, s.Ownerless, s.Dead, canaries, s.Certified)
}

// filterCheckNotes tells what the result says nothing about.
func filterCheckNotes(r *aftercare.Report) (out []string) {
	if !r.Replayed {
		out = append(out, "no recording was replayed: only events that verdicts carry were looked at, and nothing is known of dead filters")
	}
	if n := len(r.Unseen); n > 0 {
		out = append(out, fmt.Sprintf("%s of filtered rules %s in no recording that was replayed, nor in evidence: whether a filter hides them is not known (the first: %s of %s)",
			Count(n, "protected event"), plural(n, "is", "are"), r.Unseen[0].Event, r.Unseen[0].Rule))
	}
	if n := r.Summary.Refused; n > 0 {
		out = append(out, fmt.Sprintf("%s in evidence left out: not JSON, or not what the fingerprint beside it names", Count(n, "event")))
	}
	return out
}

// filterWord is what a filter comes to in a word.
func filterWord(f *aftercare.Filter) (word, colour string) {
	switch {
	case f.Suspended:
		return "suspended", Red
	case f.Expired:
		return "expired", Yellow
	case f.Dead:
		return "dead", Yellow
	case f.Ownerless:
		return "no owner", Yellow
	case len(f.Novel) > 0 || f.Surge != nil:
		return "canary", Yellow
	}
	return "active", Green
}

func filterState(w io.Writer, s Style, f *aftercare.Filter) {
	word, colour := filterWord(f)
	fmt.Fprintf(w, "\n%s %s  %s\n", s.Paint(colour, word), s.Paint(Bold, Clean(f.Title)), s.Paint(Dim, fmt.Sprintf("%s:%d", Clean(f.Path), f.Line)))
	fmt.Fprintf(w, "  %s\n", Clean(filterFacts(f)))
	if !f.Expired {
		fmt.Fprintf(w, "  %s\n", auditText(&f.Audit))
	}
	for i := range f.Protected {
		p := &f.Protected[i]
		fmt.Fprintf(w, "  %s %s\n", s.Paint(Red, "hides"), Clean(protectedText(p)))
		fmt.Fprintf(w, "    event %s, record %d of %s\n", Clean(p.Event), p.Record, Clean(p.Source))
		for _, uid := range p.Verdicts {
			fmt.Fprintf(w, "    verdict %s\n", Clean(uid))
		}
	}
	for _, note := range f.Notes {
		fmt.Fprintf(w, "  - %s\n", Clean(note))
	}
}

// filterFacts tells how much a filter hides, and who answers for it until when.
func filterFacts(f *aftercare.Filter) string {
	parts := []string{Count(f.Rules, "rule"), Count(f.Hidden, "event") + " hidden"}
	if f.Last != "" {
		parts = append(parts, "the last at "+f.Last)
	}
	if f.Owner != "" {
		parts = append(parts, "owner "+f.Owner)
	}
	return strings.Join(append(parts, cmp.Or(prefixed("expires ", f.Expires), "never expires")), ", ")
}

func prefixed(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// protectedText tells what was said of an event.
func protectedText(p *aftercare.Protected) string {
	what := string(p.Outcome)
	if p.Contested {
		what += " and contested"
	}
	out := fmt.Sprintf("an event of %s that is %s: %s", p.RuleTitle, what, strings.Join(p.By, ", "))
	if p.Of != p.Rule {
		out += ", of an alert of " + p.Of
	}
	return out + prefixed(", ", p.Judged)
}

// auditText tells what the sample has shown.
func auditText(a *aftercare.Audit) string {
	out := fmt.Sprintf("audit: %d of %s drawn, %d benign, %d undecided, %d pending; ", a.Sampled, Count(a.Fresh, "new event"), a.Benign, a.Undecided, a.Pending)
	switch {
	case a.Wealth[aftercare.A3] == 0:
		out += "ended by an attack"
	case a.Certified == aftercare.B:
		out += "nothing shown yet"
	default:
		out += fmt.Sprintf("tier %s: attacks below %.0f %% (95 %%)", a.Certified, 100*a.Certified.Alpha())
	}
	if a.Needed > 0 {
		out += fmt.Sprintf(", %d more benign to %s", a.Needed, a.Next)
	}
	return out
}

func filterCheckMarkdown(w io.Writer, r *aftercare.Report) {
	fmt.Fprintf(w, "## Filters after acceptance\n\n%s\n", filterCheckLine(r))
	if len(r.Filters) > 0 {
		fmt.Fprint(w, "\n| State | Filter | Hidden | Audit | What to do |\n|---|---|---|---|---|\n")
	}
	for i := range r.Filters {
		f := &r.Filters[i]
		word, _ := filterWord(f)
		fmt.Fprintf(w, "| %s | %s | %d | %s | %s |\n", word, escapeMarkdown(f.Title), f.Hidden, escapeMarkdown(auditText(&f.Audit)), escapeMarkdown(strings.Join(f.Notes, "; ")))
	}
	for i := range r.Filters {
		f := &r.Filters[i]
		for j := range f.Protected {
			p := &f.Protected[j]
			fmt.Fprintf(w, "\n- **%s** hides %s; event %s; verdicts %s\n", escapeMarkdown(f.Title), escapeMarkdown(protectedText(p)), escapeMarkdown(p.Event), escapeMarkdown(strings.Join(p.Verdicts, ", ")))
		}
	}
	for _, note := range filterCheckNotes(r) {
		fmt.Fprintf(w, "\n%s\n", escapeMarkdown(note))
	}
}
