package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
)

// DiffResult is what a change of rules means.
type DiffResult struct {
	Before, After string // what was compared
	Rules         int    // after the change
	Changes       []DiffChange
	Correlations  []diff.CorrelationChange
	Unreadable    int              // files
	Recorded      *backtest.Result // of both sides; nil if nothing was replayed
}

// DiffChange is a rule that changed, with events that show how.
type DiffChange struct {
	diff.Change
	GainedEvent *witness.Event // as a recorded one would look; nil if there is none, or only the model is known
	LostEvent   *witness.Event // likewise
	Covering    []diff.Cover   // of a removed rule: what matches all that it matched
}

// severities is the order in which changes are told.
var severities = map[diff.Kind]int{diff.Removed: 0, diff.Disjoint: 1, diff.Narrower: 2, diff.Feeding: 3, diff.Both: 4, diff.Unknown: 5, diff.Wider: 6,
	diff.Alerting: 7, diff.Added: 8, diff.Equivalent: 9, diff.Metadata: 10, diff.Moved: 11}

// words tells a kind as a predicate of the rule.
var words = map[diff.Kind]string{diff.Removed: "removed", diff.Disjoint: "matches other events altogether", diff.Narrower: "narrower",
	diff.Feeding: "raises no alerts of its own any more", diff.Alerting: "raises alerts of its own now", diff.Both: "matches other events, more and less",
	diff.Unknown: "not decided", diff.Wider: "wider", diff.Added: "added", diff.Equivalent: "equivalent", diff.Metadata: "metadata only", diff.Moved: "moved"}

// Diff writes what a change means: pretty, json or markdown.
func Diff(w io.Writer, s Style, format string, d *DiffResult) error {
	d.sort()
	switch format {
	case "json":
		return diffJSON(w, d)
	case "markdown":
		return diffMarkdown(w, d)
	}
	diffPretty(w, s, d)
	return nil
}

// sort puts the worst first.
func (d *DiffResult) sort() {
	sort.SliceStable(d.Changes, func(i, k int) bool { return severities[d.Changes[i].Kind] < severities[d.Changes[k].Kind] })
	sort.SliceStable(d.Correlations, func(i, k int) bool {
		return severities[d.Correlations[i].Kind] < severities[d.Correlations[k].Kind]
	})
}

func diffPretty(w io.Writer, s Style, d *DiffResult) {
	recorded := d.recorded()
	for i := range d.Changes {
		c := &d.Changes[i]
		r := c.Rule()
		fmt.Fprintf(w, "%s  %s%s\n", s.Paint(colourOf(c.Kind), words[c.Kind]), s.Paint(Bold, Clean(r.Title)), s.Paint(Dim, "  "+Clean(r.Source.Span.Path())))
		for _, note := range c.notes() {
			fmt.Fprintf(w, "  %s\n", Clean(note))
		}
		if c.Gained != nil || c.Kind == diff.Added && c.GainedEvent != nil {
			fmt.Fprintf(w, "  now matches%s\n", eventView(c.GainedEvent))
			showEvent(w, s, c.GainedEvent, c.Gained)
		}
		if c.Lost != nil || c.Kind == diff.Removed && c.LostEvent != nil {
			fmt.Fprintf(w, "  %s%s\n", lostWords(c), eventView(c.LostEvent))
			showEvent(w, s, c.LostEvent, c.Lost)
		}
		prettyRecorded(w, s, "event", recorded(keyOfChange(c)))
	}
	for i := range d.Correlations {
		kind, title, notes := correlationNotes(&d.Correlations[i])
		fmt.Fprintf(w, "%s  %s\n", s.Paint(Yellow, kind), s.Paint(Bold, Clean(title)))
		for _, n := range notes {
			fmt.Fprintf(w, "  %s\n", Clean(n))
		}
		prettyRecorded(w, s, "alert", recorded(keyOfCorrelation(&d.Correlations[i])))
	}
	if len(d.Changes)+len(d.Correlations) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%s → %s: %s\n", Clean(d.Before), Clean(d.After), d.summary())
	if d.Recorded != nil {
		fmt.Fprintf(w, "%s replayed, %s gained, %d lost\n", Count(d.Recorded.Summary.Events, "recorded event"), Count(d.Recorded.Summary.Delta.Gained, "match"), d.Recorded.Summary.Delta.Lost)
	}
}

