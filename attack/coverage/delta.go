package coverage

import (
	"maps"
	"slices"
	"strings"
)

// Delta is what a change of the rules does to the evidence. Both sides are made
// with the same facts, recordings, verdicts and options, so that only the rules
// differ.
type Delta struct {
	Ref    string `json:"ref"`
	Commit string `json:"commit"`

	Changes []Change      `json:"changes"` // the worst first
	Counts  map[Kind]int  `json:"counts"`
	Before  Summary       `json:"before"`
	Sole    []SoleTouched `json:"sole_touched,omitempty"`

	// FactsBefore is the release that the rules were tagged for before, if it is
	// another one; Taxonomy is what the upgrade alone does to the rules of before.
	FactsBefore string   `json:"facts_before,omitempty"`
	Taxonomy    []Change `json:"taxonomy,omitempty"`

	Gate       Gate        `json:"gate"`
	Violations []Violation `json:"violations"`
	Waived     []Violation `json:"waived,omitempty"`
}

// Kind says what became of a cell.
type Kind string

// The kinds of changes.
const (
	Lost         Kind = "lost"         // no evidence is left
	Weakened     Kind = "weakened"     // a lower level
	Thinned      Kind = "thinned"      // the level holds, by fewer data components or rules
	Stale        Kind = "stale"        // a lower level, because evidence is about another state of things
	Retagged     Kind = "retagged"     // only tags changed
	Strengthened Kind = "strengthened" // a higher level
	Gained       Kind = "gained"       // there was no evidence
)

// Kinds returns all kinds, the worst first.
func Kinds() []Kind {
	return []Kind{Lost, Weakened, Stale, Thinned, Retagged, Strengthened, Gained}
}

// Change is what became of one cell.
type Change struct {
	Technique string  `json:"technique"`
	Name      string  `json:"name"`
	Platform  string  `json:"platform"`
	Kind      Kind    `json:"kind"`
	From      Level   `json:"from"`
	To        Level   `json:"to"`
	Paths     [2]int  `json:"paths"` // before, after
	Depth     [2]int  `json:"depth"`
	Unproven  bool    `json:"unproven,omitempty"` // it reaches 1 only: claimed by tags, nothing shown
	Causes    []Cause `json:"causes"`
	groups    int
	target    bool
}

// Cause is a rule that has to do with a change, and what happened to it.
type Cause struct {
	Rule  string `json:"rule"` // key; "" if the facts are the cause
	Title string `json:"title,omitempty"`
	Path  string `json:"path,omitempty"`
	Line  int    `json:"line,omitempty"`
	Kind  string `json:"kind"` // added, deleted, edited, disabled, status, tags, filter, correlation, test, telemetry, logsource or facts
	Text  string `json:"text"`
}

// SoleTouched is a rule on which techniques hang alone, and that was changed.
type SoleTouched struct {
	Rule       string   `json:"rule"`
	Title      string   `json:"title"`
	Techniques []string `json:"techniques"`
}

// Compare returns what became of every cell between two reports. Both must be
// made with the same facts and options.
func Compare(base, head *Report) *Delta {
	d := &Delta{Before: base.Summary, Counts: map[Kind]int{}, Changes: []Change{}, Violations: []Violation{}}
	before, after := cellsOf(base), cellsOf(head)
	keys := map[cellKey]bool{}
	for k := range before {
		keys[k] = true
	}
	for k := range after {
		keys[k] = true
	}
	for k := range keys {
		if c, changed := compareCell(base, head, k, before[k], after[k]); changed {
			d.Changes = append(d.Changes, c)
		}
	}
	slices.SortFunc(d.Changes, func(x, y Change) int {
		if x.Kind != y.Kind {
			return slices.Index(Kinds(), x.Kind) - slices.Index(Kinds(), y.Kind)
		}
		return strings.Compare(x.Technique+"\x00"+x.Platform, y.Technique+"\x00"+y.Platform)
	})
	for _, c := range d.Changes {
		d.Counts[c.Kind]++
	}
	for _, key := range slices.Sorted(maps.Keys(base.all)) {
		was, is := base.all[key], head.all[key]
		if len(was.SoleFor) > 0 && (is == nil || is.Text != was.Text) {
			d.Sole = append(d.Sole, SoleTouched{key, was.Title, was.SoleFor})
		}
	}
	return d
}

