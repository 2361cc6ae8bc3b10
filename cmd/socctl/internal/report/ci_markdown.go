package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// CIMarker begins the comment on a pull request, by which it is found again.
const CIMarker = "<!-- socctl -->"

// maxComment is what a comment of GitHub may hold, in characters, with some to
// spare; maxRows how many rules the table shows before the rest is folded.
const (
	maxComment = 60_000
	maxRows    = 5

	maxFold       = 200
	maxFoldEvents = 40 // rules of which events are told
)

// ciMarkdown writes one comment: the verdict and what blocks first, only what changed, the
// worst first, details folded. It is empty if no rule changed and there is no
// blocker and no warning. Everything from rules and events is escaped, and what would make
// it too long is left out, and said to be.
func ciMarkdown(w io.Writer, p *CIPage) error {
	if !p.Changed() && len(p.Blockers)+len(p.Warnings) == 0 {
		return nil
	}
	c := &comment{left: maxComment}
	c.add(fmt.Sprintf("%s\n### socctl: %s\n\n", CIMarker, escapeMarkdown(p.Verdict())))
	c.remarks("Blocker", "blocker", p.Blockers)
	c.remarks("Warning", "warning", p.Warnings)
	c.remarks("Cause", "cause", p.Causes)
	n, shown := len(p.Changes), unfolded(p.Changes, func(c *CIChange) bool { return c.Blocks })
	if n > 0 {
		c.add(ciTable(p.Changes[:shown]))
	}
	if n > shown {
		c.fold(Count(n-shown, "more rule"), ciTable(p.Changes[shown:min(n, maxFold)])+left(n-maxFold, "rule"))
	}
	n, shown = len(p.Correlations), unfolded(p.Correlations, func(c *CICorrelation) bool { return c.Blocks })
	if n > 0 {
		c.add(ciCorrelations(p.Correlations[:shown]) + "\n")
		c.fold(Count(n-shown, "more correlation"), ciCorrelations(p.Correlations[shown:min(n, maxFold)])+left(n-maxFold, "correlation"))
	}
	if p.WithoutEffect > 0 {
		c.add(fmt.Sprintf("%s changed without any effect on what matches.\n\n", Count(p.WithoutEffect, "rule")))
	}
	if p.Replay != nil {
		c.add(escapeMarkdown(p.replayText()) + ".\n\n")
	}
	c.fold(fmt.Sprintf("Wrong before this change too, which does not block (%d)", len(p.Known)), ciRemarks(p.Known))
	c.fold("What the rules mean now", ciMeanings(p))
	c.fold("Recorded events gained and lost", ciRecorded(p))
	c.fold("Hosts", ciHosts(p))
	c.fold("ATT&amp;CK evidence", ciCells(p.Coverage))
	c.fold("Filters", ciRemarks(p.Filters))
	c.fold("Verdicts and tuning", ciRemarks(p.tuningRemarks()))
	c.fold("Lint", ciRemarks(p.Findings))
	c.end(fmt.Sprintf("compared with `%s` · socctl %s\n", codeText(Shorten(p.Base, 100)), escapeMarkdown(Shorten(p.Version, 100))))
	_, err := io.WriteString(w, c.text.String())
	return err
}

// remarks tells the most important of a list, one by one.
func (c *comment) remarks(word, noun string, list []CIRemark) {
	shown, more := foremost(list)
	for i := range shown {
		c.add("**" + word + "** " + remarkText(&shown[i]) + "\n\n")
	}
	if more > 0 {
		c.add(left(more, noun) + "\n")
	}
}

func remarkText(r *CIRemark) string {
	place := ""
	if r.Path != "" {
		short := CIRemark{Path: Shorten(r.Path, 200), Line: r.Line}
		place = " `" + codeText(short.at()) + "`"
	}
	return escapeMarkdown(Shorten(r.Kind, 60)) + place + " " + escapeMarkdown(Shorten(r.Text, 400))
}

