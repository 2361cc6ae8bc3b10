package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
)

// recordedRecord is what a change gains and loses on recordings, as JSON.
type recordedRecord struct {
	Gained        int               `json:"gained"`
	Lost          int               `json:"lost"`
	GainedSamples []backtest.Sample `json:"gained_samples,omitempty"`
	LostSamples   []backtest.Sample `json:"lost_samples,omitempty"`
}

// recorded finds what a replay says of each change; nil without one.
func (d *DiffResult) recorded() func(c *DiffChange) *backtest.Change {
	found := reportsOf(d.Recorded)
	return func(c *DiffChange) *backtest.Change {
		if x := found[keyOfRule(c.Rule())]; x != nil {
			return x.Change
		}
		return nil
	}
}

// ruleKey is what a rule is known by in a backtest: its place tells those apart that have
// no id.
type ruleKey struct {
	id, title, path string
	line            int
}

func keyOfRule(r *compiler.Rule) ruleKey {
	return ruleKey{r.ID, r.Title, r.Source.Span.Path(), r.Source.Span.Start.Line}
}

// reportsOf are the reports on rules; none without a backtest.
func reportsOf(r *backtest.Result) map[ruleKey]*backtest.RuleReport {
	if r == nil {
		return nil
	}
	out := map[ruleKey]*backtest.RuleReport{}
	for i := range r.Rules {
		if b := &r.Rules[i]; b.Kind == "rule" {
			out[ruleKey{b.ID, b.Title, b.Path, b.Line}] = b
		}
	}
	return out
}

func recordOfReplay(c *backtest.Change) *recordedRecord {
	if c == nil {
		return nil
	}
	return &recordedRecord{c.Gained, c.Lost, c.GainedSamples, c.LostSamples}
}

// prettyRecorded tells the recorded events that a change gains and loses.
func prettyRecorded(w io.Writer, s Style, c *backtest.Change) {
	if c == nil || c.Gained+c.Lost == 0 {
		return
	}
	fmt.Fprintf(w, "  recorded: %s gained, %d lost\n", Count(c.Gained, "event"), c.Lost)
	for _, side := range []struct {
		word    string
		samples []backtest.Sample
	}{{"gained", c.GainedSamples}, {"lost", c.LostSamples}} {
		for i := range side.samples {
			x := &side.samples[i]
			fmt.Fprintf(w, "    %s: %s %s\n", side.word, Clean(sampleLine(x)), s.Paint(Dim, Shorten(Clean(fieldsText(x.Fields)), 300)))
		}
	}
}

func sampleLine(x *backtest.Sample) string {
	return strings.TrimSpace(fmt.Sprintf("%s record %d %s", x.Source, x.Record, x.Time))
}

// markdownRecorded is prettyRecorded for a list item.
func markdownRecorded(w io.Writer, c *backtest.Change) {
	if c == nil || c.Gained+c.Lost == 0 {
		return
	}
	fmt.Fprintf(w, "  - recorded: %s gained, %d lost\n", Count(c.Gained, "event"), c.Lost)
	for _, side := range []struct {
		word    string
		samples []backtest.Sample
	}{{"gained", c.GainedSamples}, {"lost", c.LostSamples}} {
		for i := range side.samples {
			x := &side.samples[i]
			fmt.Fprintf(w, "    - %s: `%s` `%s`\n", side.word, codeText(sampleLine(x)), codeText(Shorten(fieldsText(x.Fields), 300)))
		}
	}
}
