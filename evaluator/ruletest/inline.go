package ruletest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// seen is an inline event as the rule sees it.
type seen struct {
	event  *telemetry.Event
	target evaluator.Event // nil if the event does not belong to the rule's logsource
	view   string
}

// see chooses the view of an event that counts: the one on which the rule
// matches, else the first that satisfies its logsource.
func (w *worker) see(c *Case, rule *compiler.Rule, index int) seen {
	return w.seeAs(c, rule, w.run.normaliser.Event(telemetry.Record{Source: c.Path, Index: index, Value: c.events[index].value}))
}

func (w *worker) seeAs(c *Case, rule *compiler.Rule, event *telemetry.Event) seen {
	s := seen{event: event}
	views := s.event.Views()
	var candidates []evaluator.View
	switch {
	case len(views) == 0:
		candidates = []evaluator.View{{Event: s.event.Record().Value}}
	case c.ignoreLogsource:
		candidates = []evaluator.View{{Event: asIs{s.event}}}
	}
	for _, v := range views {
		if evaluator.Satisfies(v.Logsource, rule) {
			candidates = append(candidates, v)
		}
	}
	for _, v := range candidates {
		if matches := w.evaluator(c).MatchRule(rule, v.Event); matches || s.target == nil {
			s.target, s.view = v.Event, v.Name
			if matches {
				break
			}
		}
	}
	return s
}

// asIs hides that an event is routed.
type asIs struct{ event *telemetry.Event }

// Field implements evaluator.Event.
func (a asIs) Field(name string) (evaluator.Value, bool) { return a.event.Field(name) }

// Walk implements evaluator.Walker.
func (a asIs) Walk(yield func(evaluator.Value) bool) { a.event.Walk(yield) }

// inline runs a test on the events that stand in it.
func (w *worker) inline(out *CaseResult) {
	c := out.Case
	rule := w.run.compiled[c.Rule.(*rules.Rule)]
	for i := range c.events {
		s := w.see(c, rule, i)
		if s.target == nil {
			w.stray(out, rule, s, i)
			return
		}
		matched := w.evaluator(c).MatchRule(rule, s.target)
		w.keep(out, rule, s.target, c.events[i].value, matched)
		if matched {
			out.Alerts = append(out.Alerts, alertOf(rule, s.event, s.view))
		}
		if !w.verdict(out, rule, s, i, matched) {
			return
		}
	}
	if n := len(out.Alerts); c.want.count != nil && !c.want.count.admits(n) {
		out.Status, out.Span = Fail, c.want.count.span
		out.Message = fmt.Sprintf("expected %s, got %d of %d", c.want.count.text("match"), n, len(c.events))
	}
}

// stray fails a test whose event is of another logsource than the rule.
func (w *worker) stray(out *CaseResult, rule *compiler.Rule, s seen, index int) {
	var names []string
	for _, v := range s.event.Views() {
		names = append(names, v.Name)
	}
	out.Status, out.Span, out.RuleSpan = Fail, out.Case.events[index].span, rule.Source.Logsource.Span
	out.Message = fmt.Sprintf("the event does not belong to the rule's logsource %s: it is seen as %s",
		rule.Source.Logsource, strings.Join(names, ", "))
	out.Help = "correct the event, or write logsource: ignore"
	x := w.evaluator(out.Case).Explain(rule, asIs{s.event})
	x.NoView, x.Matched = true, false
	out.Explanation = x
}

// verdict compares one event with what is wanted of it; false ends the test.
func (w *worker) verdict(out *CaseResult, rule *compiler.Rule, s seen, index int, matched bool) bool {
	want := &out.Case.want
	var x *evaluator.Explanation
	explain := func() *evaluator.Explanation {
		if x == nil {
			x = w.evaluator(out.Case).Explain(rule, s.target)
			x.View = s.view
		}
		return x
	}
	switch {
	case want.match != nil && *want.match != matched:
		out.Message = fmt.Sprintf("expected %s, got %s", verdictText(*want.match), verdictText(matched))
		if !out.Case.single {
			out.Message += fmt.Sprintf(" on event %d of %d", index+1, len(out.Case.events))
		}
		out.Span, out.RuleSpan = want.matchSpan, conditionSpan(rule)
	case len(want.selections) > 0 && !w.selections(out, rule, explain()):
	case want.because.Text != "" && !w.because(out, rule, s):
	default:
		return true
	}
	out.Status, out.Explanation = Fail, explain()
	return false
}