type located struct {
	*Cell
	technique *Technique
}

// cellsOf returns the cells in scope by technique and platform.
func cellsOf(r *Report) map[cellKey]located {
	out := map[cellKey]located{}
	for i := range r.Techniques {
		t := &r.Techniques[i]
		if !t.InScope {
			continue
		}
		for j := range t.Cells {
			out[cellKey{t.ID, t.Cells[j].Platform}] = located{&t.Cells[j], t}
		}
	}
	return out
}

func compareCell(base, head *Report, key cellKey, was, is located) (Change, bool) {
	if was.Cell == nil {
		was = located{&Cell{}, is.technique}
	}
	if is.Cell == nil {
		is = located{&Cell{}, was.technique}
	}
	c := Change{Technique: key.technique, Name: is.technique.Name, Platform: key.platform, From: was.Level, To: is.Level,
		Paths: [2]int{len(was.Paths), len(is.Paths)}, Depth: [2]int{was.Depth, is.Depth}, groups: is.technique.Groups, target: is.technique.Target}
	if c.Kind = c.byLevel(); c.Kind == "" {
		return c, false
	}
	c.Unproven = c.Kind == Gained && is.Level == Tagged
	c.Causes = causes(base, head, was.Cell, is.Cell)
	only := func(kind string) bool {
		return len(c.Causes) > 0 && !slices.ContainsFunc(c.Causes, func(x Cause) bool { return x.Kind != kind })
	}
	switch {
	case only("tags"):
		c.Kind = Retagged
	case only("telemetry") && is.Level < was.Level:
		c.Kind = Stale
	}
	return c, true
}

// byLevel returns what levels and depth alone say, "" if they say nothing.
func (c *Change) byLevel() Kind {
	switch {
	case c.To < c.From && c.To == None:
		return Lost
	case c.To < c.From:
		return Weakened
	case c.To > c.From && c.From == None:
		return Gained
	case c.To > c.From:
		return Strengthened
	case c.Paths[1] < c.Paths[0] || c.Depth[1] < c.Depth[0]:
		return Thinned
	}
	return ""
}

// causes returns the rules of which a change shows in a cell.
func causes(base, head *Report, was, is *Cell) []Cause {
	before, after := map[string]*Support{}, map[string]*Support{}
	for i := range was.Supports {
		before[was.Supports[i].Rule] = &was.Supports[i]
	}
	for i := range is.Supports {
		after[is.Supports[i].Rule] = &is.Supports[i]
	}
	keys := map[string]bool{}
	for k := range before {
		keys[k] = true
	}
	for k := range after {
		keys[k] = true
	}
	out := []Cause{}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if levelOf(before[key]) != levelOf(after[key]) || pathIn(before[key]) != pathIn(after[key]) {
			out = append(out, causeOf(base, head, key, before[key], after[key]))
		}
	}
	return out
}

func levelOf(s *Support) Level {
	if s == nil {
		return None
	}
	return s.Level
}

// pathIn returns the data component by which a rule counts for a cell, "" if it
// does not count.
func pathIn(s *Support) string {
	if levelOf(s) == None {
		return ""
	}
	return s.component
}

