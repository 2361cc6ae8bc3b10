package ruletest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// tally is what one test has seen of a recording so far.
type tally struct {
	out         *CaseResult
	rule        *compiler.Rule         // nil for a correlation
	correlation *correlating           // nil for a rule
	events      int                    // that where: admits
	matched     int                    // of them
	hit         *evaluator.Explanation // of the first match, if it may be one too many
	near        *telemetry.Event       // first event of the rule's logsource that did not match, else the first
	routed      bool                   // near is of the rule's logsource
}

// recording reads a recording once for all tests of it.
func (w *worker) recording(cases []int) {
	tallies := make([]*tally, len(cases))
	for n, i := range cases {
		out := &w.run.result.Cases[i]
		tallies[n] = &tally{out: out}
		switch d := out.Case.Rule.(type) {
		case *rules.Rule:
			tallies[n].rule = w.run.compiled[d]
		case *rules.Correlation:
			tallies[n].correlation = w.correlate(out.Case, w.run.correlated[d])
		}
	}
	var problems []error
	for record, err := range telemetry.Read(w.run.ctx, tallies[0].out.Case.sources, telemetry.ReadOptions{}) {
		if err != nil {
			problems = append(problems, err)
			continue
		}
		event := w.run.normaliser.Event(record)
		for _, t := range tallies {
			w.count(t, event)
		}
	}
	for _, t := range tallies {
		if t.correlation != nil {
			t.matched = t.correlation.finish(t.out)
		}
		w.judge(t, problems)
	}
}

// count tries the rule of a test on one event of its recording.
func (w *worker) count(t *tally, event *telemetry.Event) {
	c := t.out.Case
	if !admits(c.where, event) {
		return
	}
	t.events++
	if t.correlation != nil {
		t.correlation.addRecorded(event)
		return
	}
	w.keepRecorded(t.out, t.rule, event)
	ev := w.evaluator(c)
	if !ev.MatchRule(t.rule, event) {
		if t.near == nil || !t.routed {
			routed := belongs(event, t.rule)
			if t.near == nil || routed {
				t.near, t.routed = event, routed
			}
		}
		return
	}
	t.matched++
	if limit := t.limit(); limit >= 0 && t.matched == limit+1 {
		t.hit = ev.Explain(t.rule, event)
	}
	t.out.Alerts = append(t.out.Alerts, alertOf(t.rule, event, viewOf(ev, event, t.rule)))
}

// limit is the number of matches above which a test fails, -1 for none.
func (t *tally) limit() int {
	want := &t.out.Case.want
	switch {
	case want.match != nil && !*want.match:
		return 0
	case want.count != nil:
		return want.count.max
	}
	return -1
}

func belongs(event *telemetry.Event, rule *compiler.Rule) bool {
	for _, v := range event.Views() {
		if evaluator.Satisfies(v.Logsource, rule) {
			return true
		}
	}
	return false
}

// viewOf names the view on which a rule matches.
func viewOf(ev *evaluator.Evaluator, event *telemetry.Event, rule *compiler.Rule) string {
	for _, v := range event.Views() {
		if evaluator.Satisfies(v.Logsource, rule) && ev.MatchRule(rule, v.Event) {
			return v.Name
		}
	}
	return ""
}

// admits reports whether an event satisfies where:.
func admits(where []filter, event evaluator.Event) bool {
	for _, f := range where {
		if value, ok := event.Field(f.field); !ok || !HasText(value, f.texts) {
			return false
		}
	}
	return true
}

// HasText reports whether a value, or one of those of a list, has one of the texts,
// letter case aside.
func HasText(v evaluator.Value, texts []string) bool {
	if items := v.Items(); items != nil {
		return slices.ContainsFunc(items, func(item evaluator.Value) bool { return HasText(item, texts) })
	}
	return slices.ContainsFunc(texts, func(t string) bool { return strings.EqualFold(t, v.Text()) })
}

// judge compares what a test saw with what it wants.
func (w *worker) judge(t *tally, problems []error) {
	out, want := t.out, &t.out.Case.want
	out.Status = Pass
	switch {
	case w.run.ctx.Err() != nil:
		out.Status, out.Alerts = Skipped, nil
	case len(problems) > 0:
		damaged(out, problems)
	case t.events == 0 && len(out.Case.where) > 0:
		out.Status, out.Span, out.Message = Error, out.Case.recording.Span, "where: leaves none of the recording's events"
	case t.events == 0:
		out.Status, out.Span, out.Message = Error, out.Case.recording.Span, "the recording holds no event"
	case want.match != nil && *want.match != (t.matched > 0):
		out.Message = fmt.Sprintf("expected %s among %d events, got %d", verdictText(*want.match), t.events, t.matched)
		w.fail(t, want.matchSpan)
	case want.count != nil && !want.count.admits(t.matched):
		out.Message = fmt.Sprintf("expected %s among %d events, got %d", want.count.text("match"), t.events, t.matched)
		w.fail(t, want.count.span)
	case want.count != nil && want.count.least && t.matched > want.count.min:
		out.Note = fmt.Sprintf("%d events match, match_count says %d", t.matched, want.count.min)
	}
	if want.golden.Text != "" && (out.Status == Pass || out.Status == Fail) {
		w.golden(out)
	}
}

// fail fails a test and explains the event that says most: one that matched
// beyond the limit, else one that did not match.
func (w *worker) fail(t *tally, at rules.Span) {
	t.out.Status, t.out.Span = Fail, at
	if t.correlation != nil {
		return
	}
	t.out.RuleSpan = conditionSpan(t.rule)
	switch {
	case t.hit != nil:
		t.out.Explanation = t.hit
	case t.near != nil && t.limit() != 0:
		t.out.Explanation = w.evaluator(t.out.Case).Explain(t.rule, t.near)
		if !t.routed && !t.out.Case.ignoreLogsource {
			t.out.Help = fmt.Sprintf("no event belongs to the rule's logsource %s", t.rule.Source.Logsource)
		}
	}
}

// damaged reports that a recording could not be read, or not as a whole.
func damaged(out *CaseResult, problems []error) {
	out.Status, out.unreadable, out.Span = Error, true, out.Case.recording.Span
	out.Message = problems[0].Error()
	if n := len(problems) - 1; n > 0 {
		out.Message += fmt.Sprintf(" (and %d more problems)", n)
	}
}

// admits reports whether n matches are wanted.
func (c *countRange) admits(n int) bool { return n >= c.min && (c.max < 0 || n <= c.max) }

// text says what is wanted.
func (c *countRange) text(thing string) string {
	plural := func(n int) string {
		if n == 1 {
			return fmt.Sprintf("%d %s", n, thing)
		}
		return fmt.Sprintf("%d %ses", n, thing)
	}
	switch {
	case c.max < 0:
		return "at least " + plural(c.min)
	case c.min == c.max:
		return plural(c.min)
	case c.min == 0:
		return "at most " + plural(c.max)
	}
	return fmt.Sprintf("%d to %s", c.min, plural(c.max))
}
