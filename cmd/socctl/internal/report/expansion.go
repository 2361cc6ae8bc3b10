package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback/expansion"
)

// ExpansionFormats are the formats of what expand proposes.
var ExpansionFormats = []string{"pretty", "json", "markdown"}

// Expansion writes what expand proposes in one of its formats. diff shows what a
// proposal changes in its file.
func Expansion(w io.Writer, s Style, format string, r *expansion.Report, diff func(Style, *expansion.Proposal) string) error {
	switch format {
	case "json":
		return indented(w, r)
	case "markdown":
		expansionMarkdown(w, r, diff)
		return nil
	}
	expansionPretty(w, s, r, diff)
	return nil
}

func expansionLine(r *expansion.Report) string {
	s := &r.Summary
	line := fmt.Sprintf("%s of the incident: %d caught already, %d by proposals, %d open; %s, %s", Count(s.Events, "event"), s.Caught, s.Proposed, s.Open,
		Count(s.Widenings, "widening"), Count(s.Drafts, "draft"))
	if s.Caught < s.Events { // else nothing was replayed, however much is recorded
		line += fmt.Sprintf("; %s recorded, budget %.3g alerts a day", Count(s.Recorded, "event"), r.Budget)
	}
	if s.Beyond > 0 {
		line += fmt.Sprintf("; %s more were not looked at", Count(s.Beyond, "event"))
	}
	return line
}

func costText(p *expansion.Proposal) string {
	c := &p.Cost
	text := fmt.Sprintf("adds %s", Count(c.Added, "alert"))
	if c.Rate != nil {
		text += fmt.Sprintf(" in %.3g recorded days: %.3g (%.3g–%.3g) a day", c.Rate.Days, c.Rate.PerDay, c.Rate.Lower, c.Rate.Upper)
	}
	if p.Kind == expansion.Widening {
		text += fmt.Sprintf("; %d before, %d after", c.Before, c.After)
	}
	if c.Known > 0 {
		text += fmt.Sprintf("; %s of the incident in the recordings are not counted", Count(c.Known, "event"))
	}
	return text
}

func comparisonText(c *expansion.Comparison) string {
	who := map[string]string{"attacker": "the attacker chooses it", "spoofable": "a known trick changes it", "system": "the system writes it"}[c.Decides]
	return fmt.Sprintf("%s: %s, %s recorded (%s %%)", c.Text, cmp.Or(who, "who decides is not known"), Count(c.Recorded, "event"), shortShare(c.Share))
}

// shortShare is a percentage of two digits, of three if it is all.
func shortShare(share float64) string {
	if share >= 0.995 {
		return "100"
	}
	return fmt.Sprintf("%.2g", 100*share)
}

func expansionPretty(w io.Writer, s Style, r *expansion.Report, diff func(Style, *expansion.Proposal) string) {
	fmt.Fprintln(w, s.Paint(Bold, expansionLine(r)))
	for i := range r.Proposals {
		p := &r.Proposals[i]
		fmt.Fprintf(w, "\n%s %s  %s\n", s.Paint(Green, string(p.Kind)), s.Paint(Bold, Clean(p.Title)), s.Paint(Dim, Clean(p.Path)))
		fmt.Fprintf(w, "  %s\n  catches %s; %s\n", Clean(p.Change), Count(len(p.Catches), "event"), costText(p))
		for k := range p.Literals {
			fmt.Fprintf(w, "  %s\n", Clean(comparisonText(&p.Literals[k])))
		}
		if p.Weakest != "" {
			fmt.Fprintf(w, "  to get past it: %s\n", Clean(p.Weakest))
		}
		for k := range p.Hits {
			fmt.Fprintf(w, "  %s %s\n", s.Paint(Yellow, "would alert on"), Clean(hitText(&p.Hits[k])))
		}
		for line := range strings.Lines(diff(s, p)) {
			fmt.Fprintf(w, "    %s", line)
		}
	}
	openPretty(w, s, r)
}