// lostWords says of what a rule no longer matches how that is meant.
func lostWords(c *DiffChange) string {
	if c.Kind == diff.Removed {
		return "matched"
	}
	return "no longer matches"
}

func colourOf(k diff.Kind) string {
	switch {
	case severities[k] <= severities[diff.Unknown]:
		return Red
	case severities[k] <= severities[diff.Added]:
		return Yellow
	}
	return Green
}

func eventView(e *witness.Event) string {
	if e == nil || e.View == "" {
		return ""
	}
	return ", as " + e.View
}

// showEvent lists an event, or, where none could be dressed, the model.
func showEvent(w io.Writer, s Style, e *witness.Event, m solver.Model) {
	if e == nil {
		e = &witness.Event{Value: modelValue(m)}
	}
	fields(w, s, e, nil)
}

// modelValue is a model as an object.
func modelValue(m solver.Model) evaluator.Value { return witness.EventOf(diff.Plain(m)) }

// notes says in phrases what else there is to know of a change.
func (c *DiffChange) notes() []string {
	var out []string
	if c.Reason != "" {
		out = append(out, c.Reason)
	}
	if c.Old != nil && c.New != nil {
		out = append(out, pairNotes(c.Moved, c.Old.Source, c.Level, c.New.Level, c.Old.Alerts, c.New.Alerts)...)
	}
	switch {
	case c.Single && c.Kind == diff.Disjoint:
		out = append(out, "proven for events whose fields hold one value each; lists of values may satisfy both")
	case c.Single:
		out = append(out, "proven for events whose fields hold one value each; lists of values may differ more")
	}
	if c.Kind == diff.Removed {
		if len(c.Covering) == 0 {
			out = append(out, "no other rule is proven to match all that it matched")
		}
		for _, r := range c.Covering {
			out = append(out, "all that it matched is still matched by "+r.Rule.Title+coverLimit(r.Single))
		}
	}
	return out
}

func coverLimit(single bool) string {
	if single {
		return ", as far as fields hold one value each"
	}
	return ""
}

// pairNotes says what two versions of a rule or correlation differ in besides events.
func pairNotes(moved bool, old rules.Document, was, is string, did, does bool) (out []string) {
	switch {
	case did && !does:
		out = append(out, "only correlations count its matches now")
	case does && !did:
		out = append(out, "only correlations counted its matches before")
	}
	if moved {
		out = append(out, "moved from "+old.Meta().Span.Path())
	}
	if was != "" {
		out = append(out, "level "+was+" → "+levelText(is))
	}
	return out
}

func levelText(level string) string {
	if level == "" {
		return "none"
	}
	return level
}

// otherwise is the kind of a correlation of which two versions differ: it is not decided
// how.
const otherwise diff.Kind = "changed"

func kindOf(c *diff.CorrelationChange) diff.Kind {
	if c.Kind == diff.Unknown && c.Reason == "" {
		return otherwise
	}
	return c.Kind
}

func correlationNotes(c *diff.CorrelationChange) (kind, title string, notes []string) {
	kind = "correlation " + cmp.Or(words[kindOf(c)], string(otherwise))
	if c.Reason != "" {
		notes = append(notes, c.Reason)
	}
	if c.Own {
		notes = append(notes, ownText(c.Old.Source, c.New.Source))
	}
	for _, t := range c.Inputs {
		notes = append(notes, "it counts other events: "+t)
	}
	if c.Old == nil || c.New == nil {
		return kind, cmp.Or(c.New, c.Old).Title, notes
	}
	return kind, c.New.Title, append(notes, pairNotes(c.Moved, c.Old.Source, c.Level, c.New.Level, c.Old.Alerts, c.New.Alerts)...)
}

// summary counts the changes, the worst first, those of correlations behind them.
func (d *DiffResult) summary() string {
	type tally struct {
		severity int
		of       string
	}
	counts := map[tally]int{}
	for i := range d.Changes {
		k := d.Changes[i].Kind
		counts[tally{severities[k], string(k)}]++
	}
	for i := range d.Correlations {
		c := &d.Correlations[i]
		counts[tally{len(severities) + severities[c.Kind], "correlation " + string(kindOf(c))}]++
	}
	text := Count(len(d.Changes)+len(d.Correlations), "change") + ", " + Count(d.Rules, "rule") + " now"
	sep := ": "
	for _, k := range slices.SortedFunc(maps.Keys(counts), func(a, b tally) int {
		return cmp.Or(cmp.Compare(a.severity, b.severity), cmp.Compare(a.of, b.of))
	}) {
		text += fmt.Sprintf("%s%d %s", sep, counts[k], k.of)
		sep = ", "
	}
	return text
}