// conditionSpan is the place of a rule's condition.
func conditionSpan(rule *compiler.Rule) rules.Span {
	if c := rule.Source.Detection.Conditions; len(c) == 1 {
		return c[0].Text.Span
	}
	return rules.Span{}
}

func verdictText(matched bool) string {
	if matched {
		return "a match"
	}
	return "no match"
}

// selections compares the truth of selections; they are those of the rule.
func (w *worker) selections(out *CaseResult, rule *compiler.Rule, x *evaluator.Explanation) bool {
	truth := map[string]bool{}
	collectSelections(x.Root, truth)
	for _, s := range out.Case.want.selections {
		got, evaluated := truth[s.name.Text]
		switch {
		case !evaluated:
			out.Message = fmt.Sprintf("expected selection %s to be %t, and no condition uses it", s.name.Text, s.holds)
		case got != s.holds:
			out.Message = fmt.Sprintf("expected selection %s to be %t, got %t", s.name.Text, s.holds, got)
		default:
			continue
		}
		out.Span, out.RuleSpan = s.name.Span, rule.Source.Detection.Selection(s.name.Text).Name.Span
		return false
	}
	return true
}

func collectSelections(n *evaluator.Node, truth map[string]bool) {
	if n.Kind == evaluator.SelectionNode {
		truth[n.Label] = n.Matched
		return
	}
	for _, arg := range n.Args {
		collectSelections(arg, truth)
	}
}

// because checks that a selection alone keeps an event from matching: with its
// opposite in its place, the condition holds.
func (w *worker) because(out *CaseResult, rule *compiler.Rule, s seen) bool {
	name := out.Case.want.because
	selection := rule.Source.Detection.Selection(name.Text)
	if w.flips(out.Case, rule, selection, s) {
		return true
	}
	out.Span, out.RuleSpan = name.Span, selection.Name.Span
	var reasons []string
	for _, other := range rule.Source.Detection.Selections {
		if other != selection && w.flips(out.Case, rule, other, s) {
			reasons = append(reasons, other.Name.Text)
		}
	}
	out.Message = fmt.Sprintf("expected because: %s, but with its opposite the rule does not match either", name.Text)
	switch len(reasons) {
	case 0:
		out.Help = "several selections keep the event from matching"
	default:
		slices.Sort(reasons)
		out.Help = "the rule would match with the opposite of " + alternatives(reasons)
	}
	return false
}

// flips reports whether the rule would match if a selection were the opposite.
func (w *worker) flips(c *Case, rule *compiler.Rule, s *rules.Selection, in seen) bool {
	flipped := *rule
	expr, found := negated(rule.Expr, s)
	flipped.Expr = expr
	return found && w.evaluator(c).MatchRule(&flipped, in.target)
}

// negated returns an expression with the opposite of a selection in its place.
func negated(e *compiler.Expr, s *rules.Selection) (*compiler.Expr, bool) {
	if e.Selection == s {
		return &compiler.Expr{Op: compiler.Not, Args: []*compiler.Expr{e}}, true
	}
	if e.Selection != nil {
		return e, false
	}
	out := *e
	out.Args = make([]*compiler.Expr, len(e.Args))
	found := false
	for i, arg := range e.Args {
		var here bool
		out.Args[i], here = negated(arg, s)
		found = found || here
	}
	return &out, found
}

// alertOf describes a match.
func alertOf(rule *compiler.Rule, e *telemetry.Event, view string) Alert {
	a := Alert{RuleID: rule.ID, RuleTitle: rule.Title, Level: rule.Level, Record: e.Record().Index, View: view,
		EventFingerprint: e.Fingerprint()}
	if t, _, ok := e.Time(); ok {
		a.Time = t.UTC().Format(time.RFC3339Nano)
	}
	return a
}
