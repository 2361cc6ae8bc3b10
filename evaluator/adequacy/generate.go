package adequacy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules/logsource"
)

// Proposal is a test that a rule lacks.
type Proposal struct {
	Name    string
	Events  []evaluator.Value // at least one
	Match   bool              // of all events
	Because string            // the selection that alone keeps a single event from matching; "" for none
}

// Proposed is what a rule lacks.
type Proposed struct {
	Base  evaluator.Value // an event that the rule matches, from which the others are derived
	Tests []Proposal
	After Coverage // with the tests
	Open  []string // parts for which no event was found, and why
}

// author makes tests for one rule.
type author struct {
	rule       *compiler.Rule
	maker      *witness.Maker
	evaluator  *evaluator.Evaluator
	normaliser *telemetry.Normaliser
	out        Proposed
	like       evaluator.Event // Base as the rule sees it
	taken      []string        // names of tests
}

// Propose makes the tests that a rule lacks beside those that it has: an event that
// matches, and for each part events on which it decides, as far as there are any.
// They are derived from base, an event that the rule matches; a null base is made.
// Names of tests are none of taken. The error is that of witness.Maker.Matching.
func Propose(p *compiler.Program, s Subject, base evaluator.Value, taken []string, table *logsource.Table) (*Proposed, error) {
	if table == nil {
		table = logsource.Default()
	}
	a := &author{rule: s.Rule, maker: witness.NewMaker(p, table), evaluator: evaluator.New(p), normaliser: telemetry.NewNormaliser(table), taken: taken}
	a.out.After, a.out.Base = cover(a.evaluator, s), base
	if base.IsNull() {
		e, err := a.maker.Matching(s.Rule)
		if err != nil {
			return nil, err
		}
		a.out.Base = e.Value
		if a.like = a.seen(e.Value); a.like == nil {
			return nil, fmt.Errorf("%s: %w: the event is not seen as one of the logsource", s.Rule.Title, witness.ErrUnknown)
		}
		a.add("a matching event", Proposal{Events: []evaluator.Value{e.Value}, Match: true})
	}
	a.like = a.seen(a.out.Base)
	for _, holds := range []bool{false, true} {
		for _, part := range a.out.After.Parts {
			a.decide(part, holds)
		}
	}
	a.gather()
	return &a.out, nil
}

// seen returns an event as the rule sees it; nil if it is of another logsource.
func (a *author) seen(v evaluator.Value) evaluator.Event {
	views := a.normaliser.Event(telemetry.Record{Value: v}).Views()
	if len(views) == 0 {
		return v
	}
	var first evaluator.Event
	for _, view := range views {
		if !evaluator.Satisfies(view.Logsource, a.rule) {
			continue
		}
		if first == nil || a.evaluator.Holds(a.rule.Expr, view.Event) {
			first = view.Event
		}
		if a.evaluator.Holds(a.rule.Expr, first) {
			break
		}
	}
	return first
}

// add takes a test whose events are seen; the rule then is covered by them.
func (a *author) add(name string, p Proposal) {
	for _, v := range p.Events {
		a.out.After.see(a.evaluator, a.seen(v))
	}
	p.Name = name
	a.out.Tests = append(a.out.Tests, p)
}

// decide adds an event on which a part decides, unless there is one.
func (a *author) decide(part *Part, holds bool) {
	if holds && part.DecidesTrue || !holds && part.DecidesFalse {
		return
	}
	e, err := a.maker.Deciding(a.rule, part.Expr, holds, a.like)
	switch {
	case errors.Is(err, witness.ErrNone):
		part.NeverTrue, part.NeverFalse = part.NeverTrue || holds, part.NeverFalse || !holds
		return
	case err != nil:
		a.out.Open = append(a.out.Open, fmt.Sprintf("%s: %v", part.Name, err))
		return
	}
	value := e.Value
	shows := func(v evaluator.Value) bool {
		seen := a.seen(v)
		return seen != nil && a.maker.Decides(a.rule, part.Expr, holds, seen)
	}
	if near := rebased(a.out.Base, e.Value, append(slices.Clone(a.rule.Fields), e.Decisive...)); shows(near) {
		value = near
	}
	if !shows(value) {
		a.out.Open = append(a.out.Open, part.Name+": the event that was found is seen in another way by a test")
		return
	}
	seen := a.seen(value)
	p := Proposal{Events: []evaluator.Value{value}, Match: a.evaluator.Holds(a.rule.Expr, seen)}
	if !p.Match {
		p.Because = a.because(part, seen)
	}
	a.add(nameOf(part, holds, p.Match), p)
}

// because returns the selection in which a part stands if its opposite alone would
// make the rule match; "" if not, or if a filter document has it.
func (a *author) because(part *Part, seen evaluator.Event) string {
	for _, s := range a.rule.Source.Detection.Selections {
		if s.Name.Text != part.selection {
			continue
		}
		var node *compiler.Expr
		nodes(a.rule.Expr, func(e *compiler.Expr) {
			if e.Selection == s {
				node = e
			}
		})
		if node != nil && a.evaluator.HoldsIf(a.rule.Expr, node, !a.evaluator.Holds(node, seen), seen) {
			return s.Name.Text
		}
	}
	return ""
}

func nameOf(part *Part, holds, match bool) string {
	name := strings.Join(strings.Fields(part.local()), " ")
	switch {
	case match && holds:
		return "matches through " + name
	case match:
		return "matches without " + name
	case holds:
		return "left out because of " + name
	}
	return "no match for want of " + name
}

// gather makes one test of the events that match through values of one item, and
// gives every test a name of its own.
func (a *author) gather() {
	var out []Proposal
	for _, p := range a.out.Tests {
		head, _, isValue := strings.Cut(p.Name, " '")
		if n := len(out); isValue && p.Match && n > 0 {
			last := &out[n-1]
			if lastHead, _, _ := strings.Cut(last.Name, " '"); last.Match && (lastHead == head || last.Name == every(head)) {
				last.Name = every(head)
				last.Events = append(last.Events, p.Events...)
				continue
			}
		}
		out = append(out, p)
	}
	for i := range out {
		name := out[i].Name
		for n := 2; slices.Contains(a.taken, out[i].Name); n++ {
			out[i].Name = fmt.Sprintf("%s, %d", name, n)
		}
		a.taken = append(a.taken, out[i].Name)
	}
	a.out.Tests = out
}

func every(head string) string {
	return strings.Replace(head, "matches through ", "matches through each value of ", 1)
}

// Matches reports whether a rule matches an event as a test shows it.
func Matches(p *compiler.Program, r *compiler.Rule, v evaluator.Value, table *logsource.Table) bool {
	a := &author{rule: r, evaluator: evaluator.New(p), normaliser: telemetry.NewNormaliser(table)}
	seen := a.seen(v)
	return seen != nil && a.evaluator.Holds(r.Expr, seen)
}
