package proposal

import (
	"slices"
	"time"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/tuning"
)

// newestNamed are how many of its events an alert of a correlation names at least, and
// so its verdict.
const newestNamed = 100

// correlationLevels proposes levels for correlations on which there are verdicts, of
// any type: what they raise in the replay says what came of them. One of which
// something else would change is left alone until that is decided: its alerts would
// be others.
func (e *Evidence) correlationLevels(r *Report) (out []Level) {
	for i := range r.Thresholds {
		t := &r.Thresholds[i]
		if t.Patch != nil || e.fedByChanged(t.counted, r.Rules) {
			continue
		}
		if l := e.correlationLevel(t.counted); l != nil {
			out = append(out, *l)
		}
	}
	return out
}

// chainsOf returns the alerts of a correlation in the replay.
func (e *Evidence) chainsOf(k *counted) []chain {
	place := k.correlation.Source.Span.String()
	return slices.DeleteFunc(slices.Clone(e.chains), func(c chain) bool { return c.correlation != place })
}

// fedByChanged reports whether one of the rules that would be filtered has a part in
// alerts of a correlation.
func (e *Evidence) fedByChanged(k *counted, rules []Rule) bool {
	changed := map[string]bool{}
	for i := range rules {
		changed[rules[i].place] = len(rules[i].Proposals) > 0
	}
	for _, c := range e.chainsOf(k) {
		for l := range c.of {
			if changed[l.place] {
				return true
			}
		}
	}
	return false
}

// correlationLevel proposes a level for a correlation, nil if that which it has fits,
// or too little is known. Alerts of one group are one root cause.
func (e *Evidence) correlationLevel(k *counted) *Level {
	c := k.correlation
	if !c.Source.Level.Present() || c.Source.Level.Span.File == nil {
		return nil
	}
	causes, days := k.causes(e.chainsOf(k))
	out := &Level{ID: c.ID, Title: c.Title, Path: c.Source.Span.Path(), Lane: tuning.Review, From: c.Level, Days: days}
	if !out.follows(causes) {
		return nil
	}
	out.Patch = &Patch{Path: out.Path, Edits: []Edit{{c.Source.Level.Span, out.To}}}
	if !onlyLevel(c.Source, out) {
		return nil
	}
	return out
}

// causes returns the groups of alerts that were judged, in the order of their first
// days, and on how many days they were raised.
func (k *counted) causes(raised []chain) (out []cause, days int) {
	at := map[string]int{}
	seen := map[int]bool{}
	for i := range raised {
		class, contested := k.classOf(&raised[i])
		if class == feedback.Unknown {
			continue
		}
		day := int(backtest.DayOf(raised[i].time.In(time.UTC)))
		seen[day] = true
		n, known := at[raised[i].group]
		if !known {
			n = len(out)
			at[raised[i].group] = n
			out = append(out, cause{day: day})
		}
		out[n].day = min(out[n].day, day)
		out[n].add(class == feedback.Protected, contested)
	}
	slices.SortStableFunc(out, func(a, b cause) int { return a.day - b.day })
	return out, len(seen)
}

// classOf says what an alert was found to be: one with an event that must stay was an
// attack, which is contested if all of those are; all that its verdict names must
// have been judged to be no attack for it to be none.
func (k *counted) classOf(c *chain) (class feedback.Class, contested bool) {
	supporting, protected := 0, 0
	contested = true
	for l := range c.of {
		switch label := k.labels.Of(l.print); {
		case label.Class == feedback.Protected:
			protected++
			contested = contested && label.Contested
		case label.Class == feedback.Supporting && label.Weight > 0:
			supporting++
		}
	}
	switch {
	case protected > 0:
		return feedback.Protected, contested
	case supporting > 0 && supporting >= min(len(c.of), newestNamed):
		return feedback.Supporting, false
	}
	return feedback.Unknown, false
}
