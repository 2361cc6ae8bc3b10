package expansion

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// Input is what expansion looks at.
type Input struct {
	Set      *rules.Set         // of the rules as their files have them, linked
	Pipeline Pipeline           // that changes rules before they are compiled; nil for none
	Program  *compiler.Program  // of the set, as the pipeline left it
	Options  compiler.Options   // with which it was compiled
	Table    *logsource.Table   // nil means the built-in one
	Incident []*telemetry.Event // of a confirmed incident
	Replayer backtest.Replayer  // of recordings of which nobody says what they are

	Budget     float64   // alerts a day that a proposal may add; 0 means DefaultBudget
	Now        time.Time // day of drafts
	Owner      string    // author of drafts; "" for none
	Level      string    // of drafts; "" means medium
	Techniques []string  // tags such as attack.t1490 of what the incident is known to show: of drafts, and of rules that may be widened; nil for not known
	Drafts     string    // folder of drafts, for their paths; "" for none
	Tests      string    // folder of tests, for their paths
}

// Pipeline makes a changed set of one that is linked, which it leaves as it is.
type Pipeline func(*rules.Set) (*rules.Set, rules.Diagnostics)

// compile makes a program of rules as their files would have them. The changed set
// has the same rules in the same order.
func (in *Input) compile(set *rules.Set) (*rules.Set, *compiler.Program, rules.Diagnostics) {
	var diags rules.Diagnostics
	if in.Pipeline != nil {
		set, diags = in.Pipeline(set)
	}
	p, more := compiler.Compile(set, in.Options)
	return set, p, append(diags, more...)
}

// DefaultBudget is one alert a day.
const DefaultBudget = 1.0

// expansion is one run.
type expansion struct {
	*Input
	incident *incident
	lattices *lattices
	probes   *probes
	answers  *answers
	near     []*near // by one part
	pairs    []*near // by two
	groups   []*group
	touched  map[string]bool // files of rules that a proposal changes
	out      *Report
}

// Expand proposes how to catch the events of an incident that no rule matches. The
// error says why the recordings cannot be read; when ctx is done it is nil and the
// report is about a part of them.
func Expand(ctx context.Context, in *Input) (*Report, error) {
	x := &expansion{Input: in, touched: map[string]bool{}}
	with := *in
	in, x.Input = &with, &with
	with.Budget = cmp.Or(in.Budget, DefaultBudget)
	with.Table = cmp.Or(in.Table, logsource.Default())
	x.incident = newIncident(in.Program, in.Incident)
	x.lattices, x.probes = newLattices(in.Table, in.Program), newProbes(in.Program)
	x.near = nearMisses(in.Program, x.incident, x.about)
	x.pairs = nearPairs(in.Program, x.incident, x.about)
	for _, n := range slices.Concat(x.near, x.pairs) {
		n.ask(x.probes, x.lattices)
	}
	x.group()
	x.out = &Report{Schema: Schema, Now: in.Now.UTC().Format(time.RFC3339), Budget: x.Budget, Events: []Event{}, Near: []NearMiss{}, Proposals: []Proposal{}}
	if len(x.incident.missed()) > 0 {
		if err := x.propose(ctx); err != nil {
			return nil, err
		}
	}
	x.report()
	return x.out, nil
}

// propose replays the recordings, makes proposals and verifies them.
func (x *expansion) propose(ctx context.Context) error {
	var err error
	if x.answers, err = x.probes.ask(ctx, x.Replayer, x.incident); err != nil {
		return err
	}
	x.out.Partial = x.answers.exposure.Problems > 0
	x.out.Summary.Recorded = x.answers.exposure.Events
	x.widen(x.near)
	x.widen(x.pairs)
	for _, g := range x.groups {
		x.draft(g)
	}
	return x.verify(ctx)
}

// besides counts the recorded events of a logsource that are none of the incident: by
// these alone a cost can be told. own says how many were left out.
func (x *expansion) besides(l logsource.Logsource) (n int, own string) {
	of := &compiler.Rule{Category: l.Category, Product: l.Product, Service: l.Service}
	known := 0
	for _, m := range x.incident.missed() {
		k := x.answers.known[m.print]
		if k != nil && slices.ContainsFunc(m.event.Views(), func(v evaluator.View) bool { return evaluator.Satisfies(v.Logsource, of) }) {
			known += k.times
		}
	}
	if known > 0 {
		own = fmt.Sprintf(" besides %d of the incident", known)
	}
	return x.answers.ground(l).Events - known, own
}

// claim notes that a proposal catches events.
func (x *expansion) claim(p Proposal, events []*missed) {
	for _, m := range events {
		p.Catches = append(p.Catches, m.print)
	}
	x.out.Proposals = append(x.out.Proposals, p)
	for _, m := range events {
		m.claimed = true
	}
}

// report tells what became of every event and near miss.
func (x *expansion) report() {
	s := &x.out.Summary
	s.Beyond = x.incident.more
	for _, m := range x.incident.events {
		record := m.event.Record()
		e := Event{Fingerprint: m.print, Source: record.Source, Record: record.Index, Logsource: sourceText(m.source)}
		s.Events++
		for _, p := range x.out.Proposals {
			if e.Proposal == "" && slices.Contains(p.Catches, m.print) {
				e.Proposal = p.ID
			}
		}
		switch {
		case len(m.caught) > 0:
			s.Caught++
			for _, r := range m.caught {
				e.CaughtBy = append(e.CaughtBy, r.Title)
			}
		case e.Proposal != "":
			s.Proposed++
		default:
			s.Open++
			e.Open = m.open
		}
		x.out.Events = append(x.out.Events, e)
	}
	for _, n := range slices.Concat(x.near, x.pairs) {
		x.out.Near = append(x.out.Near, n.told)
	}
	for _, p := range x.out.Proposals {
		if p.Kind == Widening {
			s.Widenings++
		} else {
			s.Drafts++
		}
	}
}

// nameOf is what a rule is called in documents that refer to it.
func nameOf(r *compiler.Rule) string { return cmp.Or(r.ID, r.Source.Name.Text, r.Title) }

// undecided says why a cost does not keep to the budget.
func (x *expansion) undecided(c *Cost) string {
	switch {
	case c.Rate == nil && c.Events == 0:
		return "the recordings hold no event of the logsource: what it would cost is not known"
	case c.Rate == nil:
		return "the recorded events of the logsource have no time: what it would cost a day is not known"
	case c.State == backtest.Exceeded:
		return fmt.Sprintf("it would add %.3g alerts a day (%.3g–%.3g), more than the budget of %.3g", c.Rate.PerDay, c.Rate.Lower, c.Rate.Upper, x.Budget)
	}
	return fmt.Sprintf("it would add %d alerts in %.3g recorded days, %.3g a day at most, which does not keep to the budget of %.3g for certain: without any, %.3g days are needed",
		c.Added, c.Rate.Days, c.Rate.Upper, x.Budget, backtest.DaysFor(x.Budget))
}

// sentence joins what holds of several comparisons.
func sentence(parts []string) string { return strings.Join(parts, " and ") }