// openPretty tells what is left, and which rules were near.
func openPretty(w io.Writer, s Style, r *expansion.Report) {
	for i := range r.Events {
		e := &r.Events[i]
		if e.Proposal != "" || len(e.CaughtBy) > 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s %s  %s\n", s.Paint(Yellow, "open"), Clean(e.Fingerprint), s.Paint(Dim, Clean(fmt.Sprintf("%s record %d", e.Source, e.Record))))
		for _, why := range e.Open {
			fmt.Fprintf(w, "  %s\n", Clean(why))
		}
	}
	shown := 0
	for i := range r.Near {
		n := &r.Near[i]
		if n.Rejected == "" || shown == maxNearShown {
			continue
		}
		if shown++; shown == 1 {
			fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "near misses that led to nothing"))
		}
		fmt.Fprintf(w, "  %s  %s\n    %s\n", Clean(n.Title), s.Paint(Dim, Clean(fmt.Sprintf("%s:%d", n.Path, n.Line))), Clean(nearText(n)))
	}
}

// maxNearShown is how many near misses are told of which nothing came.
const maxNearShown = 5

func nearText(n *expansion.NearMiss) string {
	verb := "misses"
	if n.Holds {
		verb = "is held back from"
	}
	parts := n.Part
	if n.Also != "" {
		parts += " and " + n.Also
	}
	return fmt.Sprintf("%s %s by %s: %s", verb, Count(n.Events, "event"), parts, n.Rejected)
}

func hitText(h *expansion.RecordedHit) string {
	var parts []string
	for _, f := range slices.Sorted(maps.Keys(h.Values)) {
		v := h.Values[f]
		if r := []rune(v); len(r) > 120 {
			v = string(r[:120]) + "…"
		}
		parts = append(parts, f+" = "+v)
	}
	return strings.Join(parts, ", ")
}

func expansionMarkdown(w io.Writer, r *expansion.Report, diff func(Style, *expansion.Proposal) string) {
	fmt.Fprintf(w, "# Events that no rule caught\n\n%s. As of %s.\n", expansionLine(r), r.Now)
	for i := range r.Proposals {
		p := &r.Proposals[i]
		fmt.Fprintf(w, "\n## %s of %s\n\n%s.\n\n| | |\n|---|---|\n", map[expansion.Kind]string{expansion.Widening: "Widening", expansion.Draft: "Draft"}[p.Kind], escapeMarkdown(p.Title), escapeMarkdown(p.Change))
		row := func(name, text string) { fmt.Fprintf(w, "| %s | %s |\n", name, text) }
		row("catches", Count(len(p.Catches), "event")+" of the incident")
		row("cost", escapeMarkdown(costText(p)))
		if p.Proof != "" {
			row("proof", map[string]string{"wider": "whatever the rule matched it matches still, for every event"}[p.Proof]+map[string]string{"unknown": "none; no recorded event is lost"}[p.Proof])
		}
		for k := range p.Literals {
			row("comparison", "`"+codeText(comparisonText(&p.Literals[k]))+"`")
		}
		if p.Weakest != "" {
			row("to get past it", escapeMarkdown(p.Weakest))
		}
		for k := range p.Hits {
			row("would alert on", "`"+codeText(hitText(&p.Hits[k]))+"`")
		}
		fmt.Fprintf(w, "\n`%s`:\n", codeText(p.Path))
		fence(w, map[expansion.Kind]string{expansion.Widening: "diff", expansion.Draft: "yaml"}[p.Kind], diff(Style{}, p))
		fmt.Fprintf(w, "\n`%s`:\n", codeText(p.TestPath))
		fence(w, "yaml", p.Test)
	}
	openMarkdown(w, r)
}

// fence writes a block of code that its text cannot end.
func fence(w io.Writer, kind, text string) {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	fmt.Fprintf(w, "\n%s%s\n%s%s\n", marks, kind, text, marks)
}

func openMarkdown(w io.Writer, r *expansion.Report) {
	first := true
	for i := range r.Events {
		e := &r.Events[i]
		if e.Proposal != "" || len(e.CaughtBy) > 0 {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n## Open\n\n")
			first = false
		}
		fmt.Fprintf(w, "- `%s`: %s\n", codeText(e.Fingerprint), escapeMarkdown(strings.Join(e.Open, "; ")))
	}
	first = true
	for i := range r.Near {
		n := &r.Near[i]
		if n.Rejected == "" {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n## Near misses that led to nothing\n\n")
			first = false
		}
		fmt.Fprintf(w, "- %s, `%s:%d`: %s\n", escapeMarkdown(n.Title), codeText(n.Path), n.Line, escapeMarkdown(nearText(n)))
	}
}
