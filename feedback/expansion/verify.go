package expansion

import (
	"context"
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/proposal"
)

// maxHits is how many recorded events are told of a proposal.
const maxHits = 3

// verify replays the recordings once more, against the files as they are and as they
// are proposed, with all filters. A proposal that adds or loses other events than was
// said is taken back.
func (x *expansion) verify(ctx context.Context) error {
	if len(x.out.Proposals) == 0 {
		return nil
	}
	head, base := x.side(true), x.side(false)
	result, err := backtest.Run(ctx, backtest.NewSubject(head, base), x.Replayer, backtest.Options{Samples: maxHits})
	if err != nil {
		return err
	}
	var kept []Proposal
	for _, p := range x.out.Proposals {
		why := x.confirmed(&p, result)
		if print := x.uncaught(&p, head); print != "" {
			why = "with all filters in place it does not match " + print
		}
		if why != "" {
			x.withdraw(&p, why)
			continue
		}
		kept = append(kept, p)
	}
	x.out.Proposals = append([]Proposal{}, kept...)
	return nil
}

// side compiles what the proposals are about: with them, or as it is.
func (x *expansion) side(proposed bool) *compiler.Program {
	texts := map[string]string{}
	for _, p := range x.out.Proposals {
		texts[p.Path] = p.Before
		if proposed {
			texts[p.Path] = p.Document
		}
	}
	set, _ := x.changed(texts)
	_, program, _ := x.compile(set)
	return program
}

// uncaught returns an event that a proposal is said to catch and does not, with all
// filters in place; "" for none.
func (x *expansion) uncaught(p *Proposal, head *compiler.Program) string {
	ev := evaluator.New(head)
	for _, m := range x.incident.events {
		if slices.Contains(p.Catches, m.print) && !slices.ContainsFunc(ev.Match(m.event), func(o evaluator.Match) bool { return o.Rule.Source.Span.Path() == p.Path }) {
			return m.print
		}
	}
	return ""
}

// confirmed holds a proposal against the replay, and says what is wrong with it.
func (x *expansion) confirmed(p *Proposal, r *backtest.Result) string {
	i := slices.IndexFunc(r.Rules, func(o backtest.RuleReport) bool {
		return o.Path == p.Path && (o.ID == p.Rule || p.Kind == Widening && o.Title == p.Title) && (o.Change == nil || o.Change.Status != "removed")
	})
	if i < 0 {
		return "the rule cannot be compiled together with the filters"
	}
	o := &r.Rules[i]
	if o.Change == nil {
		return "the replay does not know what changed"
	}
	p.Cost.Before, p.Cost.After = o.Change.AlertsBefore, o.Alerts
	gained, samples := o.Change.Gained, o.Change.GainedSamples
	if p.Kind == Draft {
		gained, samples = o.Alerts, o.Samples
	}
	if gained != p.Cost.Added+p.Cost.Known || o.Change.Lost > 0 {
		return fmt.Sprintf("in the replay it adds %d events and loses %d; %d and 0 were expected", gained, o.Change.Lost, p.Cost.Added+p.Cost.Known)
	}
	for _, s := range samples {
		if slices.Contains(p.Catches, s.Fingerprint) || len(p.Hits) == maxHits {
			continue
		}
		hit := RecordedHit{Fingerprint: s.Fingerprint, Source: s.Source, Values: map[string]string{}}
		for _, f := range s.Fields {
			hit.Values[f.Name] = f.Value
		}
		p.Hits = append(p.Hits, hit)
	}
	return ""
}

// withdraw takes a proposal back.
func (x *expansion) withdraw(p *Proposal, why string) {
	why = "the final check stopped " + proposal.Scalar(p.Change) + ": " + why
	for _, m := range x.incident.events {
		if slices.Contains(p.Catches, m.print) {
			m.claimed = false
			m.open = append(m.open, why)
		}
	}
	for _, n := range slices.Concat(x.near, x.pairs) {
		if n.told.Proposal == p.ID {
			n.told.Proposal, n.told.Rejected = "", why
		}
	}
}