func ciRemarks(list []CIRemark) string {
	var b strings.Builder
	for i := range list[:min(len(list), maxFold)] {
		b.WriteString("- " + remarkText(&list[i]) + "\n")
	}
	return b.String() + left(len(list)-maxFold, "remark")
}

// remaining tells how many of a list are not shown; nothing if all are.
func remaining(n int, noun string) string {
	if n <= 0 {
		return ""
	}
	return "and " + Count(n, noun) + " more"
}

// left is remaining as a paragraph of the comment.
func left(n int, noun string) string {
	if n <= 0 {
		return ""
	}
	return "\n" + remaining(n, noun) + ", in the report\n"
}

func ciTable(changes []CIChange) string {
	var b strings.Builder
	b.WriteString("| Rule | Change | Tests | Alerts/day (95 %) | Lint |\n|---|---|---|---|---|\n")
	for i := range changes {
		c := &changes[i]
		level := ""
		if c.Level != "" {
			level = " `" + codeText(Shorten(c.Level, 40)) + "`"
		}
		note := ""
		if len(c.Notes) > 0 {
			note = "; " + escapeMarkdown(Shorten(c.Notes[0], 120))
		}
		fmt.Fprintf(&b, "| %s%s | **%s**%s | %s | %s | %s |\n", escapeMarkdown(Shorten(c.Title, 100)), level, escapeMarkdown(c.word()), note,
			escapeMarkdown(c.testText()), escapeMarkdown(Shorten(c.alertText(), 100)), escapeMarkdown(c.lintText()))
	}
	return b.String() + "\n"
}

// ciMeanings tells what each rule means now, with the events that show it.
func ciMeanings(p *CIPage) string {
	var b strings.Builder
	for i := range p.Changes[:min(len(p.Changes), maxFold)] {
		c := &p.Changes[i]
		fmt.Fprintf(&b, "- **%s**: %s (`%s`)", escapeMarkdown(c.word()), escapeMarkdown(Shorten(c.Title, 200)), codeText(Shorten(c.Path, 200)))
		for _, note := range c.Notes[:min(len(c.Notes), 10)] {
			fmt.Fprintf(&b, "; %s", escapeMarkdown(Shorten(note, 300)))
		}
		b.WriteString("\n")
		if i < maxFoldEvents {
			ciEvent(&b, "now matches", c.Gained)
			ciEvent(&b, c.lostWord(), c.Lost)
		}
	}
	if len(p.Changes) > maxFoldEvents {
		fmt.Fprintf(&b, "\nevents of the first %d alone\n\n", maxFoldEvents)
	}
	return b.String() + left(len(p.Changes)-maxFold, "rule")
}

