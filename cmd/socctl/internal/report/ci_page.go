package report

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/compiler/diff"
)

// CIPage is what people are shown of a pull request. It is plain text and numbers, so
// that one job can write it as JSON, running on foreign code, and another one can
// render it, with the permission to comment and without having run anything foreign.
// Whoever renders it trusts none of its texts.
type CIPage struct {
	Base    string `json:"base"`
	Version string `json:"version"`
	Pass    bool   `json:"pass"` // there is no blocker

	Blockers []CIRemark `json:"blockers"` // reasons not to merge
	Known    []CIRemark `json:"known"`    // that were there before the change, and do not block
	Warnings []CIRemark `json:"warnings"` // of gates, of views of events that have changed, and of filters that hide almost all of a rule that changed; they advise

	Causes        []CIRemark      `json:"causes"`  // what changed rules that did not change themselves: filters, pipelines, placeholders
	Changes       []CIChange      `json:"changes"` // rules that match other events: what blocks, then the worst first
	WithoutEffect int             `json:"without_effect"`
	Correlations  []CICorrelation `json:"correlations"`
	Replay        *CIReplay       `json:"replay"`   // nil if nothing was replayed
	Coverage      *CICoverage     `json:"coverage"` // nil if it was left out
	Findings      []CIRemark      `json:"findings"` // of lint, that are new
	Filters       []CIRemark      `json:"filters"`  // that have ended or will soon; how many others hide almost all
	Tuning        []CITuning      `json:"tuning"`   // of the rules that the change touches, where there are verdicts on them
	Tests         CITests         `json:"tests"`    // all that ran
}

// CIRemark is something to be said about a place.
type CIRemark struct {
	Kind string `json:"kind"` // silenced, lint, test, budget, coverage or policy; of a finding the name of the check, of a cause what became of the rules
	Text string `json:"text"`
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
}

// CITests counts tests.
type CITests struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

// CIChange is a rule that matches other events than before.
type CIChange struct {
	Kind     string    `json:"kind"` // see docs/diff.md
	Title    string    `json:"title"`
	ID       string    `json:"id,omitempty"`
	Level    string    `json:"level,omitempty"`
	Path     string    `json:"path"`
	Line     int       `json:"line"`
	Notes    []string  `json:"notes,omitempty"`
	Tests    *CITests  `json:"tests"`            // nil if the rule is gone
	Blocks   bool      `json:"blocks,omitempty"` // a blocker is about it
	Findings int       `json:"findings"`         // of lint, in its file
	Gained   *CIEvent  `json:"gained,omitempty"`
	Lost     *CIEvent  `json:"lost,omitempty"`
	Volume   *CIVolume `json:"volume,omitempty"` // nil if nothing was replayed
}

// CIEvent is an event that shows a difference.
type CIEvent struct {
	Source string    `json:"source,omitempty"` // recording; "" for one that was made up
	Record *int      `json:"record,omitempty"` // in the recording, from 0; nil for one that was made up
	Time   string    `json:"time,omitempty"`
	View   string    `json:"view,omitempty"`
	Fields []CIField `json:"fields"`
}

// number is that of the record, the first one's if none is told.
func (e *CIEvent) number() int {
	if e.Record == nil {
		return 0
	}
	return *e.Record
}

// CIField is a field of an event; Marked if the question is decided by it, and the
// event on the other side holds something else.
type CIField struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Marked bool   `json:"marked,omitempty"`
}

// CIVolume is what a rule does on recordings.
type CIVolume struct {
	Exercised    bool      `json:"exercised"`        // false: nothing recorded could have made it fire
	Broken       bool      `json:"broken,omitempty"` // it has an error now, so what it would raise is not seen
	Alerts       int       `json:"alerts"`
	AlertsBefore int       `json:"alerts_before"`
	Before       *CIRate   `json:"before"` // nil if there is none to tell
	After        *CIRate   `json:"after"`
	Budget       *CIBudget `json:"budget,omitempty"`
	Gained       int       `json:"gained"` // recorded events that only the rule of now matches
	Lost         int       `json:"lost"`   // likewise of before
	Days         []CIDay   `json:"days,omitempty"`
	Hosts        []CIHost  `json:"hosts,omitempty"` // with the most alerts, by now
	HostCount    int       `json:"host_count"`
	HostsBefore  int       `json:"host_count_before"`
	Samples      []CIEvent `json:"samples,omitempty"`      // gained
	SamplesLost  []CIEvent `json:"samples_lost,omitempty"` // lost
}

