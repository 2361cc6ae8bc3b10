package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
)

// assessment is one run of Assess.
type assessment struct {
	in      *Input
	options Options
	report  *Report
	sources []Source

	rules      []*ruleState
	byKey      map[string]*ruleState
	recordings map[string]*Recording
	hasSubs    map[string]bool                 // parents
	wanted     map[*attack.Technique][]string  // components
	latest     map[string]string               // names of components by id
	cells      map[cellKey]map[string]*Support // by rule
}

type cellKey struct{ technique, platform string }

// ruleState is a rule with what was found out about it.
type ruleState struct {
	*RuleState
	positive, negative int
	claims             []*attack.Technique // in the order of the tags
	intent             []string            // tactics that it names
	selfOn             map[string][]string // platforms on which tests replayed telemetry of its own -> names of tests
	stale              []string
	verdict            *Verdict
}

// Assess makes a report. It is a function of its arguments alone.
func Assess(in *Input, o Options) *Report {
	a := &assessment{in: in, options: o, sources: slices.Concat(o.Sources, DefaultSources()), byKey: map[string]*ruleState{}, recordings: map[string]*Recording{},
		hasSubs: map[string]bool{}, cells: map[cellKey]map[string]*Support{}}
	a.report = &Report{Schema: Schema, Options: o, Caveat: Caveat, unread: in.Unread,
		Facts: FactsOf{in.Facts.Domain, in.Facts.Version, in.Facts.Released, in.Facts.Incomplete}}
	for t := range in.Facts.Techniques {
		if p := t.Parent(); p != "" {
			a.hasSubs[p] = true
		}
	}
	a.wanted, a.latest = map[*attack.Technique][]string{}, latestNames()
	for i := range in.Recordings {
		a.recordings[in.Recordings[i].ID] = &in.Recordings[i]
	}
	a.readRules()
	a.readTests()
	a.readVerdicts()
	a.claim()
	a.fire()
	a.settle()
	a.rollUp()
	a.components()
	a.count()
	return a.report
}

// readRules resolves tags and places of all rules.
func (a *assessment) readRules() {
	for i := range a.in.Rules {
		r := &ruleState{RuleState: &RuleState{Rule: a.in.Rules[i]}, selfOn: map[string][]string{}}
		r.Platforms, r.Components = place(a.sources, r.Logsources)
		r.Components = a.named(r.Components)
		a.resolve(r)
		r.Why = a.disqualified(r)
		r.Qualifies = r.Why == ""
		a.rules = append(a.rules, r)
		a.byKey[r.Key] = r
	}
}

// resolve follows the tags of a rule to techniques in force.
func (a *assessment) resolve(r *ruleState) {
	for _, text := range r.Tags {
		tag, ok := attack.ParseTag(text)
		if !ok {
			continue
		}
		if tag.Kind == attack.TacticTag {
			if t := a.in.Facts.Tactic(tag.Name); t != nil {
				r.intent = union(r.intent, []string{t.Key})
			}
		}
		if tag.Kind != attack.TechniqueTag {
			continue
		}
		t := a.in.Facts.Resolve(tag.Name)
		if t == nil {
			why := "ATT&CK " + a.in.Facts.Version + " does not know it"
			if a.in.Facts.Technique(tag.Name) != nil {
				why = "it is deprecated and has no successor"
			}
			a.report.Unresolved = append(a.report.Unresolved, Unknown{r.Key, text, why})
			continue
		}
		if !slices.Contains(r.claims, t) {
			r.claims = append(r.claims, t)
			r.Techniques = append(r.Techniques, t.ID)
		}
	}
}

// disqualified says why a rule cannot show anything, "" if it can.
func (a *assessment) disqualified(r *ruleState) string {
	switch {
	case r.Problem != "":
		return r.Problem
	case r.Status == "deprecated" || r.Status == "unsupported":
		return "status " + r.Status
	case r.Feeds != "":
		return "it only feeds the correlation " + r.Feeds + " and raises no alert itself"
	}
	if len(a.options.Logsources) == 0 {
		return ""
	}
	for _, l := range r.Logsources {
		if !slices.ContainsFunc(a.options.Logsources, l.overlaps) {
			return "its logsource " + l.String() + " is not collected"
		}
	}
	return ""
}

