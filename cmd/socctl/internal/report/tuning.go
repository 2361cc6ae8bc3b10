package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
)

// TuningFormats are the formats of proposals.
var TuningFormats = []string{"pretty", "json", "markdown"}

// Tuning writes proposals in one of their formats.
func Tuning(w io.Writer, s Style, format string, r *proposal.Report) error {
	switch format {
	case "json":
		return indented(w, r)
	case "markdown":
		tuningMarkdown(w, r)
		return nil
	}
	tuningPretty(w, s, r)
	return nil
}

func tuningLine(r *proposal.Report) string {
	s := &r.Summary
	line := fmt.Sprintf("%s judged: %s for %d, %d abstained; %s would go, %d of the proposals may be merged by policy", Count(s.Judged, "rule"),
		Count(s.Proposals, "proposal"), s.Proposing, s.Abstained, Count(s.Removed, "event"), s.Auto)
	if s.Asked {
		line += fmt.Sprintf(", %d are allowed by it", s.Allowed)
	}
	if len(r.Thresholds) > 0 {
		line += fmt.Sprintf("; %s judged: %s", Count(len(r.Thresholds), "correlation"), Count(s.Thresholds, "change"))
	}
	if s.Levels > 0 {
		line += "; " + Count(s.Levels, "level") + " would change"
	}
	return line
}

func tuningPretty(w io.Writer, s Style, r *proposal.Report) {
	fmt.Fprintln(w, s.Paint(Bold, tuningLine(r)))
	for i := range r.Rules {
		x := &r.Rules[i]
		fmt.Fprintf(w, "\n%s  %s\n", s.Paint(Bold, Clean(x.Title)), s.Paint(Dim, Clean(x.Path)))
		fmt.Fprintf(w, "  %s: %d no attack, %s\n", Count(x.Fires, "event"), x.Removable, mustStay(x))
		for _, why := range x.Abstained {
			fmt.Fprintf(w, "  %s %s\n", s.Paint(Yellow, "abstained:"), Clean(why))
		}
		for k := range x.Proposals {
			p := &x.Proposals[k]
			fmt.Fprintf(w, "  %s %s\n", s.Paint(Green, string(p.Lane)+" "+string(p.Tier)), Clean(p.Clause))
			fmt.Fprintf(w, "    %s go, %d stay; %s until %s\n", Count(p.Removed, "event"), p.Stay, p.Path, p.Expires)
			if n := len(p.Rules); n > 1 {
				fmt.Fprintf(w, "    one filter for %d rules: each guard holds for each of them\n", n)
			}
			fmt.Fprintf(w, "    %s\n", boundText(p))
			if p.Merge != nil {
				fmt.Fprintf(w, "    %s\n", Clean(mergeText(p.Merge)))
			}
			for _, c := range p.Checks {
				if !c.Passed {
					fmt.Fprintf(w, "    %s %s: %s\n", s.Paint(Yellow, c.Guard), c.Name, Clean(c.Text))
				}
			}
		}
		patchPretty(w, s, x)
		for _, c := range x.Correlations {
			fmt.Fprintf(w, "  %s\n", Clean(chainText(c)))
		}
		if x.Calibration != nil {
			fmt.Fprintf(w, "  %s\n", calibrationText(x.Calibration))
		}
		for _, q := range x.Rejected {
			fmt.Fprintf(w, "  %s %s\n", s.Paint(Red, "rejected"), Clean(q.Clause))
			for _, c := range q.Checks {
				fmt.Fprintf(w, "    %s %s: %s\n", c.Guard, c.Name, Clean(c.Text))
			}
		}
	}
	for i := range r.Thresholds {
		thresholdPretty(w, s, &r.Thresholds[i])
	}
	for i := range r.Levels {
		levelPretty(w, s, &r.Levels[i])
	}
}

func mergeText(m *proposal.Merge) string {
	if m.Allowed {
		return "the policy allows to merge it without a person"
	}
	return "a person has to decide: " + m.Why
}

func chainText(c proposal.Chain) string {
	return fmt.Sprintf("the correlation %s would tell %d times instead of %d", c.Title, c.After, c.Before)
}

func calibrationText(c *proposal.Calibration) string {
	text := fmt.Sprintf("calibration: %d of %s left to test exclusions", c.Left, Count(c.Clusters, "cluster"))
	if c.Before > 0 {
		text += fmt.Sprintf(", %d had tested %s before", c.Before, Count(c.Tests, "sequence"))
	}
	return text + fmt.Sprintf("; the weakest tier needs %d", c.Needed)
}

// atMost writes an upper bound, rounded up: what is told must hold.
func atMost(share float64) string { return fmt.Sprintf("%.0f %%", max(0, math.Ceil(100*share-1e-9))) }

func boundText(p *proposal.Proposal) string {
	return fmt.Sprintf("at most %s of what it hides are attacks, wrong in %.2g %% of runs: none in %s that it was not learnt from", atMost(p.Bound), 100*p.Error, Count(p.Clusters, "cluster"))
}

// tuningMarkdown writes a certificate for every proposal.
// mustStay tells the events that must stay, and apart those that are not among the events
// of the recordings: without it they would seem to be more than there are.
func mustStay(x *proposal.Rule) string {
	if x.Besides == 0 {
		return fmt.Sprintf("%d must stay", x.Protected)
	}
	return fmt.Sprintf("%d must stay, %d of these only in tests or recordings of attacks", x.Protected, x.Besides)
}

