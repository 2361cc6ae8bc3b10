package health

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/rules"
)

// Assess judges all rules and correlations of a program.
func Assess(in *Input) *Report {
	out := &Report{Schema: Schema, Now: in.Now, Confidence: Confidence, Replayed: in.Replay != nil, Expiry: in.Program.Expiry, Rules: []Rule{}}
	out.Summary.Recommended = map[Action]int{}
	out.Gone = in.gone()
	out.Summary.Gone = len(out.Gone)
	volumes := in.volumes()
	for _, r := range in.Program.Rules {
		out.Rules = append(out.Rules, in.rule(r.Source, "rule", r.Hash, volumes))
	}
	for _, c := range in.Program.Correlations {
		out.Rules = append(out.Rules, in.rule(c.Source, "correlation", c.Hash, volumes))
	}
	sole(out.Rules)
	for i := range out.Rules {
		out.Rules[i].recommend()
		out.Summary.add(&out.Rules[i])
	}
	if in.Replay != nil {
		out.Partial = in.Replay.Partial
	}
	slices.SortStableFunc(out.Rules, func(a, b Rule) int {
		return cmp.Or(slices.Index(Actions(), a.Action)-slices.Index(Actions(), b.Action), len(b.Drift)-len(a.Drift), b.alerts()-a.alerts(),
			cmp.Compare(a.Title, b.Title), cmp.Compare(a.Path, b.Path), a.Line-b.Line)
	})
	return out
}

func (r *Rule) alerts() int {
	if r.Volume == nil {
		return 0
	}
	return r.Volume.Alerts
}

func (s *Summary) add(r *Rule) {
	s.Rules++
	for _, c := range []struct {
		is bool
		n  *int
	}{{!r.Unjudged, &s.Judged}, {r.Silent, &s.Silent}, {r.Untested, &s.Untested}, {len(r.Drift) > 0, &s.Drifting}} {
		if c.is {
			*c.n++
		}
	}
	s.Recommended[r.Action]++
}

// PlaceOf names a document by its path and line, under which tests are counted.
func PlaceOf(d rules.Document) string {
	span := d.Meta().Span
	return fmt.Sprintf("%s:%d", span.Path(), span.Start.Line)
}

// volumes returns what the replay shows, by place.
func (in *Input) volumes() map[string]*Volume {
	out := map[string]*Volume{}
	if in.Replay == nil {
		return out
	}
	days := map[backtest.Logsource][]backtest.DayEvents{}
	for _, l := range in.Replay.Logsources {
		days[l.Logsource] = l.Daily
	}
	for i := range in.Replay.Rules {
		r := &in.Replay.Rules[i]
		if r.Gone() {
			continue
		}
		v := &Volume{Verdict: r.Verdict, Reason: r.Reason, Alerts: r.Alerts, Suppressed: r.Suppressed, Rate: r.Rate, Budget: r.Budget, ActiveDays: len(r.Days)}
		if r.RootCauses != nil {
			v.Causes, v.MoreCauses = r.RootCauses.Distinct, r.RootCauses.More
			for _, c := range r.RootCauses.Top {
				v.TopCauses = append(v.TopCauses, c.Count)
			}
		}
		if r.Hosts != nil {
			v.Hosts = r.Hosts.Distinct
		}
		if r.Users != nil {
			v.Users = r.Users.Distinct
		}
		v.Days = r.Days
		if r.Logsource != nil {
			v.Days = covered(days[*r.Logsource], r.Days)
		}
		out[fmt.Sprintf("%s:%d", r.Path, r.Line)] = v
	}
	return out
}

// covered returns recorded days with their alerts, those without any among them.
func covered(recorded []backtest.DayEvents, alerts []backtest.DayCount) (out []backtest.DayCount) {
	at := map[string]int{}
	for _, d := range alerts {
		at[d.Day] = d.Alerts
	}
	for _, d := range recorded {
		out = append(out, backtest.DayCount{Day: d.Day, Alerts: at[d.Day]})
	}
	return out
}

// rule tells what is known of one rule.
func (in *Input) rule(d rules.Document, kind, hash string, volumes map[string]*Volume) Rule {
	h := d.Meta()
	out := Rule{ID: h.ID.Text, Title: h.Title.Text, Level: h.Level.Text, Kind: kind, Path: h.Span.Path(), Line: h.Span.Start.Line, Hash: hash,
		Tests: in.Tests[PlaceOf(d)], Untested: in.Tests != nil && in.Tests[PlaceOf(d)] == 0, Volume: volumes[PlaceOf(d)], Drift: []Drift{}, Techniques: techniques(h)}
	var all []observation
	all, out.Precision = in.observations(cmp.Or(out.ID, out.Title), hash)
	out.Unjudged = !out.Precision.judged()
	out.Silent = out.Volume != nil && out.Volume.Alerts == 0 && out.Volume.Verdict != backtest.Fired && out.Precision.Alerts == 0
	if drift := precisionDrift(all); drift != nil {
		out.Drift = append(out.Drift, *drift)
	}
	if out.Volume != nil {
		if drift := volumeDrift(out.Volume.Days); drift != nil {
			out.Drift = append(out.Drift, *drift)
		}
	}
	return out
}

// techniques are those of the tags, sorted.
func techniques(h *rules.Header) (out []string) {
	for _, tag := range h.Tags {
		if t, ok := attack.ParseTag(tag.Text); ok && t.Kind == attack.TechniqueTag {
			out = append(out, t.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sole finds the techniques that one rule alone shows to catch: another one
// counts only if it has fired, or if a verdict has confirmed it, and not if it is itself
// never right: of two such rules each would be retired because of the other.
func sole(all []Rule) {
	proven := map[string][]int{}
	for i := range all {
		if r := &all[i]; (r.alerts() > 0 || r.Precision.True > 0) && !r.Precision.never() {
			for _, t := range r.Techniques {
				proven[t] = append(proven[t], i)
			}
		}
	}
	for i := range all {
		for _, t := range all[i].Techniques {
			if by := proven[t]; len(by) == 0 || len(by) == 1 && by[0] == i {
				all[i].SoleFor = append(all[i].SoleFor, t)
			}
		}
	}
}