// ciCorrelations tells what became of correlations, a line each.
func ciCorrelations(list []CICorrelation) string {
	var b strings.Builder
	for i := range list {
		c := &list[i]
		fmt.Fprintf(&b, "- **%s**: %s", escapeMarkdown(Shorten(c.Kind, 40)), escapeMarkdown(Shorten(c.Title, 200)))
		for _, n := range c.Notes[:min(len(c.Notes), 10)] {
			fmt.Fprintf(&b, "; %s", escapeMarkdown(Shorten(n, 300)))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (c *CIChange) lostWord() string {
	if c.Kind == "removed" {
		return "matched"
	}
	return "no longer matches"
}

func ciEvent(b *strings.Builder, title string, e *CIEvent) {
	if e == nil {
		return
	}
	fmt.Fprintf(b, "\n  <details><summary>%s</summary>\n\n%s", title, eventHead(len(e.Fields)))
	for _, f := range e.Fields[:min(len(e.Fields), 50)] {
		fmt.Fprintf(b, "  | `%s` | `%s` |\n", codeText(Shorten(f.Name, 100)), codeText(Shorten(f.Text, 300)))
	}
	b.WriteString("\n  </details>\n\n")
}

// ciRecorded tells events of recordings that a change gains and loses.
func ciRecorded(p *CIPage) string {
	var b strings.Builder
	shown, more := firstOf(p.Changes, func(c *CIChange) bool { return c.Volume != nil && c.Volume.Gained+c.Volume.Lost > 0 })
	for _, c := range shown {
		fmt.Fprintf(&b, "- %s: %s gained, %d lost\n", escapeMarkdown(Shorten(c.Title, 200)), Count(c.Volume.Gained, "event"), c.Volume.Lost)
		ciSamples(&b, "gained", c.Volume.Samples)
		ciSamples(&b, "lost", c.Volume.SamplesLost)
	}
	return b.String() + left(more, "rule")
}

// firstOf returns the first changes of which something is told, and how many more there
// are.
func firstOf(all []CIChange, told func(*CIChange) bool) (shown []*CIChange, more int) {
	for i := range all {
		if told(&all[i]) {
			shown = append(shown, &all[i])
		}
	}
	n := min(len(shown), maxFoldEvents)
	return shown[:n], len(shown) - n
}

func ciSamples(b *strings.Builder, word string, samples []CIEvent) {
	for i := range samples[:min(len(samples), 3)] {
		e := &samples[i]
		var fields []string
		for _, f := range e.Fields[:min(len(e.Fields), 10)] {
			fields = append(fields, f.Name+"="+Shorten(f.Text, 100))
		}
		fmt.Fprintf(b, "  - %s: `%s` record %d %s `%s`\n", word, codeText(Shorten(e.Source, 200)), e.number(), escapeMarkdown(Shorten(e.Time, 40)), codeText(Shorten(strings.Join(fields, " "), 600)))
	}
}

// ciHosts tells on how few machines the alerts of a rule are.
func ciHosts(p *CIPage) string {
	var b strings.Builder
	shown, more := firstOf(p.Changes, func(c *CIChange) bool { return c.Volume != nil && len(c.Volume.Hosts) > 0 })
	for _, c := range shown {
		var parts []string
		for _, h := range c.Volume.Hosts[:min(len(c.Volume.Hosts), 3)] {
			parts = append(parts, fmt.Sprintf("%s %d → %d", Shorten(h.Name, 80), h.Before, h.After))
		}
		fmt.Fprintf(&b, "- %s: %d → %s; most on %s\n", escapeMarkdown(Shorten(c.Title, 200)), c.Volume.HostsBefore, Count(c.Volume.HostCount, "host"), escapeMarkdown(strings.Join(parts, ", ")))
	}
	return b.String() + left(more, "rule")
}

// ciCells tells the evidence that is won and lost.
func ciCells(c *CICoverage) string {
	if c == nil || len(c.Cells) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| Technique | Platform | Change | From | To | Cause |\n|---|---|---|---|---|---|\n")
	for i := range c.Cells[:min(len(c.Cells), 40)] {
		x := &c.Cells[i]
		var causes []string
		for _, t := range x.Causes[:min(len(x.Causes), 3)] {
			causes = append(causes, escapeMarkdown(Shorten(t, 200)))
		}
		kind := x.Kind
		if x.Unproven {
			kind += ", claimed and unproven"
		}
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s | %s |\n", escapeMarkdown(Shorten(x.Technique, 20)), escapeMarkdown(Shorten(x.Name, 80)), escapeMarkdown(Shorten(x.Platform, 40)),
			escapeMarkdown(Shorten(kind, 60)), escapeMarkdown(Shorten(x.From, 10)), escapeMarkdown(Shorten(x.To, 10)), strings.Join(causes, "<br>"))
	}
	return b.String() + left(len(c.Cells)-40, "cell")
}

// comment is a text of limited length.
type comment struct {
	text    strings.Builder
	left    int
	omitted []string
}

// add appends a part, unless it does not fit; then it is counted as left out.
func (c *comment) add(part string) bool {
	n := 0
	for _, r := range part { // GitHub counts as its database and JavaScript do
		n += utf16.RuneLen(r)
	}
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
