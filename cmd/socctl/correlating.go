package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/evaluator/record"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// pipeLateness is how much older than the newest event one from standard input
// may be, unless --lateness says otherwise. Files are read as a whole, so their
// events may come in any order.
const pipeLateness = 10 * time.Second

// maxContributors is how many events an alert names; the number of the others
// is given.
const maxContributors = 100

// correlating makes alerts of correlations out of the matches of a run. It
// belongs to the goroutine that writes, so alerts do not depend on how many
// workers there are.
type correlating struct {
	engine *correlation.Engine
	seq    uint64
	order  *record.Order // of events of recorded telemetry; nil if there are none
	raised []matchLine
}

// newCorrelating returns nil if the program has no correlations.
func newCorrelating(p *compiler.Program, lateness time.Duration) *correlating {
	if len(p.Correlations) == 0 {
		return nil
	}
	x := &correlating{}
	x.engine = correlation.New(p, correlation.Options{Lateness: lateness}, func(a *correlation.Alert) {
		if a.Correlation.Alerts {
			x.raised = append(x.raised, lineOf(a))
		}
	})
	return x
}

// orderBy makes events of recorded telemetry that happened at the same time come in the
// order of their sources. A recording that cannot be read is told when it is read.
func (x *correlating) orderBy(recordings []string) {
	var folders []string
	for _, name := range recordings {
		if record.Is(name) {
			folders = append(folders, name)
		}
	}
	if x != nil && len(folders) > 0 {
		x.order, _ = record.OrderOf(folders...)
	}
}

// add feeds the matches of a batch, event by event, and returns the alerts that
// are certain now.
func (x *correlating) add(hits [][]correlation.Hit) []matchLine {
	for _, event := range hits {
		x.seq++
		seq := x.seq
		if x.order != nil && len(event) > 0 {
			source, number, _ := splitOrigin(event[0].Origin)
			seq = cmp.Or(x.order.Of(source, *number), seq)
		}
		for i := range event {
			event[i].Seq = seq
		}
		x.engine.Add(event...)
	}
	return x.take()
}

// close returns the alerts that remain at the end of the input.
func (x *correlating) close() []matchLine {
	x.engine.Close()
	return x.take()
}

func (x *correlating) take() []matchLine {
	raised := x.raised
	x.raised = nil
	return raised
}

