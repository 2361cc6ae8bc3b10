package report

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

// Page makes of a run what people are shown.
func (r *CIRun) Page() *CIPage {
	p := &CIPage{Base: r.Base, Version: r.Version, Warnings: append([]CIRemark{}, r.Warnings...), Changes: []CIChange{}, Correlations: []CICorrelation{}, Findings: []CIRemark{}}
	p.Blockers, p.Known = r.judge()
	p.Blockers = append(p.Blockers, r.Denied...)
	p.Pass = len(p.Blockers) == 0
	var replayed *backtest.Result
	if r.Backtest != nil {
		replayed = r.Backtest.Result
	}
	reports := reportsOf(replayed)
	r.Diff.sort()
	for i := range r.Diff.Changes {
		c := &r.Diff.Changes[i]
		if severities[c.Kind] >= severities[diff.Equivalent] && c.Level == "" {
			p.WithoutEffect++
			continue
		}
		change := r.change(c, reports[keyOfChange(c)])
		change.Blocks = r.blocks(c, p.Blockers)
		p.Changes = append(p.Changes, change)
	}
	for i := range r.Diff.Correlations {
		c := &r.Diff.Correlations[i]
		if severities[c.Kind] >= severities[diff.Equivalent] && c.Level == "" {
			p.WithoutEffect++
			continue
		}
		kind, title, notes := correlationNotes(c)
		if replayed != nil {
			notes = append(alertNotes(replayed, reports[keyOfCorrelation(c)]), notes...)
		}
		key := keyOfCorrelation(c)
		p.Correlations = append(p.Correlations, CICorrelation{Kind: kind, Title: title, ID: key.id, Path: key.path, Line: key.line, Notes: notes,
			Blocks: blocking(p.Blockers, cmp.Or(c.New, c.Old).Source, c.New == nil)})
	}
	p.order()
	for i := range r.Lint.Result.Findings {
		if f := &r.Lint.Result.Findings[i]; f.Counts() {
			p.Findings = append(p.Findings, CIRemark{f.Code, f.Message, f.Span.Path(), f.Span.Start.Line})
		}
	}
	p.Causes, p.Filters, p.Tuning = r.causes(), r.ends(), r.tuning()
	touched, others := r.blankets()
	p.Warnings, p.Filters = append(p.Warnings, touched...), append(p.Filters, others...)
	for i := range r.cases() {
		p.Tests.count(r.Tests.Result.Cases[i].Clean())
	}
	p.Replay, p.Coverage = r.replay(), r.coverage()
	clip(reflect.ValueOf(p).Elem())
	return p
}

// alertNotes tells how many alerts of a correlation there are on the recordings, before
// and after; nothing if it was not replayed.
func alertNotes(r *backtest.Result, x *backtest.RuleReport) []string {
	if x == nil {
		return nil
	}
	v := volumeOf(r, x)
	if v.Broken {
		return []string{fmt.Sprintf("recorded alerts %d → not seen", v.AlertsBefore)}
	}
	text := fmt.Sprintf("recorded alerts %d → %d", v.AlertsBefore, v.Alerts)
	// One that only feeds others on a side gains and loses what it does not raise.
	if v.Gained > 0 && v.Lost > 0 && v.Gained-v.Lost == v.Alerts-v.AlertsBefore {
		text += fmt.Sprintf(", %d gained and %d lost", v.Gained, v.Lost)
	}
	return []string{text}
}

// cases is how many tests ran.
func (r *CIRun) cases() int {
	if r.Tests == nil {
		return 0
	}
	return len(r.Tests.Result.Cases)
}

func (t *CITests) count(passed bool) {
	if passed {
		t.Passed++
	} else {
		t.Failed++
	}
}

// judge parts what is wrong into what the change brought about and what was there
// before, in the order in which reviewers ask.
func (r *CIRun) judge() (blockers, known []CIRemark) {
	blockers, known = []CIRemark{}, []CIRemark{}
	add := func(before bool, remark CIRemark) {
		if before && !r.Strict {
			known = append(known, remark)
		} else {
			blockers = append(blockers, remark)
		}
	}
	blockers = append(blockers, r.silenced()...)
	for i := range r.cases() {
		if t := &r.Tests.Result.Cases[i]; !t.Clean() {
			add(r.FailedBefore[t.Case.ID], CIRemark{"test", t.Case.Name + ": " + t.Message, t.Case.Path, t.Case.Span.Start.Line})
		}
	}
	if r.Backtest != nil {
		for _, f := range r.Backtest.Result.Findings {
			if f.Name == backtest.TooBroad {
				add(exceededBefore(r.Backtest.Result, &f), CIRemark{"budget", titleOf(r.Backtest.Result, &f) + ": " + f.Message, f.Path, f.Line})
			}
		}
	}
	if r.Coverage != nil && r.Coverage.Report.Delta != nil {
		for _, v := range r.Coverage.Report.Delta.Violations {
			add(false, CIRemark{Kind: "coverage", Text: violationText(&v)})
		}
	}
	for i := range r.Lint.Result.Findings {
		f := &r.Lint.Result.Findings[i]
		before := f.Suppression != nil && f.Suppression.Kind == lint.ByBase
		if f.Severity == rules.Error && (f.Counts() || before) {
			add(before, CIRemark{"lint", f.Code + ": " + f.Message, f.Span.Path(), f.Span.Start.Line})
		}
	}
	return blockers, known
}

