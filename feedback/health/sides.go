package health

import (
	"context"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
)

// Sides is a replayer that notes which judged alerts the rules of now and those of
// before raise, while another one replays both at once. Rules are told apart by their
// hashes: two of the same hash match the same events.
type Sides struct {
	Replayer   backtest.Replayer // may be nil if nothing is replayed
	State      *feedback.State
	Head, Base *compiler.Program

	judged  map[string]map[string]bool // events that were judged, by the hash of a rule or correlation
	watched map[string]bool            // hashes of correlations of which alerts were judged
	seen    map[alertKey]sighting      // rule is a hash
	known   map[string]bool            // events that all rules were tried on
}

// Touched is a rule or correlation that a change touches: the key under which verdicts name
// it, see KeyOf, and its hashes before and now, "" on a side where it is not. Of a removed
// rule Now may be that of one that is proven to match all that it matched.
type Touched struct {
	Key, Before, Now string
	Correlation      bool
}

// NewSides returns one that watches rules that a change touches. What it does not watch
// costs nothing.
func NewSides(state *feedback.State, head, base *compiler.Program, touched []Touched) *Sides {
	s := &Sides{State: state, Head: head, Base: base, judged: map[string]map[string]bool{}, watched: map[string]bool{}, seen: map[alertKey]sighting{}, known: map[string]bool{}}
	for _, t := range touched {
		for event := range state.Labels(t.Key).Events {
			for _, hash := range []string{t.Before, t.Now} {
				if s.judged[hash] == nil {
					s.judged[hash] = map[string]bool{}
				}
				s.judged[hash][event] = true
				s.watched[hash] = s.watched[hash] || t.Correlation && hash != ""
			}
		}
	}
	return s
}

// Replay implements backtest.Replayer. p has the rules of both sides, as
// backtest.Subject puts them together.
func (s *Sides) Replay(ctx context.Context, p *compiler.Program, take func(*backtest.Hit)) (*backtest.Exposure, error) {
	contexts := backtest.NewContexts(p)
	return s.Replayer.Replay(ctx, p, func(h *backtest.Hit) {
		s.note(h, contexts)
		take(h)
	})
}

func (s *Sides) note(h *backtest.Hit, contexts *backtest.Contexts) {
	fingerprint := ""
	for _, m := range h.Matches {
		events := s.judged[m.Rule.Hash]
		if events == nil {
			continue
		}
		event, views, err := h.Load()
		if err != nil {
			return // told by the backtest
		}
		if fingerprint == "" {
			fingerprint = event.Fingerprint()
		}
		if events[fingerprint] {
			s.seen[alertKey{m.Rule.Hash, fingerprint}] = sighting{contexts.Of(m, event, views), h.Time, false}
		}
	}
}

// Options makes a backtest tell of the alerts of correlations that were judged.
func (s *Sides) Options(o *backtest.Options) {
	o.Watched = s.watched
	o.Raised = func(a *backtest.RaisedAlert) {
		for _, event := range a.Events {
			if s.judged[a.Correlation][event] {
				s.seen[alertKey{a.Correlation, event}] = sighting{}
			}
		}
	}
}

// Evidence tries both sides on the events that verdicts carry: evidence of the type
// event, with the record as JSON in ref and its fingerprint in fp. It returns how many
// it could not use, because the record is not what fp names.
func (s *Sides) Evidence(n *telemetry.Normaliser, verdicts []feedback.Verdict) (refused int) {
	sides := []*evaluator.Evaluator{evaluator.New(s.Head), evaluator.New(s.Base)}
	for i := range verdicts {
		v := &verdicts[i]
		for _, e := range v.Evidence {
			if e.Type != "event" || e.FP == "" || e.Ref == "" || s.known[e.FP] || !s.wanted(e.FP) {
				continue
			}
			value, ok := telemetry.DecodeJSON(e.Ref)
			if !ok {
				refused++
				continue
			}
			event := n.Event(telemetry.Record{Source: v.Span.Path(), Value: value})
			if event.Fingerprint() != e.FP {
				refused++
				continue
			}
			s.known[e.FP] = true
			s.try(sides, event, e.FP)
		}
	}
	return refused
}

