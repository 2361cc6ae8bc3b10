package attack

import (
	"fmt"
	"slices"
	"strings"
)

// Step is what a release makes of one tag that was written for an earlier one.
type Step struct {
	Tag  int    // index into the tags, -1 for one that is added
	Kind Action // what to do
	// With is what Replace writes instead and Add writes anew, in canonical
	// spelling. For Ask it lists what a person may choose; removing the tag is
	// always a choice.
	With []string
	Why  string // lower case, without a dot at the end
}

// Action is a kind of step.
type Action string

// What a step does.
const (
	Replace Action = "replace"
	Remove  Action = "remove" // as another tag says the same already
	Add     Action = "add"
	Ask     Action = "ask"  // a person has to choose
	Note    Action = "note" // nothing to do, something to know
)

// Rules say how Migrate decides what facts alone do not.
type Rules struct {
	// Choices answers for a tactic, by key, what a person would be asked: keys of
	// others, or "" to remove the tag. Of several the first counts that fits a
	// rule: a tactic fits if one of the techniques of the rule has it or there are
	// none, and a tag is removed only beside techniques.
	Choices map[string][]string
	// AllTactics adds every tactic of the techniques that a rule names, for those
	// who tag so. Only rules of which another tag moves are looked at.
	AllTactics bool
}

// Migrate returns what it takes to bring the tags of a rule to release f: in the
// order of the tags, then what is added. It never guesses. Techniques follow what
// replaced them; a tactic that is gone becomes the new tactics of those
// techniques of the rule that had it. If there are none of both, it asks.
func (f *Facts) Migrate(texts []string, how Rules) (steps []Step) {
	m := &migration{Facts: f, how: how, written: map[string]bool{}}
	m.read(texts)
	for i := range m.tags {
		if !m.ours[i] {
			continue
		}
		switch m.tags[i].Kind {
		case TechniqueTag:
			m.technique(i)
		case TacticTag:
			m.tactic(i)
		}
	}
	moved := slices.ContainsFunc(m.steps, func(s Step) bool { return s.Kind == Replace || s.Kind == Remove })
	if how.AllTactics && moved {
		m.addTactics()
	}
	return m.steps
}

type migration struct {
	*Facts
	how     Rules
	tags    []Tag
	ours    []bool
	ids     []string        // of techniques, as tagged
	written map[string]bool // tags that stand after the migration, in canonical spelling
	steps   []Step
}

func (m *migration) read(texts []string) {
	for _, text := range texts {
		tag, ours := ParseTag(text)
		m.tags, m.ours = append(m.tags, tag), append(m.ours, ours)
		if !ours {
			continue
		}
		if tag.Kind == TechniqueTag {
			m.ids = append(m.ids, tag.Name)
		}
		if m.stays(tag) {
			m.written[tag.Canonical()] = true
		}
	}
}

// stays reports whether a tag means the same in the release.
func (m *migration) stays(tag Tag) bool {
	if tag.Kind == TechniqueTag {
		t := m.Technique(tag.Name)
		return t == nil || t.Status == Active
	}
	return m.Knows(tag)
}

func (m *migration) step(tag int, kind Action, with []string, format string, values ...any) {
	m.steps = append(m.steps, Step{tag, kind, with, fmt.Sprintf(format, values...)})
}

// replace writes what is not there yet in place of a tag.
func (m *migration) replace(tag int, with []string, format string, values ...any) {
	with = slices.DeleteFunc(slices.Clone(with), func(text string) bool { return m.written[text] })
	for _, text := range with {
		m.written[text] = true
	}
	kind := Replace
	if len(with) == 0 {
		kind = Remove
		format += ", which another tag names"
	}
	m.step(tag, kind, with, format, values...)
}

func (m *migration) technique(i int) {
	id := m.tags[i].Name
	t := m.Technique(id)
	switch {
	case t == nil:
		if newer := m.newer(func(g *Facts) bool { return g.Technique(id) != nil }); newer != "" {
			m.step(i, Ask, nil, "technique %s is of ATT&CK %s, and %s does not have it", id, newer, m.Version)
			return
		}
		m.step(i, Ask, nil, "technique %s is not in %s", id, m.Label())
	case t.Status == Active:
	case m.Resolve(id) == nil:
		m.step(i, Ask, nil, "technique %s (%s) was given up without a successor", t.ID, t.Name)
	default:
		next := m.Resolve(id)
		m.replace(i, []string{next.tag()}, "technique %s (%s) was replaced by %s (%s)", t.ID, t.Name, next.ID, next.Name)
		written := m.steps[len(m.steps)-1].Kind == Replace
		if subs := m.Subs(next.ID); written && len(subs) > 0 && t.Parent() != "" {
			var names []string
			for _, s := range subs {
				names = append(names, s.ID+" ("+s.Name+")")
			}
			m.step(i, Note, nil, "%s has sub-techniques, of which one may fit better: %s", next.ID, strings.Join(names, ", "))
		}
	}
}

func (t *Technique) tag() string { return Tag{Name: t.ID}.Canonical() }

