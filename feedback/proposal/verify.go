package proposal

import (
	"context"
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// Verify reads the proposed documents back, compiles the rules with all of them and
// replays everything once more. A rule of which anything else is hidden than was
// said, or not all of it, loses its proposals, and so does one with a document that
// cannot be compiled.
func (e *Evidence) Verify(ctx context.Context, set *rules.Set, o compiler.Options, r *Report) error {
	e.verifyThresholds(set, o, r)
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
	program, _ := compiler.Compile(changed, o)
	fires, err := e.firing(ctx, program, placeOf)
	if err != nil {
		return err
	}
	e.compare(r, fires)
	withdrawShared(r, added)
	r.dropLevels()
	err = e.verifyPatches(ctx, set, o, r)
	r.count()
	return err
}

// firing replays everything and returns on which events rules fire, by what key makes
// of a rule.
func (e *Evidence) firing(ctx context.Context, program *compiler.Program, key func(*compiler.Rule) string) (map[string]map[string]bool, error) {
	fires := map[string]map[string]bool{}
	_, err := e.Replayer.Replay(ctx, program, func(h *backtest.Hit) {
		event, _, err := h.Load()
		if err != nil {
			return // told by Collect
		}
		for _, m := range h.Matches {
			of := key(m.Rule)
			if fires[of] == nil {
				fires[of] = map[string]bool{}
			}
			fires[of][event.Fingerprint()] = true
		}
	})
	return fires, err
}

// verifyPatches replays everything once more with all changed rules. One of which
// anything else is hidden than its clauses cover is not changed; its filters remain.
func (e *Evidence) verifyPatches(ctx context.Context, set *rules.Set, o compiler.Options, r *Report) error {
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
	program, why := programWith(set, o, all...)
	var fires map[string]map[string]bool
	if why == "" {
		var err error
		if fires, err = e.firing(ctx, program, func(r *compiler.Rule) string { return key(r.Source.Span.Path(), r.ID, r.Title) }); err != nil {
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
			wrong = x.differs(e.fires[x.rule], fires[key(x.Path, x.ID, x.Title)])
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