// exceededBefore reports whether a budget was exceeded before the change too, and the
// change does not make it worse.
func exceededBefore(r *backtest.Result, f *backtest.Finding) bool {
	if f.Rule < 0 {
		before, after := 0.0, 0.0
		for i := range r.Rules {
			b, a, _ := rates(&r.Rules[i])
			before, after = before+b, after+a
		}
		return r.Total.Budget != nil && before > r.Total.Budget.PerDay && after <= before
	}
	x := &r.Rules[f.Rule]
	if x.Change == nil || x.Budget == nil || x.Change.LevelBefore != "" {
		return false
	}
	switch x.Change.Status {
	case backtest.Unchanged, backtest.Metadata:
		return true
	case backtest.Changed:
		was := x.Change.RateBefore
		return was != nil && was.Lower > x.Budget.PerDay && x.Rate.PerDay <= was.PerDay
	}
	return false
}

// change tells one rule.
func (r *CIRun) change(c *DiffChange, volume *backtest.RuleReport) CIChange {
	rule := c.Rule()
	out := CIChange{Kind: string(c.Kind), Title: rule.Title, ID: rule.ID, Level: rule.Level, Path: rule.Source.Span.Path(), Line: rule.Source.Span.Start.Line, Notes: c.notes(),
		Gained: madeUp(c.GainedEvent, c.Gained), Lost: madeUp(c.LostEvent, c.Lost)}
	if out.Gained != nil && out.Lost != nil {
		markDifferences(out.Gained.Fields, out.Lost.Fields)
	}
	for i := range r.Lint.Result.Findings {
		if f := &r.Lint.Result.Findings[i]; f.Counts() && f.Span.Path() == out.Path {
			out.Findings++
		}
	}
	if c.New != nil {
		out.Tests = &CITests{}
		for i := range r.cases() {
			if t := &r.Tests.Result.Cases[i]; tests(t, rule) {
				out.Tests.count(t.Clean())
			}
		}
	}
	if volume != nil {
		out.Volume = volumeOf(r.Backtest.Result, volume)
	}
	return out
}

// tests reports whether a test is one of a rule.
func tests(t *ruletest.CaseResult, r *compiler.Rule) bool {
	return t.Case.Rule != nil && t.Case.Rule.Meta().Span.Path() == r.Source.Span.Path() && t.Case.Rule.Meta().Title.Text == r.Title
}

// volumeOf tells what a rule does on recordings.
func volumeOf(r *backtest.Result, x *backtest.RuleReport) *CIVolume {
	v := &CIVolume{Exercised: x.Verdict != backtest.Unused, Alerts: x.Alerts, AlertsBefore: x.Alerts, After: rateOf(x.Rate), Before: rateOf(x.Rate), Budget: budgetOf(x.Budget)}
	days, hosts := x.Days, x.Hosts
	if c := x.Change; c != nil && c.Status != backtest.Unchanged && c.Status != backtest.Metadata {
		v.Broken = c.Status == backtest.Broken
		v.AlertsBefore, v.Before, v.Gained, v.Lost = c.AlertsBefore, rateOf(c.RateBefore), c.Gained, c.Lost
		days, hosts = c.DaysBefore, c.HostsBefore
		v.Samples, v.SamplesLost = recorded(c.GainedSamples), recorded(c.LostSamples)
	}
	v.Days = daysOf(r.Total.Days, days, x.Days)
	v.Hosts, v.HostsBefore, v.HostCount = hostsOf(hosts, x.Hosts)
	return v
}

func rateOf(r *backtest.Rate) *CIRate {
	if r == nil {
		return nil
	}
	return &CIRate{r.PerDay, r.Lower, r.Upper}
}

func budgetOf(v *backtest.Verified) *CIBudget {
	if v == nil {
		return nil
	}
	return &CIBudget{v.PerDay, string(v.State)}
}

// daysOf are the recorded days, also those without any alert; nil if there is none on
// any.
func daysOf(recorded []backtest.DayLevel, before, after []backtest.DayCount) []CIDay {
	if len(before)+len(after) == 0 {
		return nil
	}
	was, is := map[string]int{}, map[string]int{}
	for _, d := range before {
		was[d.Day] = d.Alerts
	}
	for _, d := range after {
		is[d.Day] = d.Alerts
	}
	var out []CIDay
	for _, d := range recorded {
		out = append(out, CIDay{d.Day, was[d.Day], is[d.Day]})
	}
	return out
}

