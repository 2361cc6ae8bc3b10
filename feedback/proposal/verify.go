package proposal

import (
	"cmp"
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

// Build makes a program of rules as their files have them: pipelines change proposed
// documents too, once they are files.
type Build func(*rules.Set) *compiler.Program

// Verify reads the proposed documents back, builds a program of the rules, as their files
// have them, with all of them and replays everything once more. A rule of which anything else is hidden than was
// said, or not all of it, loses its proposals, and so does one with a document that
// cannot be compiled.
func (e *Evidence) Verify(ctx context.Context, set *rules.Set, build Build, r *Report) error {
	e.verifyThresholds(set, build, r)
	r.count()
	if r.Summary.Proposals == 0 {
		return nil
	}
	changed := set.Select(func(rules.Document) bool { return true })
	added := map[string]bool{}
	for i := range r.Rules {
		rule := &r.Rules[i]
		for k := range rule.Proposals {
			if added[rule.Proposals[k].ID] {
				continue // it is that of several rules
			}
			added[rule.Proposals[k].ID] = true
			docs, diags := rules.Parse(rule.Proposals[k].Path, []byte(rule.Proposals[k].Document))
			if diags.Count(rules.Error) > 0 || len(docs) != 1 {
				rule.withdraw(fmt.Sprintf("the filter %s cannot be read back: %v", rule.Proposals[k].ID, diags))
				break
			}
			changed.Add(docs[0])
		}
	}
	changed.Link()
	after, err := e.firing(ctx, build(changed), placeOf)
	if err != nil {
		return err
	}
	e.compare(r, after.events)
	e.compareAttacks(r, after.attacks)
	e.judgeChains(r, after.chains)
	withdrawShared(r, added)
	r.dropLevels()
	err = e.verifyPatches(ctx, set, build, r)
	r.count()
	return err
}

// firing is on what rules fire, by what a key makes of a rule, and fingerprints.
type firing struct {
	events  map[string]map[string]bool
	attacks map[string]map[string]bool // of known attacks
	chains  []chain
}

// firing replays everything.
func (e *Evidence) firing(ctx context.Context, program *compiler.Program, key func(*compiler.Rule) string) (*firing, error) {
	out := &firing{map[string]map[string]bool{}, map[string]map[string]bool{}, nil}
	note := func(in map[string]map[string]bool, r *compiler.Rule, print string) {
		of := key(r)
		if in[of] == nil {
			in[of] = map[string]bool{}
		}
		in[of][print] = true
	}
	chains := newChains(program)
	_, err := e.Replayer.Replay(ctx, program, func(h *backtest.Hit) {
		event, views, err := h.Load()
		if err != nil {
			return // told by Collect
		}
		print := event.Fingerprint()
		chains.add(h, print, views, event)
		for _, m := range h.Matches {
			note(out.events, m.Rule, print)
		}
	})
	if err != nil {
		return nil, err
	}
	out.chains = chains.close()
	_, err = e.Attacks.replay(ctx, program, func(event *telemetry.Event, m evaluator.Match, _ string) {
		note(out.attacks, m.Rule, event.Fingerprint())
	})
	return out, err
}

// verifyPatches replays everything once more with all changed rules. One of which
// anything else is hidden than its clauses cover is not changed; its filters remain.
func (e *Evidence) verifyPatches(ctx context.Context, set *rules.Set, build Build, r *Report) error {
	var all []*Patch
	for i := range r.Rules {
		if p := r.Rules[i].Patch; p != nil {
			all = append(all, &p.Patch)
		}
	}
	if len(all) == 0 {
		return nil
	}
	key := func(path, id, title string) string { return path + "\x00" + id + "\x00" + title }
	program, why := programWith(set, build, all...)
	after := &firing{}
	if why == "" {
		var err error
		if after, err = e.firing(ctx, program, func(r *compiler.Rule) string { return key(r.Source.Span.Path(), r.ID, r.Title) }); err != nil {
			return err
		}
	}
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.Patch == nil {
			continue
		}
		wrong := why
		if wrong == "" {
			of := key(x.Path, x.ID, x.Title)
			wrong = cmp.Or(x.differs(e.fires[x.rule], after.events[of]), silent(e.attacks[x.rule], after.attacks[of]))
		}
		if wrong != "" {
			x.Patch, x.PatchRefused = nil, "the final check stopped it: "+wrong
		}
	}
	return nil
}

// differs says how what the changed rule hides is not what its clauses cover.
func (x *Rule) differs(before, after map[string]bool) string {
	hidden, said := x.corpus.NewRows(), x.corpus.NewRows()
	for print := range before {
		if !after[print] {
			hidden.Add(x.corpus.Row(print))
		}
	}
	for print := range after {
		if !before[print] {
			return "the changed rule fires on other events"
		}
	}
	for _, w := range x.wishes {
		said.Join(w.rows)
	}
	if !slices.Equal(hidden, said) {
		return fmt.Sprintf("the changed rule hides %d events, not the %d that the clauses cover", hidden.Count(), said.Count())
	}
	return ""
}

// silent says which known attack a changed rule no longer tells of; "" if it does of all.
func silent(before, after map[string]bool) string {
	for _, print := range slices.Sorted(maps.Keys(before)) {
		if !after[print] {
			return "the changed rule no longer tells of the known attack " + print
		}
	}
	return ""
}

// compareAttacks withdraws what hides a known attack.
func (e *Evidence) compareAttacks(r *Report, after map[string]map[string]bool) {
	for _, rule := range e.Program.Rules {
		if why := silent(e.attacks[rule], after[placeOf(rule)]); why != "" {
			r.withdrawFor(rule, "with the filters in place, of "+ruleName(rule)+": "+why)
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

// dropLevels takes back the levels of rules that lost their proposals: they were made
// for what these leave.
func (r *Report) dropLevels() {
	for i := range r.Rules {
		if x := &r.Rules[i]; x.withdrawn {
			r.Levels = slices.DeleteFunc(r.Levels, func(l Level) bool { return l.ID == x.ID && l.Title == x.Title && l.Path == x.Path })
		}
	}
}

// withdraw takes back what was proposed for a rule.
func (r *Rule) withdraw(why string) {
	r.Proposals, r.Patch, r.withdrawn = nil, nil, true
	r.Abstained = append(r.Abstained, "the final check stopped it: "+why)
}
