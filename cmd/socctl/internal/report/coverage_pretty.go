package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/attack/coverage"
)

// levelGlyphs draw levels in bars. They differ in form, so that colour adds
// nothing that cannot be read without it.
var levelGlyphs = [...]string{"·", "░", "▒", "▓", "█", "█"}

var levelColours = [...]string{Dim, "", Yellow, Cyan, Green, Blue}

const (
	barWidth  = 24
	listShort = 8 // entries of a list unless everything is asked for
)

// coveragePretty writes a page of 80 columns.
func coveragePretty(w io.Writer, s Style, run *CoverageRun) {
	r := run.Report
	fmt.Fprintf(w, "%s\n\n", s.Paint(Bold, wrap(headlineOf(r), 80)))
	prettyTactics(w, s, r)
	prettyPlatforms(w, s, r)
	prettyNotes(w, s, run)
	if d := r.Delta; d != nil {
		prettyDelta(w, s, run, d)
	}
	if run.Verbose {
		prettyTechniques(w, s, r)
	}
	fmt.Fprintf(w, "\n%s\n%s\n%s\n", s.Paint(Dim, wrap(scoreText(r), 80)), s.Paint(Dim, wrap(thresholdText(&r.Options), 80)), s.Paint(Dim, wrap(r.Caveat, 80)))
}

func prettyTactics(w io.Writer, s Style, r *coverage.Report) {
	fmt.Fprintln(w, s.Paint(Bold, fmt.Sprintf("%-21s%4s%4s%4s%4s%4s%4s  %-*s %s", "TACTIC", "4", "3b", "3a", "2", "1", "0", barWidth, "", "3+")))
	for _, t := range r.Tactics {
		if t.Techniques.Total() == 0 {
			fmt.Fprintf(w, "%-21s%s\n", t.Name, s.Paint(Dim, "  none of its techniques is in scope"))
			continue
		}
		prettyRow(w, s, t.Name, t.Techniques)
	}
	prettyRow(w, s, "all, each once", r.Summary.Techniques)
	fmt.Fprintf(w, "\n%s\n", legend(s))
}

func prettyRow(w io.Writer, s Style, name string, h coverage.Histogram) {
	fmt.Fprintf(w, "%-21s", Shorten(name, 20))
	for _, l := range shown() {
		text := fmt.Sprintf("%4d", h[l])
		if h[l] == 0 {
			text = s.Paint(Dim, fmt.Sprintf("%4s", "–"))
		}
		fmt.Fprint(w, text)
	}
	fmt.Fprintf(w, "  %s %5s\n", levelBar(s, h), percent(h.AtLeast(coverage.Self), h.Total()))
}

// levelBar draws a histogram. Every level that occurs gets a column at least.
func levelBar(s Style, h coverage.Histogram) string {
	total, out, used := h.Total(), "", 0
	for _, l := range shown() {
		n := h[l] * barWidth / max(1, total)
		if h[l] > 0 && n == 0 {
			n = 1
		}
		if l == coverage.None {
			n = barWidth - used
		}
		n = min(n, barWidth-used)
		used += n
		out += s.Paint(levelColours[l], strings.Repeat(levelGlyphs[l], n))
	}
	return out
}

func legend(s Style) string {
	var parts []string
	for _, l := range shown() {
		if l == coverage.Proven {
			continue // shares its glyph with 3b
		}
		mark := l.String()
		if l == coverage.Observed {
			mark = "4, 3b"
		}
		parts = append(parts, s.Paint(levelColours[l], levelGlyphs[l])+" "+mark+" "+l.Word())
	}
	return strings.Join(parts, "  ")
}

func prettyPlatforms(w io.Writer, s Style, r *coverage.Report) {
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, fmt.Sprintf("%-21s%4s%4s%4s%4s%4s%4s", "TECHNIQUE × PLATFORM", "4", "3b", "3a", "2", "1", "0")))
	for _, p := range r.Platforms {
		prettyRow(w, s, p.Name, p.Cells)
	}
}