func tuningMarkdown(w io.Writer, r *proposal.Report) {
	fmt.Fprintf(w, "# Proposed exclusions\n\n%s. As of %s.\n", tuningLine(r), r.Now)
	for i := range r.Rules {
		x := &r.Rules[i]
		fmt.Fprintf(w, "\n## %s\n\n`%s` fires on %s: %d judged no attack, %s.\n", escapeMarkdown(x.Title), codeText(x.Path), Count(x.Fires, "event"), x.Removable, mustStay(x))
		for _, why := range x.Abstained {
			fmt.Fprintf(w, "\n**Abstained**: %s.\n", escapeMarkdown(why))
		}
		for _, c := range x.Correlations {
			fmt.Fprintf(w, "\n%s.\n", escapeMarkdown(chainText(c)))
		}
		if x.Calibration != nil {
			fmt.Fprintf(w, "\n%s.\n", escapeMarkdown(calibrationText(x.Calibration)))
		}
		for k := range x.Proposals {
			certificate(w, x, &x.Proposals[k])
		}
		patchMarkdown(w, x)
		for _, q := range x.Rejected {
			fmt.Fprintf(w, "\nRejected: `%s`", codeText(q.Clause))
			for _, c := range q.Checks {
				fmt.Fprintf(w, "; %s %s", c.Guard, escapeMarkdown(c.Text))
			}
			fmt.Fprintln(w, ".")
		}
	}
	for i := range r.Thresholds {
		thresholdMarkdown(w, &r.Thresholds[i])
	}
	for i := range r.Levels {
		levelMarkdown(w, &r.Levels[i])
	}
}

func certificate(w io.Writer, x *proposal.Rule, p *proposal.Proposal) {
	lane := "A person has to decide"
	if p.Lane == tuning.Auto {
		lane = "A policy may merge it"
	}
	fmt.Fprintf(w, "\n### Hide `%s`\n\n", codeText(p.Clause))
	if p.Merge != nil {
		lane = escapeMarkdown(strings.ToUpper(mergeText(p.Merge)[:1]) + mergeText(p.Merge)[1:])
	}
	fmt.Fprintf(w, "**%s.** Tier %s, until %s.\n\n", lane, p.Tier, p.Expires)
	fmt.Fprintf(w, "| | |\n|---|---|\n")
	row := func(name, text string) { fmt.Fprintf(w, "| %s | %s |\n", name, text) }
	row("goes", fmt.Sprintf("%d of %s, %d of them not judged", p.Removed, Count(x.Fires, "event"), p.Unjudged))
	if n := len(p.Rules); n > 1 {
		row("rules", fmt.Sprintf("one filter for %d: `%s`; each guard holds for each of them", n, codeText(strings.Join(p.Rules, ", "))))
	}
	row("stays", Count(p.Stay, "event"))
	row("bound", boundText(p))
	row("attacks lost", fmt.Sprintf("0 of %s known; the share that it hides is at most %s (95 %%)", attacksText(x.Protected, x.Attacks), atMost(p.Lost)))
	row("to hide in it", escapeMarkdown(p.Bypass)+fmt.Sprintf(" (%.1f of 3)", p.Score))
	if p.Nearest != nil {
		saves := make([]string, len(p.Saves))
		for i, s := range p.Saves {
			saves[i] = "`" + codeText(s) + "`"
		}
		row("nearest that stays", fmt.Sprintf("`%s`: %s, saved by %s", codeText(p.Nearest.Event), sampleText(p.Nearest), strings.Join(saves, " and ")))
	}
	row("evidence", fmt.Sprintf("%s, `%s`", Count(p.Verdicts, "verdict"), codeText(p.Evidence)))
	fmt.Fprintf(w, "\nGoes, for example:\n\n")
	for i := range p.Samples {
		fmt.Fprintf(w, "- %s\n", sampleText(&p.Samples[i]))
	}
	fmt.Fprintf(w, "\n<details><summary>guards</summary>\n\n| | guard | |\n|---|---|---|\n")
	for _, c := range p.Checks {
		sign := "✓"
		if !c.Passed {
			sign = "✗"
		}
		text := escapeMarkdown(c.Text)
		if c.Counter != "" {
			text += ": `" + codeText(c.Counter) + "`"
		}
		fmt.Fprintf(w, "| %s %s | %s | %s |\n", c.Guard, sign, c.Name, text)
	}
	fmt.Fprintf(w, "\n</details>\n\n`%s`:\n\n%s", codeText(p.Path), fenced("yaml", p.Document))
}

func sampleText(s *proposal.Sample) string {
	var parts []string
	for _, f := range slices.Sorted(maps.Keys(s.Values)) {
		v := s.Values[f]
		if r := []rune(v); len(r) > 120 {
			v = string(r[:120]) + "…"
		}
		parts = append(parts, f+" = "+v)
	}
	return "`" + codeText(strings.Join(parts, ", ")) + "`"
}

// attacksText tells how many attacks are known, and in how many events: events of one
// attack do not tell of others.
func attacksText(events, attacks int) string {
	if events == attacks {
		return fmt.Sprint(attacks)
	}
	return fmt.Sprintf("%d, with %s,", attacks, Count(events, "event"))
}
