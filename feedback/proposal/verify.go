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
	_, err := e.Replayer.Replay(ctx, program, func(h *backtest.Hit) {
		event, _, err := h.Load()
		if err != nil {
			return // told by Collect
		}
		for _, m := range h.Matches {
			key := placeOf(m.Rule)
			if fires[key] == nil {
				fires[key] = map[string]bool{}
			}
			fires[key][event.Fingerprint()] = true
		}
	})
	if err != nil {
		return err
	}
	e.compare(r, fires)
	r.count()
	return nil
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

// withdraw takes back what was proposed for a rule.
func (r *Rule) withdraw(why string) {
	r.Proposals = nil
	r.Abstained = append(r.Abstained, "the final check stopped it: "+why)
}