// readTests counts what tests have shown. A test of another state of the rule is
// stale.
func (a *assessment) readTests() {
	in := &a.report.Inputs
	for _, t := range a.in.Tests {
		r := a.byKey[t.Rule]
		switch {
		case t.Absent:
			in.TestsAbsent++
			continue
		case r == nil:
			continue
		}
		in.Tests++
		if t.Hash != r.Hash {
			r.stale = append(r.stale, fmt.Sprintf("test %q ran on another state of the rule", t.Name))
			continue
		}
		if !t.Passed {
			in.TestsFailed++
			r.Failed = append(r.Failed, t.Name)
			continue
		}
		switch {
		case t.Negative:
			r.negative++
		case t.Positive:
			r.positive++
		}
		if t.Positive && t.Recorded {
			r.selfOn[t.Platform] = append(r.selfOn[t.Platform], t.Name)
		}
	}
	for _, r := range a.rules {
		r.Positive, r.Negative = r.positive, r.negative
	}
}

// readVerdicts gives rules their verdicts, of several those about what the rule
// means now.
func (a *assessment) readVerdicts() {
	for i := range a.in.Verdicts {
		v := &a.in.Verdicts[i]
		for _, r := range a.rules {
			if (r.Key == v.Rule || r.ID != "" && r.ID == v.Rule) && (r.verdict == nil || v.Hash == r.Hash) {
				r.verdict = v
			}
		}
	}
}

// support returns what a rule shows for a cell, which is nothing yet if it was
// not asked for before.
func (a *assessment) support(r *ruleState, t *attack.Technique, platform, via string) *Support {
	key := cellKey{t.ID, platform}
	if a.cells[key] == nil {
		a.cells[key] = map[string]*Support{}
	}
	s := a.cells[key][r.Key]
	if s == nil {
		s = &Support{Rule: r.Key, Via: via, Doubts: a.doubtsAbout(r, t, via), component: a.pathOf(r, t)}
		a.cells[key][r.Key] = s
	}
	return s
}

// pathOf returns the data component by which a rule sees a technique: the first
// of its own that ATT&CK lists there, else its first.
func (a *assessment) pathOf(r *ruleState, t *attack.Technique) string {
	wanted := a.componentsOf(t)
	for _, c := range r.Components {
		if slices.Contains(wanted, c) {
			return c
		}
	}
	if len(r.Components) > 0 {
		return r.Components[0]
	}
	return ""
}

// claim makes the cells that rules name with their tags, and gives them what
// does not depend on recordings.
func (a *assessment) claim() {
	for _, r := range a.rules {
		for _, t := range r.claims {
			for _, platform := range a.platformsFor(r, t) {
				a.claimCell(r, a.support(r, t, platform, ""), t, platform)
			}
		}
	}
}

// platformsFor returns the platforms on which a rule can claim a technique.
func (a *assessment) platformsFor(r *ruleState, t *attack.Technique) (out []string) {
	if len(r.Platforms) == 0 {
		return []string{AnyPlatform}
	}
	for _, p := range r.Platforms {
		if slices.Contains(t.Platforms, p) {
			out = append(out, p)
		}
	}
	if len(out) == 0 { // kept, so that the reason is told
		return r.Platforms[:1]
	}
	return out
}

func (a *assessment) claimCell(r *ruleState, s *Support, t *attack.Technique, platform string) {
	switch {
	case !r.Qualifies:
		s.Flags = append(s.Flags, "does not count: "+r.Why)
		return
	case platform != AnyPlatform && !slices.Contains(t.Platforms, platform):
		s.Flags = append(s.Flags, "does not count: the technique does not occur on "+platform)
		return
	}
	s.Level = Tagged
	s.Evidence = append(s.Evidence, Evidence{Level: Tagged, Text: "a sound rule names the technique"})
	s.Flags = append(s.Flags, r.stale...)
	s.Stale = len(r.stale) > 0
	if len(r.Failed) > 0 {
		s.Flags = append(s.Flags, "held at 1: "+plural(len(r.Failed), "a test fails", "tests fail")+": "+strings.Join(r.Failed, ", "))
		return
	}
	if r.positive > 0 && r.negative > 0 {
		s.raise(Evidence{Level: Tested, Text: fmt.Sprintf("%s that it fires, %s that it stays silent", count(r.positive, "passing test"), count(r.negative, "passing test"))})
	}
	for _, on := range []string{platform, ""} {
		if names := r.selfOn[on]; len(names) > 0 {
			s.raise(Evidence{Level: Self, Text: "fires on telemetry recorded for it: " + strings.Join(names, ", ")})
		}
	}
}

// raise adds evidence, unless other tags or labels have led to it already, and
// lifts the level if it is higher.
func (s *Support) raise(e Evidence) {
	s.Level = max(s.Level, e.Level)
	if !slices.Contains(s.Evidence, e) {
		s.Evidence = append(s.Evidence, e)
	}
}

func count(n int, what string) string { return fmt.Sprintf("%d %s", n, plural(n, what, what+"s")) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