// wanted reports whether an event is one that was judged.
func (s *Sides) wanted(event string) bool {
	for _, events := range s.judged {
		if events[event] {
			return true
		}
	}
	return false
}

func (s *Sides) try(sides []*evaluator.Evaluator, event *telemetry.Event, fingerprint string) {
	at, _, _ := event.Time()
	for _, side := range sides {
		for _, m := range side.Match(event) {
			key := alertKey{m.Rule.Hash, fingerprint}
			if _, seen := s.seen[key]; !seen && s.judged[m.Rule.Hash][fingerprint] {
				s.seen[key] = sighting{time: at}
			}
		}
	}
}

// Watch returns what was seen of the rules of one side, for Input.
func (s *Sides) Watch(p *compiler.Program) *Watch {
	w := &Watch{State: s.State, seen: map[alertKey]sighting{}}
	for _, r := range p.Rules {
		for event := range s.judged[r.Hash] {
			if at, seen := s.seen[alertKey{r.Hash, event}]; seen {
				w.seen[alertKey{KeyOf(r), event}] = at
			}
		}
	}
	return w
}

// Effect is what a change does to the judged alerts of one rule.
type Effect struct {
	Alerts    int // with verdicts that count
	Protected int // that must stay: attacks, and alerts that investigators disagree on
	Contested int // of Protected: disagreed on
	Older     int // judged on another version than that of now

	// What becomes of Protected; the rest is still matched. Silenced ones were matched
	// before the change, Missed ones were not, and Unseen ones were matched by neither side
	// in what was replayed, which may not hold them. An alert of a correlation is matched by
	// a version that raises one with any of its events.
	Silenced       []*feedback.AlertState
	Missed, Unseen int
}

// Effect returns what a change does to the alerts of a rule.
func (s *Sides) Effect(t Touched) Effect {
	var out Effect
	for _, a := range s.State.Labels(t.Key).Alerts() {
		if len(a.Opinions) == 0 {
			continue // all were taken back
		}
		out.Alerts++
		if t.Now != "" && a.Alert.RuleHash != "" && a.Alert.RuleHash != t.Now {
			out.Older++
		}
		if a.Class != feedback.Protected {
			continue
		}
		out.Protected++
		if a.Contested {
			out.Contested++
		}
		out.protect(s, a, t)
	}
	return out
}

// protect tells what becomes of an alert that must stay.
func (e *Effect) protect(s *Sides, a *feedback.AlertState, t Touched) {
	if t.Correlation {
		e.protectCorrelated(s, a, t)
		return
	}
	stays, was, known := true, false, true
	for _, event := range a.Alert.EventFP {
		_, is := s.seen[alertKey{t.Now, event}]
		_, did := s.seen[alertKey{t.Before, event}]
		stays, was, known = stays && is, was || did && !is, known && s.known[event]
	}
	switch {
	case len(a.Alert.EventFP) > 0 && stays:
	case was:
		e.Silenced = append(e.Silenced, a)
	case len(a.Alert.EventFP) > 0 && known:
		e.Missed++
	default:
		e.Unseen++
	}
}

// protectCorrelated is protect for an alert of a correlation. Under another threshold the
// same attack makes an alert of fewer or of more events, which is none the worse.
func (e *Effect) protectCorrelated(s *Sides, a *feedback.AlertState, t Touched) {
	raised := func(hash string) bool {
		return slices.ContainsFunc(a.Alert.EventFP, func(event string) bool {
			_, seen := s.seen[alertKey{hash, event}]
			return seen
		})
	}
	switch {
	case raised(t.Now):
	case raised(t.Before):
		e.Silenced = append(e.Silenced, a)
	default:
		e.Unseen++
	}
}
