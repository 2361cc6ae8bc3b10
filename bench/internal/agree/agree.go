// Package agree compares what two engines found.
//
// What it guarantees: every rule on which they differ is listed, with both
// counts; a difference has a reason only if the table of reasons, or a
// measurement, gives one.
package agree

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// Side is what an engine found, and what it could not do.
type Side struct {
	Engine  string
	Matches map[string]int    // by id of the rule
	Refused map[string]string // rules that it does not load, with its reason
	Errors  map[string]int    // evaluations that ended in an error
}

// Rule is what is known of a rule.
type Rule struct{ Title, Text string }

// Difference is a rule on which two engines do not agree.
type Difference struct {
	Rule   string `json:"rule"`
	Title  string `json:"title"`
	Ours   int    `json:"ours"`
	Theirs int    `json:"theirs"`
	Reason string `json:"reason,omitempty"` // "" if nobody knows
}

// Comparison is our side, theirs, and what helps to explain differences.
type Comparison struct {
	Ours, Theirs Side
	Rules        map[string]Rule

	// Unrouted is what we find if the logsource of rules is ignored, for the rules
	// on which the two differ. It may be nil.
	Unrouted map[string]int

	// Bare is what we find then in records as they are, without views. It may be nil.
	Bare map[string]int
}

// Differences returns the rules on which the sides differ, by title.
func (c Comparison) Differences() []Difference {
	ids := map[string]bool{}
	for id := range c.Ours.Matches {
		ids[id] = true
	}
	for id := range c.Theirs.Matches {
		ids[id] = true
	}
	var out []Difference
	for id := range maps.Keys(ids) {
		d := Difference{Rule: id, Title: c.Rules[id].Title, Ours: c.Ours.Matches[id], Theirs: c.Theirs.Matches[id]}
		if d.Ours != d.Theirs {
			d.Reason = c.reason(d)
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.Rule, b.Rule)) })
	return out
}

// reason tells why a rule differs: what the engine itself said comes first,
// then the table, then what our own engine finds without routing.
func (c Comparison) reason(d Difference) string {
	if why, ok := c.Theirs.Refused[d.Rule]; ok {
		return notLoaded + why
	}
	if n := c.Theirs.Errors[d.Rule]; n > 0 {
		return fmt.Sprintf(fails+"%d events", n)
	}
	if why := Known(c.Theirs.Engine, d, c.Rules[d.Rule].Text); why != "" {
		return why
	}
	if all, ok := c.Unrouted[d.Rule]; ok && d.Theirs > d.Ours && d.Theirs <= all {
		return "routing: the events do not state the rule's logsource, and it tries the rule all the same"
	}
	if bare, ok := c.Bare[d.Rule]; c.Bare != nil && d.Theirs < d.Ours && d.Theirs <= bare && (ok || d.Theirs == 0) {
		return "names: our views find the rule's fields under the names that the source has for them"
	}
	return ""
}

// Known returns the reason that the table has for a difference, "" for none.
func Known(engine string, d Difference, ruleText string) string {
	for _, r := range reasons() {
		if r.fits(engine, d, ruleText) {
			return r.Reason
		}
	}
	return ""
}

// Again returns the reason of a difference by the table of today. What was found
// out when it was measured stays, where the table has nothing to say.
func Again(engine string, d Difference, ruleText string) string {
	if strings.HasPrefix(d.Reason, notLoaded) || strings.HasPrefix(d.Reason, fails) {
		return d.Reason
	}
	return cmp.Or(Known(engine, d, ruleText), d.Reason)
}

// What engines say themselves.
const (
	notLoaded = "not loaded by it: "
	fails     = "it fails on "
)

// known is one entry of the table of reasons.
type known struct {
	Engine string // pattern of names of engines
	More   bool   // the engine finds more than we do
	Fewer  bool   // or fewer
	Rule   string // pattern on the text of the rule
	Reason string

	engine, rule *regexp.Regexp
}

func (k *known) fits(engine string, d Difference, text string) bool {
	return (d.Theirs > d.Ours && k.More || d.Theirs < d.Ours && k.Fewer) && k.engine.MatchString(engine) && k.rule.MatchString(text)
}

//go:embed reasons.yml
var table []byte

var reasons = sync.OnceValue(func() []known {
	var all []known
	if err := yaml.Unmarshal(table, &all); err != nil {
		panic(err)
	}
	for i := range all {
		all[i].engine = regexp.MustCompile(`^(?:` + all[i].Engine + `)$`)
		all[i].rule = regexp.MustCompile(all[i].Rule)
	}
	return all
})