// summary tells what correlations could not take into account.
func (x *correlating) summary(w io.Writer) {
	s := x.engine.Stats()
	for _, lost := range []struct {
		n    int
		what string
	}{
		{s.Untimed, "without a time left out of correlations"},
		{s.Late, "too late for correlations (see --lateness)"},
		{s.Ignored, "without a value left out of correlations"},
		{s.Groups, "dropped with the groups that exceed the limit"},
		{s.Entries, "dropped from windows that exceed the limit"},
	} {
		if lost.n > 0 {
			fmt.Fprintf(w, "; %d %s %s", lost.n, plural(lost.n, "match", "matches"), lost.what)
		}
	}
	for _, l := range x.engine.Lacking() {
		fmt.Fprintf(w, "; %d of %d matches that %s groups have no %s", l.Matches, l.Of, report.Clean(l.Correlation.Title), report.Clean(l.Field))
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// alertLine is an alert of a correlation in its stable JSON form.
type alertLine struct {
	RuleID       string             `json:"rule_id"`
	RuleTitle    string             `json:"rule_title"`
	Level        string             `json:"level"`
	Correlation  string             `json:"correlation"` // its type
	Time         string             `json:"time"`        // of the last contributor
	Group        map[string]*string `json:"group"`       // null for events that lack the field
	Value        json.Number        `json:"value,omitempty"`
	Contributors []contributorLine  `json:"contributors"`
	More         int                `json:"more_contributors,omitempty"` // not named here, the oldest
	Dropped      int                `json:"dropped,omitempty"`           // by the limit of a window
	RuleHash     string             `json:"rule_hash"`
}

// contributorLine is an event that matched, or an alert of another correlation.
type contributorLine struct {
	RuleID       string            `json:"rule_id"`
	RuleTitle    string            `json:"rule_title"`
	Time         string            `json:"time"`
	Source       string            `json:"source,omitempty"`
	Record       *int              `json:"record,omitempty"`
	Fingerprint  string            `json:"event_fingerprint,omitempty"`
	Contributors []contributorLine `json:"contributors,omitempty"`
	More         int               `json:"more_contributors,omitempty"`
}

func lineOf(a *correlation.Alert) matchLine {
	c := a.Correlation
	line := &alertLine{RuleID: c.ID, RuleTitle: c.Title, Level: c.Level, Correlation: c.Type.String(), Time: a.Time.UTC().Format(time.RFC3339Nano),
		Group: map[string]*string{}, Dropped: a.Dropped, RuleHash: c.Hash}
	for _, g := range a.Group {
		line.Group[g.Name] = nil
		if g.Present {
			line.Group[g.Name] = &g.Value
		}
	}
	if c.Compare != nil {
		line.Value = json.Number(a.Value.String())
	}
	line.Contributors, line.More = contributors(a.Contributors)
	out := matchLine{lineRule: &lineRule{c.ID, c.Title, c.Level, c.Hash, tagsOf(&c.Source.Header)}, Time: line.Time, alert: line}
	if last, ok := lastEvent(line.Contributors); ok {
		out.Source, out.Record = last.Source, *last.Record
	}
	return out
}

// contributors names the newest contributors, and counts the others.
func contributors(all []*correlation.Contributor) (lines []contributorLine, more int) {
	more = max(0, len(all)-maxContributors)
	for _, c := range all[more:] {
		line := contributorLine{Time: c.Time.UTC().Format(time.RFC3339Nano)}
		if c.Alert != nil {
			line.RuleID, line.RuleTitle = c.Alert.Correlation.ID, c.Alert.Correlation.Title
			line.Contributors, line.More = contributors(c.Alert.Contributors)
		} else {
			line.RuleID, line.RuleTitle = c.Rule.ID, c.Rule.Title
			line.Source, line.Record, line.Fingerprint = splitOrigin(c.Origin)
		}
		lines = append(lines, line)
	}
	return lines, more
}

// lastEvent returns the event that made an alert fire; false if limits have
// dropped it.
func lastEvent(lines []contributorLine) (contributorLine, bool) {
	for len(lines) > 0 {
		last := lines[len(lines)-1]
		if last.Record != nil {
			return last, true
		}
		lines = last.Contributors
	}
	return contributorLine{}, false
}

// originOf is how a hit names its event.
func originOf(e *telemetry.Event) string {
	return originText(e.Record().Index, e.Fingerprint(), e.Record().Source)
}

func splitOrigin(origin string) (source string, record *int, fingerprint string) {
	number, rest, _ := strings.Cut(origin, " ")
	fingerprint, source, _ = strings.Cut(rest, " ")
	n := 0
	fmt.Sscan(number, &n)
	return source, &n, fingerprint
}

// hits returns what an event gives to correlations: each rule that feeds one,
// with the event as it saw it.
func (w *worker) hits(event *telemetry.Event, routed evaluator.Event, matches []evaluator.Match) (hits []correlation.Hit) {
	var origin string
	var at time.Time
	for _, m := range matches {
		index, feeds := w.feeds[m.Rule]
		if !feeds {
			continue
		}
		if origin == "" {
			origin = originOf(event)
			at, _, _ = event.Time()
		}
		hits = append(hits, correlation.Hit{Rule: index, Time: at, Event: w.seenBy(m, routed), Origin: origin})
	}
	return hits
}

// seenBy returns the view of an event on which a rule matched.
func (w *worker) seenBy(m evaluator.Match, event evaluator.Event) evaluator.Event {
	for _, v := range viewsOf(event) {
		if v.Name == m.View && evaluator.Satisfies(v.Logsource, m.Rule) && w.ev.MatchRule(m.Rule, v.Event) {
			return v.Event
		}
	}
	return event
}

// feedsOf returns the rules that feed correlations, with their indices.
func feedsOf(p *compiler.Program) map[*compiler.Rule]int {
	feeds := map[*compiler.Rule]int{}
	for _, c := range p.Correlations {
		for _, in := range c.Inputs {
			if in.Rule >= 0 {
				feeds[p.Rules[in.Rule]] = in.Rule
			}
		}
	}
	return feeds
}

// latenessOf reads --lateness: a duration, or auto.
func latenessOf(text string, recordings []string) (time.Duration, error) {
	switch {
	case text == "auto" && slices.Contains(recordings, "-"):
		return pipeLateness, nil
	case text == "auto" || text == "any":
		return -1, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, usageError("--lateness takes a duration such as 30s, any, or auto, not %q", text)
	}
	return d, nil
}

// suppressedText tells which filters kept a match back.
func suppressedText(s evaluator.Suppression) (titles []string) {
	for _, f := range s.By {
		titles = append(titles, report.Clean(f.Title.Text))
	}
	return titles
}