// causeOf says what happened to a rule that shows more or less than before.
func causeOf(base, head *Report, key string, before, after *Support) Cause {
	was, is := base.all[key], head.all[key]
	known := is
	if known == nil {
		known = was
	}
	c := Cause{Rule: known.Key, Title: known.Title, Path: known.Path, Line: known.Line}
	switch {
	case is == nil && head.unread[was.Path] != "":
		c.Kind, c.Text = "disabled", "its file cannot be read: "+head.unread[was.Path]
	case was == nil && base.unread[is.Path] != "":
		c.Kind, c.Text = "disabled", "its file can be read again"
	default:
		c.Kind, c.Text = whatHappened(was, is, before, after)
	}
	return c
}

func whatHappened(was, is *RuleState, before, after *Support) (kind, text string) {
	switch {
	case is == nil:
		return "deleted", "the rule is gone"
	case was == nil:
		return "added", "a new rule"
	case is.Problem != was.Problem:
		return "disabled", either(is.Problem, "it can be used again")
	case is.Feeds != was.Feeds:
		return "correlation", either(is.Why, "it raises alerts of its own again")
	case is.Status != was.Status && is.Qualifies != was.Qualifies:
		return "status", "status " + either(was.Status, "none") + " became " + either(is.Status, "none")
	case before == nil != (after == nil) && !slices.Equal(was.Techniques, is.Techniques):
		return "tags", "it named " + either(strings.Join(was.Techniques, ", "), "nothing") + ", and names " + either(strings.Join(is.Techniques, ", "), "nothing")
	case !slices.Equal(was.Filters, is.Filters):
		return "filter", either(filterText(after), "filters were "+either(strings.Join(was.Filters, ", "), "none")+", and are "+either(strings.Join(is.Filters, ", "), "none"))
	case after != nil && after.Stale:
		return "telemetry", strings.Join(after.Flags, "; ")
	case len(is.Failed) != len(was.Failed):
		return "test", either(strings.Join(is.Failed, ", "), "no test") + " fails, before " + either(strings.Join(was.Failed, ", "), "none did")
	case is.Hash != was.Hash && filterText(after) != filterText(before) && filterText(after) != "":
		return "filter", filterText(after)
	case !slices.Equal(was.Platforms, is.Platforms):
		return "logsource", "it was about " + either(strings.Join(was.Platforms, ", "), "any platform") + ", and is about " + either(strings.Join(is.Platforms, ", "), "any platform")
	case pathIn(before) != pathIn(after) && levelOf(before) > None && levelOf(after) > None:
		return "logsource", "it looked at " + either(pathIn(before), "nothing that is known") + ", and looks at " + either(pathIn(after), "nothing that is known")
	case is.Hash != was.Hash:
		return "edited", "it means something else" + evidenceText(before, after)
	case is.Positive != was.Positive || is.Negative != was.Negative:
		return "test", "its tests changed" + evidenceText(before, after)
	}
	return "telemetry", "other evidence than before" + evidenceText(before, after)
}

func either(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// filterText returns the flag that tells of filters.
func filterText(s *Support) string {
	if s == nil {
		return ""
	}
	var out []string
	for _, f := range s.Flags {
		if strings.HasPrefix(f, "filter ") {
			out = append(out, f)
		}
	}
	return strings.Join(out, "; ")
}

// evidenceText tells which evidence only one side has.
func evidenceText(before, after *Support) string {
	texts := func(s *Support) (out []string) {
		if s == nil {
			return nil
		}
		for _, e := range s.Evidence {
			if e.Level > Tagged {
				name := either(e.Recording, e.Text)
				out = append(out, name)
			}
		}
		return out
	}
	was, is := texts(before), texts(after)
	var gone, added []string
	for _, x := range was {
		if !slices.Contains(is, x) {
			gone = append(gone, x)
		}
	}
	for _, x := range is {
		if !slices.Contains(was, x) {
			added = append(added, x)
		}
	}
	out := ""
	if len(gone) > 0 {
		out += "; no longer: " + strings.Join(gone, ", ")
	}
	if len(added) > 0 {
		out += "; now: " + strings.Join(added, ", ")
	}
	return out
}
