package diff

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// CorrelationChange is a correlation that is not what it was. How the alerts
// differ is not decided: a backtest shows it.
type CorrelationChange struct {
	Kind     Kind // Added, Removed, Feeding, Alerting, Equivalent, Metadata, Moved, or Unknown for one that changed or is broken on one side
	Old, New *compiler.Correlation
	Own      bool     // the correlation itself changed
	Inputs   []string // titles of what it refers to that changed
	Moved    bool     // the file is another one
	Level    string   // the old level, if it changed
	Reason   string   // why it cannot be used on one side; "" if it can on both
}

// Correlations returns the correlations that changed, or that changed rules feed, in
// the order of their titles.
func Correlations(old, new Side) []CorrelationChange {
	pairs := partners(old.correlations(), new.correlations())
	brokenBefore, brokenAfter := old.broken(), new.broken()
	var out []CorrelationChange
	kept := map[*compiler.Correlation]bool{}
	for _, x := range new.Program.Correlations {
		was := pairs[x]
		switch {
		case was == nil && brokenBefore(x.Source, new):
			out = append(out, CorrelationChange{Kind: Unknown, New: x, Reason: oldBroken})
		case was == nil:
			out = append(out, CorrelationChange{Kind: Added, New: x})
		default:
			kept[was] = true
			if c := correlationPair(old, was, new, x); c.Kind != "" {
				out = append(out, c)
			}
		}
	}
	for _, x := range old.Program.Correlations {
		switch {
		case kept[x]:
		case brokenAfter(x.Source, old):
			out = append(out, CorrelationChange{Kind: Unknown, Old: x, Reason: newBroken})
		default:
			out = append(out, CorrelationChange{Kind: Removed, Old: x})
		}
	}
	slices.SortStableFunc(out, func(a, b CorrelationChange) int { return cmp.Compare(a.title(), b.title()) })
	return out
}

// correlationPair compares two versions. The kind is "" if nothing changed.
func correlationPair(old Side, was *compiler.Correlation, new Side, is *compiler.Correlation) CorrelationChange {
	c := CorrelationChange{Old: was, New: is, Moved: old.path(was.Source) != new.path(is.Source)}
	if was.Level != is.Level {
		c.Level = cmp.Or(was.Level, "none")
	}
	rewritten := rules.ContentHash(was.Source) != rules.ContentHash(is.Source)
	switch {
	case was.Hash != is.Hash:
		c.Kind, c.Own, c.Inputs = Unknown, rewritten, changedInputs(old.Program, was, new.Program, is)
	case rewritten:
		c.Kind = Equivalent
	case printed(was.Source) != printed(is.Source):
		c.Kind = Metadata
	}
	c.Kind = withoutEvents(c.Kind, c.Moved, was.Alerts, is.Alerts)
	return c
}

func (c *CorrelationChange) title() string {
	if c.New != nil {
		return c.New.Title
	}
	return c.Old.Title
}

// changedInputs returns the titles of inputs whose meaning changed.
func changedInputs(p *compiler.Program, old *compiler.Correlation, q *compiler.Program, new *compiler.Correlation) []string {
	before := map[string]bool{}
	for _, in := range old.Inputs {
		meaning, _ := input(p, in)
		before[meaning] = true
	}
	var out []string
	for _, in := range new.Inputs {
		if meaning, title := input(q, in); !before[meaning] {
			out = append(out, title)
		}
	}
	return out
}

// input returns the meaning and the title of what a correlation refers to. Of another
// correlation it sees the names of its groups as well.
func input(p *compiler.Program, in compiler.Input) (meaning, title string) {
	if in.Rule >= 0 {
		return p.Rules[in.Rule].Hash, p.Rules[in.Rule].Title
	}
	c := p.Correlations[in.Correlation]
	return fmt.Sprintf("%s %q", c.Hash, c.GroupBy), c.Title
}
