package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// CorrelationChange is a correlation that is not what it was. How the alerts
// differ is not decided: a backtest shows it.
type CorrelationChange struct {
	Kind     Kind // Added, Removed, Unknown for one that changed, or Metadata
	Old, New *compiler.Correlation
	Own      bool     // the correlation itself changed
	Inputs   []string // titles of what it refers to that changed
}

// Correlations returns the correlations that changed, or that changed rules feed, in
// the order of their titles.
func Correlations(old, new Side) []CorrelationChange {
	before := map[string]*compiler.Correlation{}
	for _, x := range old.Program.Correlations {
		before[correlationIdentity(x)] = x
	}
	var out []CorrelationChange
	kept := map[*compiler.Correlation]bool{}
	for _, x := range new.Program.Correlations {
		was := before[correlationIdentity(x)]
		if was == nil {
			out = append(out, CorrelationChange{Kind: Added, New: x})
			continue
		}
		kept[was] = true
		if was.Hash != x.Hash {
			out = append(out, CorrelationChange{Kind: Unknown, Old: was, New: x, Inputs: changedInputs(old.Program, was, new.Program, x),
				Own: rules.ContentHash(was.Source) != rules.ContentHash(x.Source)})
		}
	}
	for _, x := range old.Program.Correlations {
		if !kept[x] {
			out = append(out, CorrelationChange{Kind: Removed, Old: x})
		}
	}
	slices.SortStableFunc(out, func(a, b CorrelationChange) int { return cmp.Compare(a.title(), b.title()) })
	return out
}

func (c *CorrelationChange) title() string {
	if c.New != nil {
		return c.New.Title
	}
	return c.Old.Title
}

func correlationIdentity(x *compiler.Correlation) string {
	if x.ID != "" {
		return x.ID
	}
	return strings.ToLower(x.Title) + "\x00" + x.Source.Span.Path()
}

// changedInputs returns the titles of inputs whose meaning changed.
func changedInputs(p *compiler.Program, old *compiler.Correlation, q *compiler.Program, new *compiler.Correlation) []string {
	before := map[string]bool{}
	for _, in := range old.Inputs {
		hash, _ := input(p, in)
		before[hash] = true
	}
	var out []string
	for _, in := range new.Inputs {
		if hash, title := input(q, in); !before[hash] {
			out = append(out, title)
		}
	}
	return out
}

// input returns the hash and the title of what a correlation refers to.
func input(p *compiler.Program, in compiler.Input) (hash, title string) {
	if in.Rule >= 0 {
		return p.Rules[in.Rule].Hash, p.Rules[in.Rule].Title
	}
	return p.Correlations[in.Correlation].Hash, p.Correlations[in.Correlation].Title
}
