package aftercare

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// Alert is an event that a filter hides from at least one rule. The same event in
// several recordings is one.
type Alert struct {
	Event  string // fingerprint
	Time   time.Time
	Source string // recording, or file of the ledger, where it was found first
	Record int    // in that, see telemetry.Record; the line of the ledger
	View   string
	Rules  []*compiler.Rule // that it is hidden from, by any filter

	traits traits
}

func compareAlerts(a, b *Alert) int {
	return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Event, b.Event))
}

// Hidden is what filters hide.
type Hidden struct {
	Exposure *backtest.Exposure // nil without a replay
	Failed   int                // events that could not be loaded

	alerts map[string]*Alert
	by     map[*rules.Filter]map[*Alert]bool
	from   map[hiding]bool
	seen   map[string]bool // events that a rule matched or that were hidden
}

// hiding is a filter that hides an event from a rule.
type hiding struct {
	filter *rules.Filter
	alert  *Alert
	rule   *compiler.Rule
}

// NewHidden returns one that knows of nothing yet.
func NewHidden() *Hidden {
	return &Hidden{alerts: map[string]*Alert{}, by: map[*rules.Filter]map[*Alert]bool{}, from: map[hiding]bool{}, seen: map[string]bool{}}
}

// Replay adds what filters of a program hide in recordings.
func (h *Hidden) Replay(ctx context.Context, p *compiler.Program, from backtest.Replayer) (err error) {
	h.Exposure, err = from.Replay(ctx, p, func(hit *backtest.Hit) {
		event, _, err := hit.Load()
		if err != nil {
			h.Failed++
			return
		}
		h.note(event, hit.Source, hit.Record, hit.Time, hit.Suppressed)
	})
	return err
}

// Evidence adds what filters hide of the events that verdicts carry: evidence of
// the type event, with the record as JSON in ref and its fingerprint in fp. It
// returns how many it could not use, because the record is not what fp names.
func (h *Hidden) Evidence(p *compiler.Program, n *telemetry.Normaliser, verdicts []feedback.Verdict) (refused int) {
	ev := evaluator.New(p)
	for i := range verdicts {
		v := &verdicts[i]
		for _, e := range v.Evidence {
			if e.Type != "event" || e.FP == "" || e.Ref == "" || h.seen[e.FP] {
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
			at, _, _ := event.Time()
			ev.Match(event)
			h.note(event, v.Span.Path(), v.Span.Start.Line, at, ev.Suppressed())
		}
	}
	return refused
}

// note adds an event.
func (h *Hidden) note(event *telemetry.Event, source string, record int, at time.Time, stopped []evaluator.Suppression) {
	fingerprint := event.Fingerprint()
	h.seen[fingerprint] = true
	for _, s := range stopped {
		a := h.alerts[fingerprint]
		if a == nil {
			a = &Alert{Event: fingerprint, Time: at, Source: source, Record: record, View: s.View, traits: traitsOf(event)}
			h.alerts[fingerprint] = a
		}
		if !slices.Contains(a.Rules, s.Rule) {
			a.Rules = append(a.Rules, s.Rule)
		}
		for _, f := range s.By {
			if h.by[f] == nil {
				h.by[f] = map[*Alert]bool{}
			}
			h.by[f][a] = true
			h.from[hiding{f, a, s.Rule}] = true
		}
	}
}

// Filters returns those that hide anything, by place.
func (h *Hidden) Filters() []*rules.Filter {
	var out []*rules.Filter
	for f := range h.by {
		out = append(out, f)
	}
	slices.SortFunc(out, compareFilters)
	return out
}

func compareFilters(a, b *rules.Filter) int {
	return cmp.Or(cmp.Compare(a.Span.Path(), b.Span.Path()), cmp.Compare(a.Span.Start.Line, b.Span.Start.Line))
}

// By returns what a filter hides, by time.
func (h *Hidden) By(f *rules.Filter) []*Alert {
	out := make([]*Alert, 0, len(h.by[f]))
	for a := range h.by[f] {
		out = append(out, a)
	}
	slices.SortFunc(out, compareAlerts)
	return out
}

// rulesOf returns the rules that a filter hides an alert from.
func (h *Hidden) rulesOf(f *rules.Filter, a *Alert) (out []*compiler.Rule) {
	for _, r := range a.Rules {
		if h.from[hiding{f, a, r}] {
			out = append(out, r)
		}
	}
	return out
}

// writtenOn returns the day on which a filter was written or changed last, zero if
// it does not say.
func writtenOn(f *rules.Filter) time.Time {
	for _, text := range []string{f.Modified.Text, f.Date.Text} {
		if at, err := time.Parse(time.DateOnly, text); err == nil {
			return at
		}
	}
	return time.Time{}
}

// Len returns how many events are hidden by any filter.
func (h *Hidden) Len() int { return len(h.alerts) }

// Undated returns the filters that hide something and do not say when they were
// written, so that nothing is drawn for them.
func (h *Hidden) Undated() []*rules.Filter {
	return slices.DeleteFunc(h.Filters(), func(f *rules.Filter) bool { return !writtenOn(f).IsZero() })
}