// CIRate is alerts a day with the interval in which the rate lies.
type CIRate struct {
	PerDay float64 `json:"per_day"`
	Lower  float64 `json:"lower"`
	Upper  float64 `json:"upper"`
}

// CIBudget is what a rule may raise, and whether it does.
type CIBudget struct {
	PerDay float64 `json:"per_day"`
	State  string  `json:"state"` // within, undecided or exceeded
}

// CIDay is the alerts of a day before and after.
type CIDay struct {
	Day    string `json:"day"` // 2026-03-02
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// CIHost is the alerts of a host before and after.
type CIHost struct {
	Name   string `json:"name"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// CICorrelation is a correlation that is not what it was.
type CICorrelation struct {
	Kind  string   `json:"kind"`
	Title string   `json:"title"`
	ID    string   `json:"id,omitempty"`
	Path  string   `json:"path"`
	Line  int      `json:"line"`
	Notes []string `json:"notes,omitempty"`

	Blocks bool `json:"blocks,omitempty"` // a blocker is about it
}

// CIReplay is what a replay says of all rules together.
type CIReplay struct {
	Events       int       `json:"events"`
	Days         float64   `json:"days"`
	First        string    `json:"first,omitempty"`
	Last         string    `json:"last,omitempty"`
	Before       float64   `json:"before"` // alerts a day
	After        *CIRate   `json:"after"`
	AfterSum     float64   `json:"after_sum"`        // of the rates of all rules
	Broken       int       `json:"broken,omitempty"` // rules and correlations that have an error now
	Unseen       float64   `json:"unseen,omitempty"` // of Before, those of the broken ones
	Budget       *CIBudget `json:"budget,omitempty"`
	NotExercised int       `json:"not_exercised"` // rules
	Partial      bool      `json:"partial,omitempty"`
	Problems     int       `json:"problems,omitempty"` // what could not be read
	Daily        []CIDay   `json:"daily,omitempty"`
}

// CICoverage is ATT&CK evidence that is won and lost.
type CICoverage struct {
	Release string   `json:"release"`
	Won     int      `json:"won"`
	Lost    int      `json:"lost"`
	Cells   []CICell `json:"cells"` // the worst first
}

// CICell is a technique on a platform, the evidence for which changed.
type CICell struct {
	Technique string   `json:"technique"`
	Name      string   `json:"name"`
	Platform  string   `json:"platform"`
	Kind      string   `json:"kind"`
	From      string   `json:"from"`
	To        string   `json:"to"`
	Unproven  bool     `json:"unproven,omitempty"` // claimed by tags alone
	Causes    []string `json:"causes,omitempty"`
}

// Changed reports whether any rule or correlation is not what it was.
func (p *CIPage) Changed() bool { return len(p.Changes)+p.WithoutEffect+len(p.Correlations) > 0 }

// Verdict is the line that says it all.
func (p *CIPage) Verdict() string {
	parts := []string{"no blocker"}
	if n := len(p.Blockers); n > 0 {
		parts[0] = Count(n, "blocker")
	}
	changed := Count(len(p.Changes)+p.WithoutEffect, "rule")
	if n := len(p.Correlations); n > 0 {
		changed += " and " + Count(n, "correlation")
	}
	parts = append(parts, changed+" changed")
	if r := p.Replay; r != nil {
		parts = append(parts, signed(r.AfterSum+r.Unseen-r.Before)+" alerts/day")
		if r.Broken > 0 {
			parts = append(parts, fmt.Sprintf("%d broken, %s alerts/day not seen", r.Broken, short(r.Unseen)))
		}
	}
	if c := p.Coverage; c != nil {
		parts = append(parts, fmt.Sprintf("ATT&CK +%d −%d", c.Won, c.Lost))
	}
	if n := len(p.Known); n > 0 {
		parts = append(parts, fmt.Sprintf("%d known before", n))
	}
	if n := len(p.Warnings); n > 0 {
		parts = append(parts, Count(n, "warning"))
	}
	return strings.Join(parts, " · ")
}

// word tells the kind of a change as a predicate of the rule.
func (c *CIChange) word() string {
	if w, known := words[diff.Kind(c.Kind)]; known {
		return w
	}
	return words[diff.Unknown]
}

// bad reports whether reviewers have to look at a change.
func (c *CIChange) bad() bool {
	n, known := severities[diff.Kind(c.Kind)]
	return !known || n <= severities[diff.Unknown]
}

// testText tells the tests of a rule.
func (c *CIChange) testText() string {
	t := c.Tests
	switch {
	case t == nil:
		return "–"
	case t.Passed+t.Failed == 0:
		return "none"
	case t.Failed == 0:
		return fmt.Sprintf("%d ✓", t.Passed)
	}
	return fmt.Sprintf("%d ✓ %d ✗", t.Passed, t.Failed)
}

// lintText tells the new findings of lint about a rule.
func (c *CIChange) lintText() string {
	if c.Findings == 0 {
		return "–"
	}
	return fmt.Sprintf("%d new", c.Findings)
}

// alertText tells the alerts a day of a rule before and after, with the intervals in
// which the rates lie, and what that says of the budget.
func (c *CIChange) alertText() string {
	v := c.Volume
	switch {
	case v == nil:
		return "–"
	case v.Broken:
		return v.Before.text() + " → not seen"
	case !v.Exercised:
		return "not exercised"
	case v.Before == nil && v.After == nil && v.Alerts+v.AlertsBefore > 0:
		return fmt.Sprintf("%d → %d alerts, undated", v.AlertsBefore, v.Alerts)
	}
	text := v.Before.text() + " → " + v.After.text()
	if b := v.Budget; b != nil {
		text += ", " + b.text()
	}
	return text
}

// text tells a rate with its interval; none is 0, of a rule that is not there.
func (r *CIRate) text() string {
	if r == nil {
		return "0"
	}
	return fmt.Sprintf("%s (%s–%s)", short(r.PerDay), short(r.Lower), short(r.Upper))
}

func (b *CIBudget) text() string { return fmt.Sprintf("budget %s %s", short(b.PerDay), b.State) }

// replayText tells what was replayed, and what all rules raise together.
func (p *CIPage) replayText() string {
	r := p.Replay
	out := fmt.Sprintf("%s of %s recorded, all rules: %s → %s alerts a day", Count(r.Events, "event"), dayText(r.Days), short(r.Before), short(r.AfterSum))
	switch {
	case r.After == nil:
	case short(r.After.PerDay) == short(r.AfterSum):
		out += fmt.Sprintf(", 95 %% interval %s–%s", short(r.After.Lower), short(r.After.Upper))
	default: // what some rules look at was not recorded on all days
		out += fmt.Sprintf(", each on the days of what it looks at; %s over all days", r.After.text())
	}
	if r.Budget != nil {
		out += ", total " + r.Budget.text()
	}
	if r.Broken > 0 {
		out += fmt.Sprintf("; %s of those before are of %s that %s broken now, so they are not seen", short(r.Unseen), Count(r.Broken, "rule"), plural(r.Broken, "is", "are"))
	}
	if r.NotExercised > 0 {
		out += "; " + Count(r.NotExercised, "rule") + " not exercised"
	}
	if r.Partial {
		out += "; only a part of the recordings was read"
	}
	if r.Problems > 0 {
		out += "; " + Count(r.Problems, "problem") + " while reading, so events may be missing"
	}
	return out
}

func dayText(days float64) string {
	return short(days) + " " + dayWord(days)
}
