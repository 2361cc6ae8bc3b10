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

	item string // of a test of one value
}

// Proposed is what a rule lacks.
type Proposed struct {
	Base   evaluator.Value // an event that the rule matches, from which the others are derived
	Tests  []Proposal
	Before Counts   // without the tests; what can never decide is not proven yet
	After  Coverage // with the tests
	Open   []string // parts for which no event was found, and why
}

// author makes tests for one rule.
type author struct {
	rule  *compiler.Rule
	maker *witness.Maker
	sight
	out   Proposed
	like  evaluator.Event // Base as the rule sees it
	taken []string        // names of tests
}

// Propose makes the tests that a rule lacks beside those that it has: an event that
// matches, and for each part events on which it decides, as far as there are any.
// They are derived from base, an event that the rule matches; a null base is made.
// Names of tests are none of taken. The error is that of witness.Maker.Matching.
func Propose(p *compiler.Program, s Subject, base evaluator.Value, taken []string, table *logsource.Table) (*Proposed, error) {
	if table == nil {
		table = logsource.Default()
	}
	a := &author{rule: s.Rule, maker: witness.NewMaker(p, table), sight: sight{evaluator.New(p), telemetry.NewNormaliser(table)}, taken: taken}
	a.out.After, a.out.Base = cover(a.evaluator, s), base
	a.out.Before = a.out.After.Counts()
	if base.IsNull() {
		e, err := a.maker.Matching(s.Rule)
		if err != nil {
			return nil, err
		}
		a.out.Base = e.Value
		if a.like = a.seen(a.rule, e.Value); a.like == nil {
			return nil, fmt.Errorf("%s: %w: the event is not seen as one of the logsource", s.Rule.Title, witness.ErrUnknown)
		}
		a.add("a matching event", Proposal{Events: []evaluator.Value{e.Value}, Match: true})
	}
	a.like = a.seen(a.rule, a.out.Base)
	for _, holds := range []bool{false, true} {
		for _, part := range a.out.After.Parts {
			a.decide(part, holds)
		}
	}
	a.gather()
	return &a.out, nil
}

// add takes a test whose events are seen; the rule then is covered by them.
func (a *author) add(name string, p Proposal) {
	for _, v := range p.Events {
		a.out.After.see(a.evaluator, a.seen(a.rule, v))
	}
	p.Name = name
	a.out.Tests = append(a.out.Tests, p)
}

// decide adds an event on which a part decides, unless there is one.
func (a *author) decide(part *Part, holds bool) {
	if holds && part.DecidesTrue || !holds && part.DecidesFalse {
		return
	}
	value, err := a.deciding(part, holds, a.like)
	if errors.Is(err, witness.ErrUnknown) {
		value, err = a.deciding(part, holds, nil)
	}
	switch {
	case errors.Is(err, witness.ErrNone):
		part.NeverTrue, part.NeverFalse = part.NeverTrue || holds, part.NeverFalse || !holds
		return
	case err != nil:
		a.out.Open = append(a.out.Open, fmt.Sprintf("%s: %v", part.Name, err))
		return
	}
	seen := a.seen(a.rule, value)
	p := Proposal{Events: []evaluator.Value{value}, Match: a.evaluator.Holds(a.rule.Expr, seen)}
	if !p.Match {
		p.Because = a.because(part, seen)
	}
	if part.Kind == Value {
		p.item = part.item
	}
	a.add(a.nameOf(part, holds, p.Match), p)
}

// deciding returns an event on which a part decides, as near to the base as it is
// found.
func (a *author) deciding(part *Part, holds bool, like evaluator.Event) (evaluator.Value, error) {
	e, err := a.maker.Deciding(a.rule, part.Expr, holds, like)
	if err != nil {
		return evaluator.Value{}, err
	}
	shows := func(v evaluator.Value) bool {
		seen := a.seen(a.rule, v)
		return seen != nil && a.maker.Decides(a.rule, part.Expr, holds, seen)
	}
	for _, fields := range [][]string{a.rule.Fields, slices.Concat(a.rule.Fields, e.Decisive)} {
		if near := rebased(a.out.Base, e.Value, fields, nil); shows(near) {
			return least(a.out.Base, e.Value, fields, shows), nil
		}
	}
	if !shows(e.Value) {
		return e.Value, fmt.Errorf("%w: the one that was found is seen in another way by a test", witness.ErrUnknown)
	}
	return e.Value, nil
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

// nameOf says what an event shows. Items are named without their selection where
// that is enough.
func (a *author) nameOf(part *Part, holds, match bool) string {
	name := part.local()
	if part.Kind == Value {
		name = part.item
	}
	for _, other := range a.out.After.Parts {
		if other.Kind == Item && other.local() == name && other.selection != part.selection && part.selection != "" {
			name = part.selection + "." + name
			break
		}
	}
	if part.Kind == Value {
		name += " " + valueText(part.Expr.Value)
	}
	name = strings.Join(strings.Fields(name), " ")
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
		if n := len(out); n > 0 && p.item != "" && p.Match && out[n-1].Match && out[n-1].item == p.item {
			out[n-1].Name = "matches through each value of " + p.item
			out[n-1].Events = append(out[n-1].Events, p.Events...)
			continue
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