// shownHosts is how many hosts are told of a rule.
const shownHosts = 5

func hostsOf(before, after *backtest.Counted) (out []CIHost, countBefore, countAfter int) {
	at := map[string]int{}
	take := func(c *backtest.Counted, set func(h *CIHost, n int)) int {
		if c == nil {
			return 0
		}
		for _, n := range c.Top {
			i, known := at[n.Name]
			if !known {
				i, at[n.Name] = len(out), len(out)
				out = append(out, CIHost{Name: n.Name})
			}
			set(&out[i], n.Count)
		}
		return c.Distinct
	}
	countAfter = take(after, func(h *CIHost, n int) { h.After = n })
	countBefore = take(before, func(h *CIHost, n int) { h.Before = n })
	return out[:min(shownHosts, len(out))], countBefore, countAfter
}

// recorded tells events of recordings.
func recorded(samples []backtest.Sample) []CIEvent {
	var out []CIEvent
	for i := range samples {
		x := &samples[i]
		e := CIEvent{Source: x.Source, Record: &x.Record, Time: x.Time, View: x.View, Fields: []CIField{}}
		for _, f := range x.Fields {
			e.Fields = append(e.Fields, CIField{Name: f.Name, Text: Shorten(f.Value, maxFieldText)})
		}
		out = append(out, e)
	}
	return out
}

// maxFieldText is how many characters of a value are told.
const maxFieldText = 400

// madeUp tells an event of the solver, or, where none could be dressed, the model.
func madeUp(e *witness.Event, m solver.Model) *CIEvent {
	if e == nil && m == nil {
		return nil
	}
	if e == nil {
		e = &witness.Event{Value: modelValue(m)}
	}
	out := &CIEvent{View: e.View, Fields: []CIField{}}
	for _, f := range flatten(e.Value, "") {
		out.Fields = append(out.Fields, CIField{Shorten(f.name, maxFieldText), Shorten(f.text, maxFieldText), slices.Contains(e.Decisive, f.name)})
	}
	return out
}

// markDifferences leaves marks only where two events differ.
func markDifferences(a, b []CIField) {
	for i := range a {
		for k := range b {
			if a[i].Name == b[k].Name && a[i].Text == b[k].Text {
				a[i].Marked, b[k].Marked = false, false
			}
		}
	}
}

// replay tells what all rules do together.
func (r *CIRun) replay() *CIReplay {
	if r.Backtest == nil {
		return nil
	}
	x := r.Backtest.Result
	out := &CIReplay{Events: x.Summary.Events, First: x.Total.First, Last: x.Total.Last, After: rateOf(x.Total.Rate), Budget: budgetOf(x.Total.Budget),
		NotExercised: x.Summary.NotExercised, Partial: x.Partial, Problems: x.Summary.Problems}
	if x.Total.Rate != nil {
		out.Days = x.Total.Rate.Days
	}
	more := map[string]int{} // alerts of before that are not of now, by day
	for i := range x.Rules {
		rule := &x.Rules[i]
		before, after, _ := rates(rule)
		out.Before, out.AfterSum = out.Before+before, out.AfterSum+after
		if rule.Change != nil && rule.Change.Status == backtest.Broken {
			out.Broken, out.Unseen = out.Broken+1, out.Unseen+before
		}
		if c := rule.Change; c != nil && c.Status != backtest.Unchanged && c.Status != backtest.Metadata {
			for _, d := range c.DaysBefore {
				more[d.Day] += d.Alerts
			}
			for _, d := range rule.Days {
				more[d.Day] -= d.Alerts
			}
		}
	}
	for _, d := range x.Total.Days {
		out.Daily = append(out.Daily, CIDay{d.Day, d.Alerts + more[d.Day], d.Alerts})
	}
	return out
}

// coverage tells what became of evidence.
func (r *CIRun) coverage() *CICoverage {
	if r.Coverage == nil || r.Coverage.Report.Delta == nil {
		return nil
	}
	out := &CICoverage{Release: r.Coverage.Report.Facts.Version, Cells: []CICell{}}
	for i := range r.Coverage.Report.Delta.Changes {
		c := &r.Coverage.Report.Delta.Changes[i]
		switch {
		case c.To > c.From:
			out.Won++
		case c.To < c.From:
			out.Lost++
		}
		cell := CICell{Technique: c.Technique, Name: c.Name, Platform: c.Platform, Kind: string(c.Kind), From: c.From.String(), To: c.To.String(), Unproven: c.Unproven}
		for k := range c.Causes[:min(3, len(c.Causes))] {
			cell.Causes = append(cell.Causes, causeLine(&c.Causes[k]))
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}