func (m *migration) tactic(i int) {
	key := m.tags[i].Name
	t := m.Tactic(key)
	if t != nil {
		m.left(i, t)
		return
	}
	before := m.before(key)
	if before == nil {
		if newer := m.newer(func(g *Facts) bool { return g.Tactic(key) != nil }); newer != "" {
			m.step(i, Ask, nil, "tactic %s is of ATT&CK %s, and %s does not have it", key, newer, m.Version)
			return
		}
		m.step(i, Ask, nil, "no release of ATT&CK has a tactic %q", key)
		return
	}
	if with := m.movedTo(key, before, m.ids); len(with) > 0 {
		m.replace(i, tacticTags(with), "%s has no tactic %s; its techniques of this rule are now of %s", m.Label(), key, strings.Join(with, ", "))
		return
	}
	why := "and none of the techniques of this rule is of a tactic that came instead"
	if len(m.ids) == 0 {
		why = "and the rule names no technique that would tell what it became"
	}
	m.choose(i, key, tacticTags(m.newSince(before)), fmt.Sprintf("%s has no tactic %s, %s", m.Label(), key, why))
}

// left looks at a tactic that the release has, but that has none of the
// techniques of the rule any more.
func (m *migration) left(i int, t *Tactic) {
	var now []string
	for _, id := range m.ids {
		technique := m.Resolve(id)
		if technique == nil || slices.Contains(technique.Tactics, t.Key) {
			return
		}
		now = append(now, technique.Tactics...)
	}
	var techniques []*Technique
	for _, id := range m.ids {
		techniques = append(techniques, m.Resolve(id))
	}
	if once := m.formerly(t.Key, techniques); once != "" {
		slices.Sort(now)
		m.choose(i, t.Key, tacticTags(slices.Compact(now)), "no technique of the rule belongs to the tactic "+t.Key+once)
	}
}

// choose answers a question for a person if the rules have an answer that fits.
func (m *migration) choose(i int, key string, choices []string, why string) {
	for _, answer := range m.how.Choices[key] {
		switch {
		case answer == "" && len(m.ids) > 0:
			m.step(i, Remove, nil, "%s; removed as told", why)
			return
		case answer != "" && m.fits(answer):
			m.replace(i, tacticTags([]string{answer}), "%s; %s as told", why, answer)
			return
		}
	}
	m.step(i, Ask, choices, "%s", why)
}

// fits reports whether a tactic can be meant by a rule.
func (m *migration) fits(tactic string) bool {
	return len(m.ids) == 0 || slices.ContainsFunc(m.ids, func(id string) bool {
		t := m.Resolve(id)
		return t != nil && slices.Contains(t.Tactics, tactic)
	})
}

// addTactics adds the tactics of all techniques that no tag names.
func (m *migration) addTactics() {
	for _, id := range m.ids {
		t := m.Resolve(id)
		if t == nil {
			continue
		}
		for _, tag := range tacticTags(t.Tactics) {
			if !m.written[tag] {
				m.written[tag] = true
				m.step(-1, Add, []string{tag}, "a tactic of %s", t.ID)
			}
		}
	}
}

func tacticTags(keys []string) (tags []string) {
	for _, key := range keys {
		tags = append(tags, Tag{Name: key}.Canonical())
	}
	return tags
}

// before returns the newest embedded release older than f that has a tactic, nil
// if there is none.
func (f *Facts) before(tactic string) *Facts {
	for g := range f.earlier {
		if g.Tactic(tactic) != nil {
			return g
		}
	}
	return nil
}

// earlier yields the embedded releases of the same domain that are older than f,
// newest first.
func (f *Facts) earlier(yield func(*Facts) bool) {
	for _, release := range slices.Backward(releases) {
		if f.Domain != Enterprise || CompareVersions(release, f.Version) >= 0 {
			continue
		}
		if g, err := Load(release); err == nil && !yield(g) {
			return
		}
	}
}

// newSince returns the keys of the tactics that f has and an earlier release has
// not, in the order of the matrix.
func (f *Facts) newSince(before *Facts) (keys []string) {
	for _, t := range f.Tactics {
		if before.Tactic(t.Key) == nil || before.Tactic(t.Key).Key != t.Key {
			keys = append(keys, t.Key)
		}
	}
	return keys
}

// movedTo returns the tactics into which techniques went that had a tactic of an
// earlier release: those of the techniques that the earlier release has not, in
// the order of the matrix. Techniques that it does not know count as having had
// the tactic.
func (f *Facts) movedTo(tactic string, before *Facts, ids []string) (keys []string) {
	has := map[string]bool{}
	for _, id := range ids {
		then, now := before.Resolve(id), f.Resolve(id)
		if now == nil || then != nil && !slices.Contains(then.Tactics, tactic) {
			continue
		}
		for _, key := range now.Tactics {
			has[key] = true
		}
	}
	for _, key := range f.newSince(before) {
		if has[key] {
			keys = append(keys, key)
		}
	}
	return keys
}

// TacticsSince returns the keys of the tactics that are new since the last release
// that had a tactic which f no longer has; nil if there is none.
func (f *Facts) TacticsSince(tactic string) []string {
	before := f.before(tactic)
	if before == nil || f.Tactic(tactic) != nil {
		return nil
	}
	return f.newSince(before)
}

// Became returns the tactics, by key, into which a technique went that had a
// tactic of an earlier release, which f no longer has. It is nil if f has the
// tactic, if no release has it, or if the technique went into none.
func (f *Facts) Became(tactic, technique string) []string {
	before := f.before(tactic)
	if before == nil || f.Tactic(tactic) != nil {
		return nil
	}
	return f.movedTo(tactic, before, []string{technique})
}
