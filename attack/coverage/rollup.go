package coverage

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
)

// settle makes cells of supports: level, depth, paths, confidence.
func (a *assessment) settle() {
	byTechnique := map[string][]Cell{}
	keys := slices.SortedFunc(maps.Keys(a.cells), func(x, y cellKey) int {
		return strings.Compare(x.technique+"\x00"+x.platform, y.technique+"\x00"+y.platform)
	})
	for _, key := range keys {
		byTechnique[key.technique] = append(byTechnique[key.technique], a.cell(key))
	}
	for t := range a.in.Facts.Techniques {
		a.report.Techniques = append(a.report.Techniques, a.technique(t, byTechnique[t.ID]))
	}
}

func (a *assessment) cell(key cellKey) Cell {
	c := Cell{Platform: key.platform, Paths: []string{}}
	for _, rule := range slices.Sorted(maps.Keys(a.cells[key])) {
		s := a.cells[key][rule]
		s.Confidence = a.options.Confidence.of(len(s.Doubts))
		c.Supports = append(c.Supports, *s)
	}
	slices.SortStableFunc(c.Supports, func(x, y Support) int {
		if x.Level != y.Level {
			return int(y.Level) - int(x.Level)
		}
		return y.Confidence.rank() - x.Confidence.rank()
	})
	for _, s := range c.Supports {
		if s.Level > None {
			c.Depth++
			if s.component != "" {
				c.Paths = union(c.Paths, []string{s.component})
			}
		}
	}
	slices.Sort(c.Paths)
	if c.Depth == 0 {
		return c
	}
	best := c.Supports[0]
	c.Level, c.Doubts = best.Level, slices.Clone(best.Doubts)
	if c.Depth == 1 {
		c.Sole = best.Rule
		c.Doubts = append(c.Doubts, "it hangs on one rule")
	}
	c.Confidence = a.options.Confidence.of(len(c.Doubts))
	return c
}

func (a *assessment) technique(t *attack.Technique, cells []Cell) Technique {
	out := Technique{ID: t.ID, Name: t.Name, Parent: t.Parent(), Tactics: t.Tactics, Groups: t.Uses.Groups, Weight: a.weight(t), Cells: []Cell{},
		Target: slices.Contains(a.options.Targets, t.ID)}
	out.Outside = a.outside(t)
	out.InScope = out.Outside == ""
	rules := map[string]bool{}
	for _, c := range cells {
		if c.Platform != AnyPlatform && !a.inScope(c.Platform) {
			continue
		}
		out.Cells = append(out.Cells, c)
		out.Level = max(out.Level, c.Level)
		out.Paths = union(out.Paths, c.Paths)
		for _, s := range c.Supports {
			if s.Level > None {
				rules[s.Rule] = true
			}
		}
	}
	for _, p := range t.Platforms {
		if a.inScope(p) && !slices.ContainsFunc(out.Cells, func(c Cell) bool { return c.Platform == p }) {
			out.Cells = append(out.Cells, Cell{Platform: p, Paths: []string{}})
		}
	}
	slices.SortFunc(out.Cells, func(x, y Cell) int { return strings.Compare(x.Platform, y.Platform) })
	out.Depth = len(rules)
	slices.Sort(out.Paths)
	if out.Paths == nil {
		out.Paths = []string{}
	}
	out.Intended = a.intended(t, rules)
	return out
}

// intended returns the tactics of a technique that its rules agree on, nil if
// they name all of them or none.
func (a *assessment) intended(t *attack.Technique, rules map[string]bool) (out []string) {
	for key := range rules {
		for _, tactic := range a.byKey[key].intent {
			if slices.Contains(t.Tactics, tactic) {
				out = union(out, []string{tactic})
			}
		}
	}
	if len(out) == len(t.Tactics) {
		return nil
	}
	slices.Sort(out)
	return out
}

// inScope reports whether a platform is one that the assessment is about.
func (a *assessment) inScope(platform string) bool {
	if len(a.options.Platforms) == 0 {
		return platform != "PRE"
	}
	return slices.Contains(a.options.Platforms, platform)
}

// outside says why a technique is not in scope, "" if it is.
func (a *assessment) outside(t *attack.Technique) string {
	for _, e := range a.options.Exclude {
		if e.Technique == t.ID {
			return "excluded: " + e.Reason
		}
	}
	if slices.ContainsFunc(t.Platforms, a.inScope) {
		return ""
	}
	return "it occurs only on " + strings.Join(t.Platforms, ", ")
}

// rollUp tells parents about their sub-techniques. A parent counts by rules of
// its own, or by as many sub-techniques as the options ask for.
func (a *assessment) rollUp() {
	index := map[string]*Technique{}
	for i := range a.report.Techniques {
		index[a.report.Techniques[i].ID] = &a.report.Techniques[i]
	}
	for i := range a.report.Techniques {
		sub := &a.report.Techniques[i]
		parent := index[sub.Parent]
		if parent == nil || !sub.InScope {
			continue
		}
		if parent.Subs == nil {
			parent.Subs = &Subs{}
		}
		parent.Subs.Total++
		if sub.Level > None {
			parent.Subs.With++
			parent.Subs.Level = max(parent.Subs.Level, sub.Level)
		}
	}
	for _, t := range index {
		if t.Subs != nil && t.Level == None && a.options.Subs > 0 && t.Subs.With >= a.options.Subs {
			t.Level, t.Through = Tagged, "subs"
		}
	}
}

func marshalHistogram(h Histogram) ([]byte, error) {
	type object struct {
		None     int `json:"0"`
		Tagged   int `json:"1"`
		Tested   int `json:"2"`
		Self     int `json:"3a"`
		Observed int `json:"3b"`
		Proven   int `json:"4"`
	}
	return json.Marshal(object{h[0], h[1], h[2], h[3], h[4], h[5]})
}
