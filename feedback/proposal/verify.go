package proposal

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// Verify reads the proposed documents back, compiles the rules with all of them and
// replays everything once more. A rule of which anything else is hidden than was
// said, or not all of it, loses its proposals, and so does one with a document that
// cannot be compiled.
func (e *Evidence) Verify(ctx context.Context, set *rules.Set, o compiler.Options, r *Report) error {
	if r.Summary.Proposals == 0 {
		return nil
	}
	changed := set.Select(func(rules.Document) bool { return true })
	for i := range r.Rules {
		rule := &r.Rules[i]
		for k := range rule.Proposals {
			docs, diags := rules.Parse(rule.Proposals[k].Path, []byte(rule.Proposals[k].Document))
			if diags.Count(rules.Error) > 0 || len(docs) != 1 {
				rule.withdraw(fmt.Sprintf("the filter %s cannot be read back: %v", rule.Proposals[k].ID, diags))
				break
			}
			changed.Add(docs[0])
		}
	}
	changed.Link()
	program, _ := compiler.Compile(changed, o)
	fires := map[string]map[string]bool{}
	chains := newChains(program)
	_, err := e.Replayer.Replay(ctx, program, func(h *backtest.Hit) {
		event, views, err := h.Load()
		if err != nil {
			return // told by Collect
		}
		print := event.Fingerprint()
		chains.add(h, print, views, event)
		for _, m := range h.Matches {
			key := placeOf(m.Rule)
			if fires[key] == nil {
				fires[key] = map[string]bool{}
			}
			fires[key][print] = true
		}
	})
	if err != nil {
		return err
	}
	e.compare(r, fires)
	attacks := map[string]map[string]bool{}
	_, err = e.Attacks.replay(ctx, program, func(event *telemetry.Event, m evaluator.Match, _ string) {
		if key := placeOf(m.Rule); attacks[key] == nil {
			attacks[key] = map[string]bool{}
		}
		attacks[placeOf(m.Rule)][event.Fingerprint()] = true
	})
	if err != nil {
		return err
	}
	e.compareAttacks(r, attacks)
	e.judgeChains(r, chains.close())
	r.count()
	return nil
}

// compareAttacks withdraws what hides a known attack.
func (e *Evidence) compareAttacks(r *Report, after map[string]map[string]bool) {
	for _, rule := range e.Program.Rules {
		for _, print := range slices.Sorted(maps.Keys(e.attacks[rule])) {
			if !after[placeOf(rule)][print] {
				r.withdrawFor(rule, fmt.Sprintf("with the filters in place the rule %s no longer tells of the known attack %s", ruleName(rule), print))
				break
			}
		}
	}
}

// withdrawFor takes back what was proposed for a rule, or for others under its name;
// all of it where there is none, since then something reaches further than it should.
func (r *Report) withdrawFor(rule *compiler.Rule, why string) {
	own := func(x *Rule) bool {
		return x.place == placeOf(rule) || x.ID != "" && x.ID == rule.ID || x.Title == rule.Title
	}
	found := slices.ContainsFunc(r.Rules, func(x Rule) bool { return len(x.Proposals) > 0 && own(&x) })
	for i := range r.Rules {
		if x := &r.Rules[i]; len(x.Proposals) > 0 && (!found || own(x)) {
			x.withdraw(why)
		}
	}
}
func placeOf(r *compiler.Rule) string { return r.Source.Span.String() }

// compare holds what is hidden against what was said to be.
func (e *Evidence) compare(r *Report, after map[string]map[string]bool) {
	of := map[string]*Rule{}
	for i := range r.Rules {
		of[r.Rules[i].place] = &r.Rules[i]
	}
	for _, rule := range e.Program.Rules {
		place := placeOf(rule)
		said := of[place]
		if said == nil || said.covered == nil {
			for print := range e.fires[rule] {
				if !after[place][print] {
					r.withdrawFor(rule, fmt.Sprintf("with the filters in place the rule %s is silent on events that nothing was proposed for", ruleName(rule)))
					break
				}
			}
			continue
		}
		hidden := said.corpus.NewRows()
		for print := range e.fires[rule] {
			if !after[place][print] {
				hidden.Add(said.corpus.Row(print))
			}
		}
		if !slices.Equal(hidden, said.covered) {
			said.withdraw(fmt.Sprintf("with the filters in place %d events are hidden, not the %d that the clauses cover", hidden.Count(), said.covered.Count()))
		}
	}
}

// withdraw takes back what was proposed for a rule.
func (r *Rule) withdraw(why string) {
	r.Proposals = nil
	r.Abstained = append(r.Abstained, "the final check stopped it: "+why)
}