// diffRecord is a DiffResult as JSON.
type diffRecord struct {
	Schema       string              `json:"schema"`
	Before       string              `json:"before"`
	After        string              `json:"after"`
	Rules        int                 `json:"rules"`
	Changes      []changeRecord      `json:"changes"`
	Correlations []correlationRecord `json:"correlations"`
}

type changeRecord struct {
	Kind        diff.Kind       `json:"kind"`
	Rule        ruleRecord      `json:"rule"`
	MovedFrom   string          `json:"moved_from,omitempty"`
	LevelBefore string          `json:"level_before,omitempty"`
	Single      bool            `json:"single_values_only,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Gained      *eventRecord    `json:"gained,omitempty"`
	Lost        *eventRecord    `json:"lost,omitempty"`
	CoveredBy   []coverRecord   `json:"covered_by,omitempty"`
	Recorded    *recordedRecord `json:"recorded,omitempty"` // nil if nothing was replayed
}

// coverRecord is a rule that matches all that a removed one matched.
type coverRecord struct {
	ruleRecord
	Single bool `json:"single_values_only,omitempty"`
}

type correlationRecord struct {
	Kind        diff.Kind       `json:"kind"` // as of rules; or changed
	ID          string          `json:"id,omitempty"`
	Title       string          `json:"title"`
	Path        string          `json:"path"`
	Line        int             `json:"line"`
	Own         bool            `json:"own"`
	Inputs      []string        `json:"inputs,omitempty"`
	MovedFrom   string          `json:"moved_from,omitempty"`
	LevelBefore string          `json:"level_before,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Recorded    *recordedRecord `json:"recorded,omitempty"` // of alerts; nil without a replay
}

func recordOfCorrelation(c *diff.CorrelationChange) correlationRecord {
	_, title, _ := correlationNotes(c)
	key := keyOfCorrelation(c)
	out := correlationRecord{Kind: kindOf(c), ID: key.id, Title: title, Path: key.path, Line: key.line, Own: c.Own, Inputs: c.Inputs, LevelBefore: c.Level, Reason: c.Reason}
	if c.Moved {
		out.MovedFrom = c.Old.Source.Span.Path()
	}
	return out
}

func diffJSON(w io.Writer, d *DiffResult) error {
	out := diffRecord{Schema: "socctl.diff/v1", Before: d.Before, After: d.After, Rules: d.Rules, Changes: []changeRecord{}, Correlations: []correlationRecord{}}
	recorded := d.recorded()
	for i := range d.Changes {
		c := &d.Changes[i]
		r := changeRecord{Recorded: recordOfReplay(recorded(keyOfChange(c))), Kind: c.Kind, Rule: recordOfRule(c.Rule()), LevelBefore: c.Level, Single: c.Single, Reason: c.Reason,
			Gained: modelRecord(c.GainedEvent, c.Gained), Lost: modelRecord(c.LostEvent, c.Lost)}
		if c.Moved {
			r.MovedFrom = c.Old.Source.Span.Path()
		}
		for _, other := range c.Covering {
			r.CoveredBy = append(r.CoveredBy, coverRecord{recordOfRule(other.Rule), other.Single})
		}
		out.Changes = append(out.Changes, r)
	}
	for i := range d.Correlations {
		c := &d.Correlations[i]
		r := recordOfCorrelation(c)
		r.Recorded = recordOfReplay(recorded(keyOfCorrelation(c)))
		out.Correlations = append(out.Correlations, r)
	}
	return writeJSON(w, out)
}

func recordOfRule(r *compiler.Rule) ruleRecord {
	return ruleRecord{r.ID, r.Title, r.Source.Span.Path(), r.Source.Span.Start.Line}
}

func modelRecord(e *witness.Event, m solver.Model) *eventRecord {
	if e == nil && m == nil {
		return nil
	}
	if e == nil {
		e = &witness.Event{Value: modelValue(m)}
	}
	return recordOf(e)
}
