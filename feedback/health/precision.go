package health

import (
	"cmp"
	"slices"
	"time"

	"github.com/socctl/socctl/feedback"
)

// observation is a root cause with what was found.
type observation struct {
	class     feedback.Class
	contested bool
	expected  bool
	time      time.Time // of the earliest event, or verdict
}

// observations returns what verdicts say of a rule as it is, one for each root
// cause, by time. A cause is true if any of its alerts is.
func (in *Input) observations(key, hash string) (out []observation, p Precision) {
	byCause := map[string]*observation{}
	var order []string
	replayed := map[string]bool{}
	for _, a := range in.State.Labels(key).Alerts() {
		if len(a.Opinions) == 0 {
			continue // none counts any longer
		}
		seen, fires := in.sighting(key, a)
		if in.older(key, hash, a) {
			p.Older++
			continue
		}
		p.Alerts++
		cause := a.Alert.ContextFP
		if seen.context != "" && !seen.correlated {
			cause = seen.context
		}
		if cause == "" {
			cause = a.Key
		}
		o := byCause[cause]
		if o == nil {
			o = &observation{}
			byCause[cause] = o
			order = append(order, cause)
		}
		o.add(a, seen.time)
		if fires {
			replayed[cmp.Or(seen.context, cause)] = true
		}
	}
	for _, cause := range order {
		o := byCause[cause]
		out = append(out, *o)
		switch {
		case o.class == feedback.Protected && o.contested:
			p.Contested++
		case o.class == feedback.Protected:
			p.True++
		case o.class == feedback.Supporting:
			p.False++
			if o.expected {
				p.Expected++
			}
		default:
			p.Unclear++
		}
	}
	slices.SortStableFunc(out, func(a, b observation) int { return a.time.Compare(b.time) })
	p.Replayed = len(replayed)
	p.bound()
	return out, p
}

// sighting returns what the replay shows of an alert, and whether it shows all of
// its events.
func (in *Input) sighting(key string, a *feedback.AlertState) (s sighting, fires bool) {
	if in.Watch == nil || len(a.Alert.EventFP) == 0 {
		return s, false
	}
	for _, event := range a.Alert.EventFP {
		if s, fires = in.Watch.seen[alertKey{key, event}]; !fires {
			return sighting{}, false
		}
	}
	return s, true
}

// add takes an alert of the cause into account.
func (o *observation) add(a *feedback.AlertState, at time.Time) {
	if a.Class > o.class {
		o.class, o.contested, o.expected = a.Class, a.Contested, a.Outcome == feedback.BenignExpected
	} else if a.Class == o.class {
		o.contested = o.contested && a.Contested // one that all agree on will do
	}
	if at.IsZero() && a.Alert.EventTime != nil {
		at = *a.Alert.EventTime
	}
	if at.IsZero() {
		at = a.First
	}
	if o.time.IsZero() || at.Before(o.time) {
		o.time = at
	}
}

// bound computes the share of true ones. What is contested may be either.
func (p *Precision) bound() {
	n := p.True + p.False + p.Contested
	p.Lower, p.Upper = 0, 1
	if n == 0 {
		return
	}
	p.Lower, _ = feedback.Proportion(p.True, n, Confidence)
	_, p.Upper = feedback.Proportion(p.True+p.Contested, n, Confidence)
	if decided := p.True + p.False; decided > 0 {
		point := float64(p.True) / float64(decided)
		p.Point = &point
	}
}

// judged reports whether any verdict tells.
func (p *Precision) judged() bool { return p.True+p.False+p.Contested > 0 }
