package attack

import (
	"fmt"
	"slices"
	"strings"
)

// Code names what is wrong with a tag.
type Code string

// What can be wrong with the tags of a rule. The words of codes are those of
// diagnostics.
const (
	UnknownTechnique       Code = "unknown-technique"
	RevokedTechnique       Code = "revoked"
	DeprecatedTechnique    Code = "deprecated"
	UnknownTactic          Code = "unknown-tactic"
	NewerThanFacts         Code = "newer-than-facts"         // known in a later embedded release
	TacticWithoutTechnique Code = "tactic-without-technique" // no technique of the rule belongs to the tactic
	TechniqueWithoutTactic Code = "technique-without-tactic" // the rule names none of its tactics
	ParentAndSub           Code = "parent-and-sub"
	TacticOnly             Code = "tactic-only" // the rule names tactics and no technique
	Untagged               Code = "untagged"    // the rule names neither
	Spelling               Code = "spelling"    // means something, and is written otherwise
)

// Finding is something about the tags of one rule.
type Finding struct {
	Code    Code
	Tag     int      // index into the tags, -1 for the rule as a whole
	Message string   // lower case, what was found
	Instead []string // tags that would be right, in canonical spelling; nil if a person has to decide
}

// Validate returns what is wrong with the tags of a rule by the facts of a
// release, in the order of the tags.
func (f *Facts) Validate(texts []string) (findings []Finding) {
	tags := make([]Tag, len(texts))
	ours := make([]bool, len(texts))
	var techniques []*Technique
	tactics := map[string]bool{}
	for i, text := range texts {
		tags[i], ours[i] = ParseTag(text)
		switch {
		case !ours[i]:
		case tags[i].Kind == TechniqueTag:
			if t := f.Resolve(tags[i].Name); t != nil {
				techniques = append(techniques, t)
			}
		case tags[i].Kind == TacticTag:
			tactics[tags[i].Name] = true
		}
	}
	add := func(code Code, tag int, instead []string, format string, values ...any) {
		findings = append(findings, Finding{code, tag, fmt.Sprintf(format, values...), instead})
	}
	for i, tag := range tags {
		if !ours[i] {
			continue
		}
		switch tag.Kind {
		case TechniqueTag:
			f.technique(add, i, tag, tactics, techniques)
		case TacticTag:
			f.tactic(add, i, tag, techniques)
		}
		if tag.Text != tag.Canonical() && f.Knows(tag) {
			add(Spelling, i, []string{tag.Canonical()}, "tag %q is written %q", tag.Text, tag.Canonical())
		}
	}
	anyTechnique := slices.ContainsFunc(tags, func(t Tag) bool { return t.Kind == TechniqueTag })
	switch {
	case !slices.Contains(ours, true):
		add(Untagged, -1, nil, "no tag refers to ATT&CK")
	case !anyTechnique && len(tactics) > 0:
		add(TacticOnly, -1, nil, "the tags name tactics and no technique")
	}
	return findings
}

type adder func(code Code, tag int, instead []string, format string, values ...any)

func (f *Facts) technique(add adder, i int, tag Tag, tactics map[string]bool, others []*Technique) {
	t := f.Technique(tag.Name)
	switch {
	case t == nil:
		if newer := f.newer(func(g *Facts) bool { return g.Technique(tag.Name) != nil }); newer != "" {
			add(NewerThanFacts, i, nil, "technique %s is of ATT&CK %s, and the facts in use are %s", tag.Name, newer, f.Version)
			return
		}
		add(UnknownTechnique, i, nil, "technique %s is not in %s", tag.Name, f.Label())
	case t.Status == Deprecated || t.Status == Revoked && f.Resolve(t.ID) == nil:
		add(DeprecatedTechnique, i, nil, "technique %s (%s) was given up without a successor", t.ID, t.Name)
	case t.Status == Revoked:
		successor := f.Resolve(t.ID)
		add(RevokedTechnique, i, []string{Tag{Name: successor.ID}.Canonical()}, "technique %s (%s) was replaced by %s (%s)", t.ID, t.Name, successor.ID, successor.Name)
	default:
		if !slices.ContainsFunc(t.Tactics, func(key string) bool { return tactics[key] }) {
			var instead []string
			if len(t.Tactics) == 1 {
				instead = []string{"attack." + t.Tactics[0]}
			}
			add(TechniqueWithoutTactic, i, instead, "no tag names a tactic of technique %s: %s", t.ID, strings.Join(t.Tactics, ", "))
		}
		if slices.ContainsFunc(others, func(o *Technique) bool { return o.Parent() == t.ID }) {
			add(ParentAndSub, i, nil, "technique %s is named beside a sub-technique of it", t.ID)
		}
	}
}

func (f *Facts) tactic(add adder, i int, tag Tag, techniques []*Technique) {
	t := f.Tactic(tag.Name)
	switch {
	case t == nil:
		if newer := f.newer(func(g *Facts) bool { return g.Tactic(tag.Name) != nil }); newer != "" {
			add(NewerThanFacts, i, nil, "tactic %q is of ATT&CK %s, and the facts in use are %s", tag.Name, newer, f.Version)
			return
		}
		add(UnknownTactic, i, f.insteadOf(tag.Name, techniques), "%s has no tactic %q", f.Label(), tag.Name)
	case len(techniques) > 0 && !slices.ContainsFunc(techniques, func(x *Technique) bool { return slices.Contains(x.Tactics, t.Key) }):
		add(TacticWithoutTechnique, i, nil, "no technique of the rule belongs to the tactic %s%s", t.Key, f.formerly(t.Key, techniques))
	}
}

// formerly tells of the newest release before f in which a tactic had one of the
// techniques, "" if there is none.
func (f *Facts) formerly(tactic string, techniques []*Technique) string {
	for g := range f.earlier {
		for _, t := range techniques {
			if old := g.Technique(t.ID); old != nil && slices.Contains(old.Tactics, tactic) {
				return fmt.Sprintf(": %s did until ATT&CK %s", t.ID, g.Version)
			}
		}
	}
	return ""
}

// insteadOf returns the tags to write for a tactic that f does not have: what it
// became, as for Migrate, if an earlier release has it; else the tactics of the
// techniques if each has one only. Then there is nothing to choose.
func (f *Facts) insteadOf(tactic string, techniques []*Technique) (tags []string) {
	if before := f.before(tactic); before != nil {
		var ids []string
		for _, t := range techniques {
			ids = append(ids, t.ID)
		}
		return tacticTags(f.movedTo(tactic, before, ids))
	}
	for _, t := range techniques {
		if len(t.Tactics) != 1 {
			return nil
		}
		if tag := "attack." + t.Tactics[0]; !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// newer returns the first embedded release behind f that knows something.
func (f *Facts) newer(knows func(*Facts) bool) string {
	if f.Domain != Enterprise {
		return ""
	}
	for _, release := range releases {
		if CompareVersions(release, f.Version) <= 0 {
			continue
		}
		if g, err := Load(release); err == nil && knows(g) {
			return release
		}
	}
	return ""
}

// Knows reports whether a tag means something in a release. Of groups, software
// and the like facts do not know all, so that these always do.
func (f *Facts) Knows(t Tag) bool {
	switch t.Kind {
	case TechniqueTag:
		return f.Technique(t.Name) != nil
	case TacticTag:
		return f.Tactic(t.Name) != nil
	}
	return true
}

// NewestWith returns the newest embedded release that knows what a tag names, ""
// if none does.
func NewestWith(t Tag) string {
	for _, release := range slices.Backward(releases) {
		if f, err := Load(release); err == nil && f.Knows(t) {
			return release
		}
	}
	return ""
}
