package coverage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// score adds up weights and credits.
type score struct{ reached, weight float64 }

func (s *score) add(credit, weight float64) {
	s.reached += credit * weight
	s.weight += weight
}

func (s *score) share() float64 {
	if s.weight == 0 {
		return 0
	}
	return s.reached / s.weight
}

// count makes the totals.
func (a *assessment) count() {
	a.countTechniques()
	a.countTactics()
	a.countPlatforms()
	a.countRules()
	in := &a.report.Inputs
	in.Recordings, in.Replayed, in.Firings, in.Verdicts = len(a.in.Recordings), a.in.Replayed, len(a.in.Firings), len(a.in.Verdicts)
	for i := range a.in.Recordings {
		if len(a.labelsOf(&a.in.Recordings[i])) > 0 {
			in.Labelled++
		}
	}
}

func (a *assessment) countTechniques() {
	s := &a.report.Summary
	var all score
	weights := make([]float64, len(levelNames))
	for _, t := range a.report.Techniques {
		s.InForce++
		if !t.InScope {
			continue
		}
		s.Techniques[t.Level]++
		weights[t.Level] += t.Weight
		all.add(a.options.Credit.Of(t.Level), t.Weight)
		switch {
		case t.Depth == 1:
			s.Single++
		case t.Depth > 1 && len(t.Paths) == 1:
			s.SinglePath++
		}
		for _, c := range t.Cells {
			if slices.ContainsFunc(c.Supports, func(x Support) bool { return x.Stale }) {
				s.Stale++
			}
		}
	}
	s.Score, s.Weighted = all.share(), make([]float64, len(weights))
	for i, w := range weights {
		if all.weight > 0 {
			s.Weighted[i] = w / all.weight
		}
	}
}

func (a *assessment) countTactics() {
	for _, tactic := range a.in.Facts.Tactics {
		out := Tactic{ID: tactic.ID, Key: tactic.Key, Name: tactic.Name}
		var sum score
		for _, t := range a.report.Techniques {
			if t.InScope && slices.Contains(t.Tactics, tactic.Key) {
				out.Techniques[t.Level]++
				sum.add(a.options.Credit.Of(t.Level), t.Weight)
			}
		}
		out.Score = sum.share()
		a.report.Tactics = append(a.report.Tactics, out)
	}
}

func (a *assessment) countPlatforms() {
	found := map[string]*Platform{}
	sums := map[string]*score{}
	for _, t := range a.report.Techniques {
		if !t.InScope {
			continue
		}
		for _, c := range t.Cells {
			if c.Platform == AnyPlatform || !slices.Contains(a.in.Facts.Technique(t.ID).Platforms, c.Platform) {
				continue
			}
			if found[c.Platform] == nil {
				found[c.Platform], sums[c.Platform] = &Platform{Name: c.Platform}, &score{}
			}
			found[c.Platform].Cells[c.Level]++
			sums[c.Platform].add(a.options.Credit.Of(c.Level), t.Weight)
			a.report.Summary.Cells[c.Level]++
		}
	}
	a.report.Platforms = []Platform{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		found[name].Score = sums[name].share()
		a.report.Platforms = append(a.report.Platforms, *found[name])
	}
}

// countRules lists the rules that claim anything, and for what they alone stand.
func (a *assessment) countRules() {
	in, s := &a.report.Inputs, &a.report.Summary
	sole := map[string][]string{}
	for _, t := range a.report.Techniques {
		rules := map[string]bool{}
		for _, c := range t.Cells {
			for _, x := range c.Supports {
				if x.Level > None {
					rules[x.Rule] = true
				}
			}
		}
		if len(rules) == 1 && t.InScope {
			for key := range rules {
				sole[key] = append(sole[key], t.ID)
			}
		}
	}
	claimed := map[string]bool{}
	a.report.Rules, a.report.all = []RuleState{}, map[string]*RuleState{}
	for _, r := range a.rules {
		a.report.all[r.Key] = r.RuleState
		if r.Correlation {
			in.Correlations++
		} else {
			in.Rules++
		}
		if len(r.Failed) > 0 {
			s.Failing++
		}
		if len(r.claims) == 0 {
			continue
		}
		for _, id := range r.Techniques {
			claimed[id] = true
		}
		r.SoleFor = sole[r.Key]
		a.report.Rules = append(a.report.Rules, *r.RuleState)
	}
	s.Claimed = len(claimed)
	slices.SortStableFunc(a.report.AlsoFired, func(x, y AlsoFired) int {
		return cmp.Or(strings.Compare(x.Rule, y.Rule), strings.Compare(x.Recording, y.Recording))
	})
}

// components makes the table of what techniques show in, what is recorded, and
// what rules look at.
func (a *assessment) components() {
	wanted := map[string]*Component{}
	for i := range a.report.Techniques {
		t := &a.report.Techniques[i]
		if !t.InScope {
			continue
		}
		for _, id := range a.componentsOf(a.in.Facts.Technique(t.ID)) {
			if wanted[id] == nil {
				wanted[id] = &Component{Name: id}
				if c := a.in.Facts.Component(id); c != nil {
					wanted[id].ID = c.ID
				}
			}
			wanted[id].Techniques++
			wanted[id].Weight += t.Weight
		}
	}
	for _, r := range a.rules {
		if !r.Qualifies || len(r.claims) == 0 {
			continue
		}
		for _, id := range r.Components {
			if wanted[id] != nil {
				wanted[id].Rules++
			}
		}
	}
	supplied, known := a.supplied()
	a.report.Components = []Component{}
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		c := wanted[id]
		c.Supplied = "unknown"
		if known {
			c.Supplied = map[bool]string{true: "yes", false: "no"}[supplied[id]]
		}
		c.Quadrant = quadrant(c)
		a.report.Components = append(a.report.Components, *c)
	}
	slices.SortStableFunc(a.report.Components, func(x, y Component) int { return cmp.Compare(y.Weight, x.Weight) })
}

// supplied returns the components of what is collected: what the options say,
// else what events were seen of.
func (a *assessment) supplied() (map[string]bool, bool) {
	collected := a.options.Logsources
	if len(collected) == 0 {
		collected = a.in.Telemetry
	}
	out := map[string]bool{}
	for _, l := range collected {
		_, components := place(a.sources, []Logsource{l})
		for _, s := range a.sources {
			if l.fits(s.Logsource) { // all of a product, say, is collected
				components = append(components, s.Components...)
			}
		}
		for _, c := range a.named(components) {
			out[c] = true
		}
	}
	return out, len(collected) > 0
}

func quadrant(c *Component) Quadrant {
	switch {
	case c.Supplied == "yes" && c.Rules > 0:
		return Watched
	case c.Supplied == "yes":
		return Untapped
	case c.Supplied == "no" && c.Rules > 0:
		return DeadRules
	case c.Supplied == "no":
		return Blind
	case c.Rules > 0:
		return Ruled
	}
	return Unruled
}
