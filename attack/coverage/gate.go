package coverage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/rules"
)

// Gate says which changes must not pass.
type Gate struct {
	Lost     Level    `json:"lost"`     // what is lost from this level on
	Weakened Level    `json:"weakened"` // what is weakened, or made stale, from this level on
	Thin     int      `json:"thin"`     // what is thinned to one data component, if so many groups use it or it is a target; 0 lets it pass
	Require  Level    `json:"require"`  // that a new rule must reach; 0 asks for nothing
	Waivers  []Waiver `json:"waivers,omitempty"`
}

// DefaultGate returns the gate that holds unless a configuration says otherwise.
func DefaultGate() Gate { return Gate{Lost: Tagged, Weakened: Self, Thin: 10} }

// Waiver lets a loss pass until a day.
type Waiver struct {
	Technique string     `json:"technique"`
	Platform  string     `json:"platform,omitempty"` // "" is any
	Reason    string     `json:"reason"`
	Owner     string     `json:"owner"`
	Expires   time.Time  `json:"expires"` // the last day on which it holds
	Span      rules.Span `json:"-"`
}

// expired reports whether a waiver holds no longer. It holds to the end of its
// last day, in UTC.
func (w *Waiver) expired(now time.Time) bool { return !now.Before(w.Expires.AddDate(0, 0, 1)) }

// Violation is a change that the gate holds back.
type Violation struct {
	Technique string  `json:"technique,omitempty"`
	Name      string  `json:"name,omitempty"`
	Platform  string  `json:"platform,omitempty"`
	Rule      string  `json:"rule,omitempty"` // key
	Kind      Kind    `json:"kind,omitempty"`
	Why       string  `json:"why"`
	Waiver    *Waiver `json:"waiver,omitempty"`
}

// Apply fills in the violations of a delta, and what waivers let pass.
func (g Gate) Apply(d *Delta, base, head *Report, now time.Time) {
	d.Gate = g
	for _, c := range d.Changes {
		why := g.against(&c)
		if why == "" {
			continue
		}
		v := Violation{Technique: c.Technique, Name: c.Name, Platform: c.Platform, Kind: c.Kind, Why: why}
		v.Waiver = g.waiverOf(&c, now)
		switch {
		case v.Waiver == nil:
			d.Violations = append(d.Violations, v)
		case v.Waiver.expired(now):
			v.Why += fmt.Sprintf("; the waiver of %s ended on %s", v.Waiver.Owner, v.Waiver.Expires.Format(time.DateOnly))
			d.Violations = append(d.Violations, v)
		default:
			d.Waived = append(d.Waived, v)
		}
	}
	g.newRules(d, base, head)
}

// waiverOf returns a waiver of a change that holds, else one that has ended; nil
// if there is none.
func (g Gate) waiverOf(c *Change, now time.Time) (found *Waiver) {
	for i := range g.Waivers {
		w := &g.Waivers[i]
		if w.Technique != c.Technique || w.Platform != "" && !strings.EqualFold(w.Platform, c.Platform) {
			continue
		}
		if !w.expired(now) {
			return w
		}
		found = w
	}
	return found
}

// against says why a change must not pass, "" if it may.
func (g Gate) against(c *Change) string {
	lower := c.To < c.From
	switch {
	case lower && c.To == None && c.From >= g.Lost && g.Lost > None:
		return fmt.Sprintf("lost from %s", c.From)
	case lower && c.From >= g.Weakened && g.Weakened > None:
		return fmt.Sprintf("from %s to %s", c.From, c.To)
	case c.byLevel() == Thinned && c.Paths[1] == 1 && c.Paths[0] > 1 && g.Thin > 0 && (c.groups >= g.Thin || c.target):
		return fmt.Sprintf("one data component is left of %d", c.Paths[0])
	}
	return ""
}

// newRules holds back new rules that show too little.
func (g Gate) newRules(d *Delta, base, head *Report) {
	if g.Require == None {
		return
	}
	best := map[string]Level{}
	for _, t := range head.Techniques {
		for _, c := range t.Cells {
			for _, s := range c.Supports {
				best[s.Rule] = max(best[s.Rule], s.Level)
			}
		}
	}
	for i := range head.Rules {
		r := &head.Rules[i]
		if base.all[r.Key] == nil && best[r.Key] < g.Require {
			d.Violations = append(d.Violations, Violation{Rule: r.Key, Why: fmt.Sprintf("new rule %q reaches %s, %s is asked for", r.Title, best[r.Key], g.Require)})
		}
	}
}

// Taxonomy returns what an upgrade of the facts alone does: the same rules and
// evidence under the facts of before and of now.
func Taxonomy(before, after *Report, from, to *attack.Facts) []Change {
	d := Compare(before, after)
	for i := range d.Changes {
		c := &d.Changes[i]
		c.Kind = c.byLevel() // no rule was retagged
		c.Causes = []Cause{{Kind: "facts", Text: factsText(c, from, to)}}
	}
	return d.Changes
}

// factsText says what became of the technique of a cell from one release to another.
func factsText(c *Change, from, to *attack.Facts) string {
	id := c.Technique
	was, is := from.Technique(id), to.Technique(id)
	switch {
	case was == nil || was.Status != attack.Active:
		return fmt.Sprintf("%s is new in %s", id, to.Version)
	case is == nil:
		return fmt.Sprintf("%s does not know %s", to.Version, id)
	case is.Status == attack.Revoked:
		next := "no technique in force"
		if t := to.Resolve(id); t != nil {
			next = t.ID + " " + t.Name
		}
		return fmt.Sprintf("%s was replaced by %s", id, next)
	case is.Status == attack.Deprecated:
		return fmt.Sprintf("%s was given up without a successor", id)
	case slices.Contains(was.Platforms, c.Platform) != slices.Contains(is.Platforms, c.Platform):
		return fmt.Sprintf("%s occurred on %s, and occurs on %s", id, strings.Join(was.Platforms, ", "), strings.Join(is.Platforms, ", "))
	case c.From == c.To && c.Depth[0] == c.Depth[1]: // as many rules, so it is what they look at
		return fmt.Sprintf("%s lists other data components for %s", to.Version, id)
	}
	return fmt.Sprintf("other techniques lead to %s in %s", id, to.Version)
}