// prettyNotes tells what a person should know about the numbers.
func prettyNotes(w io.Writer, s Style, run *CoverageRun) {
	r := run.Report
	sum := &r.Summary
	fmt.Fprintln(w)
	note := func(n int, one, many string, args ...any) {
		if n == 1 {
			many = one
		}
		if n > 0 {
			fmt.Fprintln(w, wrap(fmt.Sprintf("%5d  ", n)+fmt.Sprintf(many, args...), 80))
		}
	}
	note(sum.Claimed, "technique of %d in force is named by tags, whatever else is to be said", "techniques of %d in force are named by tags, whatever else is to be said", sum.InForce)
	note(sum.Single, "technique hangs on one rule, %d on several that see the same data", "techniques hang on one rule, %d on several that see the same data", sum.SinglePath)
	note(sum.Failing, "rule is held at 1 by a failing test", "rules are held at 1 by a failing test")
	note(sum.Stale, "cell has stale evidence", "cells have stale evidence")
	note(len(r.Unresolved), "tag leads to no technique in force", "tags lead to no technique in force")
	note(len(r.AlsoFired), "time a rule fired on a technique that it does not name", "times a rule fired on a technique that it does not name")
	if gaps := gapsOf(r); len(gaps) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "NO EVIDENCE, what weighs most first"))
		for i, t := range gaps {
			if i == listShort && !run.Verbose {
				fmt.Fprintf(w, "  and %d more\n", len(gaps)-i)
				break
			}
			fmt.Fprintf(w, "  %-10s %s (%s)\n", t.ID, Clean(t.Name), Count(t.Groups, "group"))
		}
	}
	prettyComponents(w, s, run)
}

func prettyComponents(w io.Writer, s Style, run *CoverageRun) {
	for _, q := range []struct {
		quadrant coverage.Quadrant
		title    string
	}{
		{coverage.Blind, "BLIND: techniques show there, nothing is recorded, no rule looks"},
		{coverage.Untapped, "UNTAPPED: recorded, and no rule looks"},
		{coverage.DeadRules, "DEAD RULES: rules look, and nothing is recorded"},
		{coverage.Unruled, "NO RULE LOOKS THERE"},
	} {
		shown, all := 0, 0
		for _, c := range run.Report.Components {
			if c.Quadrant != q.quadrant {
				continue
			}
			if all++; all > 5 && !run.Verbose {
				continue
			}
			if shown++; shown == 1 {
				fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, q.title))
			}
			fmt.Fprintf(w, "  %-10s %-40s %s, %s\n", c.ID, Shorten(Clean(c.Name), 40), Count(c.Techniques, "technique"), Count(c.Rules, "rule"))
		}
		if all > shown {
			fmt.Fprintf(w, "  and %d more\n", all-shown)
		}
	}
}

func prettyTechniques(w io.Writer, s Style, r *coverage.Report) {
	titles := titlesOf(r)
	fmt.Fprintf(w, "\n%s\n", s.Paint(Bold, "TECHNIQUES WITH EVIDENCE"))
	for _, t := range r.Techniques {
		if !t.InScope || t.Level == coverage.None {
			continue
		}
		fmt.Fprintf(w, "%s %s %s\n", s.Paint(levelColours[t.Level], fmt.Sprintf("%-2s", t.Level)), t.ID, Clean(t.Name))
		for _, c := range t.Cells {
			if c.Level == coverage.None {
				continue
			}
			fmt.Fprintf(w, "   %s: %s, confidence %s, %s, %s\n", c.Platform, c.Level, c.Confidence, Count(c.Depth, "rule"), Count(len(c.Paths), "data component"))
			for i, x := range c.Supports {
				if i == 5 {
					fmt.Fprintf(w, "      and %d more\n", len(c.Supports)-i)
					break
				}
				fmt.Fprintf(w, "      %-2s %s\n", x.Level, Clean(titles[x.Rule].Title))
				for _, e := range x.Evidence {
					if e.Level > coverage.Tagged {
						fmt.Fprintf(w, "         %s\n", Clean(e.Text))
					}
				}
				for _, f := range x.Flags {
					fmt.Fprintf(w, "         %s\n", s.Paint(Yellow, Clean(f)))
				}
			}
		}
	}
}

// wrap breaks a text at blanks.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if n := len([]rune(line)) + 1 + len([]rune(word)); line != "" && n > width {
			lines = append(lines, line)
			line = word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
