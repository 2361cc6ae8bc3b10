package proposal

import (
	"context"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

// Attacks are events that must stay, whatever verdicts say: recordings of known
// attacks, and events that tests of rules want to be matched.
type Attacks struct {
	Recordings backtest.Replayer // nil for none
	Events     []AttackEvent
}

// AttackEvent is an event that stands in a test.
type AttackEvent struct {
	Event  *telemetry.Event
	Source string // the test, to people
	// ShownTo is a rule that is tried whatever logsource the event belongs to, as its test
	// does, most of which name none; nil for none.
	ShownTo rules.Document
}

// shownTo reports whether an event is shown to a rule, which may have been read anew.
func (e *AttackEvent) shownTo(r *compiler.Rule) bool {
	if e.ShownTo == nil {
		return false
	}
	m := e.ShownTo.Meta()
	return m.Span.Path() == r.Source.Span.Path() && m.ID.Text == r.ID && m.Title.Text == r.Title
}

// replay calls take for every rule that fires on an attack.
func (a *Attacks) replay(ctx context.Context, p *compiler.Program, take func(event *telemetry.Event, m evaluator.Match, source string)) (problems int, err error) {
	ev, anyway := evaluator.New(p), evaluator.New(p, evaluator.IgnoreLogsource())
	for _, e := range a.Events {
		tried := map[*compiler.Rule]bool{}
		for _, m := range ev.Match(e.Event) {
			tried[m.Rule] = true
			take(e.Event, m, e.Source)
		}
		for _, r := range p.Rules {
			if e.shownTo(r) && !tried[r] && anyway.MatchRule(r, e.Event) {
				take(e.Event, evaluator.Match{Rule: r}, e.Source)
			}
		}
	}
	if a.Recordings == nil {
		return 0, nil
	}
	var failed error
	exposure, err := a.Recordings.Replay(ctx, p, func(h *backtest.Hit) {
		event, _, err := h.Load()
		if err != nil {
			failed = err
			return
		}
		for _, m := range h.Matches {
			take(event, m, h.Source)
		}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return 0, err
	}
	return exposure.Problems, nil
}

// mark notes that a rule fires on an attack.
func (e *Evidence) mark(r *compiler.Rule, print string) {
	if e.attacks[r] == nil {
		e.attacks[r] = map[string]bool{}
	}
	e.attacks[r][print] = true
}

// repeats reports whether an attack is a part of one that is among the recordings and
// must stay, as tests are that tune wrote of it: what hides the part hides the whole, so
// that it says nothing new, and is no further attack.
func (e *Evidence) repeats(print string, in *tuning.Input) bool {
	whole := false
	if part := e.values[print]; !in.Fires.Has(in.Corpus.Row(print)) {
		in.Protected.And(in.Fires).Each(func(row int) {
			whole = whole || within(part, e.values[in.Corpus.Fingerprint(row)])
		})
	}
	return whole
}

func within(part, whole map[string]string) bool {
	for field, value := range part {
		if v, found := whole[field]; !found || v != value {
			return false
		}
	}
	return true
}
