package health

import (
	"cmp"
	"context"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
)

// Watch is a replayer that notes which judged alerts the rules still raise, while
// another one replays.
type Watch struct {
	Replayer backtest.Replayer
	State    *feedback.State

	seen map[alertKey]sighting
}

// alertKey is an event that a rule matches.
type alertKey struct{ rule, event string }

// sighting is what a replay shows of an alert.
type sighting struct {
	context    string
	time       time.Time
	correlated bool // it is one of a correlation
}

// KeyOf returns how verdicts name a rule: by its id, else by its title.
func KeyOf(r *compiler.Rule) string {
	if r.ID != "" {
		return r.ID
	}
	return r.Title
}

// Replay implements backtest.Replayer.
func (w *Watch) Replay(ctx context.Context, p *compiler.Program, take func(*backtest.Hit)) (*backtest.Exposure, error) {
	w.seen = map[alertKey]sighting{}
	contexts := backtest.NewContexts(p)
	judged := map[*compiler.Rule]map[string]feedback.Label{}
	for _, r := range p.Rules {
		if events := w.State.Labels(KeyOf(r)).Events; len(events) > 0 {
			judged[r] = events
		}
	}
	return w.Replayer.Replay(ctx, p, func(h *backtest.Hit) {
		w.note(h, judged, contexts)
		take(h)
	})
}

// Options makes a backtest of a program tell of the alerts of correlations that were judged.
func (w *Watch) Options(p *compiler.Program, o *backtest.Options) {
	keys := map[string][]string{} // by hash
	o.Watched = map[string]bool{}
	for _, c := range p.Correlations {
		if key := cmp.Or(c.ID, c.Title); len(w.State.Labels(key).Events) > 0 {
			o.Watched[c.Hash] = true
			keys[c.Hash] = append(keys[c.Hash], key)
		}
	}
	o.Raised = func(a *backtest.RaisedAlert) {
		for _, key := range keys[a.Correlation] {
			for _, event := range a.Events {
				w.seen[alertKey{key, event}] = sighting{a.Context, a.Time, true}
			}
		}
	}
}

func (w *Watch) note(h *backtest.Hit, judged map[*compiler.Rule]map[string]feedback.Label, contexts *backtest.Contexts) {
	fingerprint := ""
	for _, m := range h.Matches {
		events := judged[m.Rule]
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
		if _, is := events[fingerprint]; is {
			w.seen[alertKey{KeyOf(m.Rule), fingerprint}] = sighting{contexts.Of(m, event, views), h.Time, false}
		}
	}
}
