package record

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// remembering replays files by what is known of them; only rules of which it is not
// known what they find are evaluated. It is for one goroutine.
type remembering struct {
	*replayer
	cache    *cache
	known    *ruleSets
	some     map[string]*replayer // of rules that some file did not know, by the sets that it knew
	visit    func(*Hit) error
	exposure bool
}

// file returns what rules find in a file.
func (w *remembering) file(ctx context.Context, f File) *fileReplay {
	m, withoutIndex := w.cache.read(f), false
	missing := w.known.missing(m.Known)
	if len(missing) > 0 || m.Grounds == nil {
		fresh := w.part(m.Known, missing).file(ctx, f)
		if fresh.err != nil {
			return fresh
		}
		withoutIndex = fresh.WithoutIndex
		m.learn(fresh, missing, w.known.keys)
		if err := ctx.Err(); err != nil {
			return &fileReplay{err: err}
		}
		m.Known = w.known.joined(m.Known)
		w.cache.write(f, m)
	}
	r := w.recall(ctx, f, m)
	r.WithoutIndex = withoutIndex
	return r
}

// part returns what replays the rules of the program that are in none of some sets.
func (w *remembering) part(known []string, missing []int) *replayer {
	key := strings.Join(known, " ")
	if w.some[key] == nil {
		if len(w.some) > 8 {
			clear(w.some) // files know different rules, which they will not the next time
		}
		p := &compiler.Program{Predicates: w.program.Predicates}
		for _, n := range missing {
			p.Rules = append(p.Rules, w.program.Rules[n])
		}
		w.some[key] = newReplayer(w.dir, p, w.options)
	}
	return w.some[key]
}

// learn takes in what some rules have found, by their numbers among rules with keys.
func (m *memory) learn(fresh *fileReplay, missing []int, keys []ruleKey) {
	for _, n := range missing {
		delete(m.Rules, keys[n]) // from when it was known
	}
	for i := range fresh.Hits {
		h := &fresh.Hits[i]
		at := m.hit(h)
		for _, match := range h.Matches {
			m.note(match.Rule, rememberedMatch{Hit: at, View: match.View})
		}
		for _, s := range h.Suppressed {
			by := []int{}
			for _, f := range s.By {
				by = append(by, place(s.Rule, f))
			}
			m.note(s.Rule, rememberedMatch{Hit: at, View: s.View, By: by})
		}
	}
	m.Sources, m.Unrouted = fresh.Sources, fresh.Unrouted
	if m.Grounds == nil {
		m.Grounds = map[Logsource]*Ground{}
	}
	for l, g := range fresh.Grounds {
		if known := m.Grounds[l]; known != nil {
			maps.Copy(g.Fields, known.Fields)
		}
		m.Grounds[l] = g
	}
}

// note notes a match, once for rules that are the same.
func (m *memory) note(r *compiler.Rule, match rememberedMatch) {
	list := m.Rules[keyOf(r)]
	if n := len(list); n > 0 && list[n-1].Hit == match.Hit {
		return
	}
	m.Rules[keyOf(r)] = append(list, match)
}

// keepRecord makes the record of a hit while its file is read: later it would have to be
// read again.
func keepRecord(h *Hit) error {
	event, err := h.Event()
	if err == nil {
		h.Extra = string(event.Record().Value.AppendJSON(nil))
	}
	return err
}

// hit returns the place of a row among the hits.
func (m *memory) hit(h *Hit) int32 {
	if at, known := m.byRow[h.row]; known {
		return at
	}
	at := int32(len(m.Hits))
	m.Hits = append(m.Hits, rememberedHit{h.row, h.Source, h.Index, h.Time, h.Extra.(string)})
	m.byRow[h.row] = at
	return at
}

// recall makes of what is known what a replay yields.
func (w *remembering) recall(ctx context.Context, f File, m *memory) *fileReplay {
	r := &fileReplay{Replayed: Replayed{File: f, Sources: m.Sources}}
	if w.exposure {
		r.Unrouted, r.Grounds = m.Unrouted, w.grounds(m)
	}
	hits := make([]*Hit, len(m.Hits))
	at := func(n int32) *Hit {
		if hits[n] == nil {
			h := &m.Hits[n]
			hits[n] = &Hit{Source: h.Source, Index: h.Index, Time: h.Time, row: h.Row, Event: func() (*telemetry.Event, error) { return w.event(h) }}
		}
		return hits[n]
	}
	for _, n := range w.finding(m) {
		rule := w.program.Rules[n]
		for _, match := range m.Rules[w.known.keys[n]] {
			h := at(match.Hit)
			if match.By == nil {
				h.Matches = append(h.Matches, evaluator.Match{Rule: rule, View: match.View})
				continue
			}
			h.Suppressed = append(h.Suppressed, evaluator.Suppression{Rule: rule, View: match.View, By: filtersAt(rule, match.By)})
		}
	}
	hits = slices.DeleteFunc(hits, func(h *Hit) bool { return h == nil })
	slices.SortFunc(hits, func(a, b *Hit) int { return int(a.row) - int(b.row) })
	for _, h := range hits {
		if r.err = ctx.Err(); r.err != nil {
			return r
		}
		if w.visit != nil {
			if r.err = w.visit(h); r.err != nil {
				return r
			}
		}
		r.Hits = append(r.Hits, *h)
	}
	return r
}

// finding returns which rules of the program find something, in ascending order.
func (w *remembering) finding(m *memory) (numbers []int) {
	for key := range m.Rules {
		numbers = append(numbers, w.known.numbers[key]...)
	}
	slices.Sort(numbers)
	return numbers
}

// grounds returns what rules of the program were tried on: files know of others, too.
func (w *remembering) grounds(m *memory) map[Logsource]*Ground {
	out := map[Logsource]*Ground{}
	for l, known := range m.Grounds {
		if w.asked[l] == nil && l != (Logsource{}) {
			continue
		}
		g := *known
		g.Fields = map[string]bool{}
		for name := range known.Fields {
			if w.asked[l][name] {
				g.Fields[name] = true
			}
		}
		out[l] = &g
	}
	return out
}

// event makes the event of a remembered row.
func (w *remembering) event(h *rememberedHit) (*telemetry.Event, error) {
	v, ok := telemetry.DecodeJSON(h.Record)
	if !ok {
		return nil, errDamaged
	}
	return w.options.Normaliser.Event(telemetry.Record{Source: h.Source, Modified: h.Time, Value: v}), nil
}

func filtersAt(rule *compiler.Rule, places []int) (by []*rules.Filter) {
	for _, n := range places {
		if n >= 0 && n < len(rule.Filters) {
			by = append(by, rule.Filters[n].Filter)
		}
	}
	return by
}
