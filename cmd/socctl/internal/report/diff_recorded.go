package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/socctl/socctl/compiler/diff"
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
func (d *DiffResult) recorded() func(reportKey) *backtest.Change {
	found := reportsOf(d.Recorded)
	return func(key reportKey) *backtest.Change {
		if x := found[key]; x != nil {
			return x.Change
		}
		return nil
	}
}

// reportKey is what a rule or correlation is known by in a backtest: its place tells those
// apart that have no id, and where one stands now another one may have stood before.
type reportKey struct {
	kind, id, title, path string
	line                  int
	gone                  bool
}

func keyOfChange(c *DiffChange) reportKey {
	r := c.Rule()
	return reportKey{"rule", r.ID, r.Title, r.Source.Span.Path(), r.Source.Span.Start.Line, c.New == nil}
}

func keyOfCorrelation(c *diff.CorrelationChange) reportKey {
	x := cmp.Or(c.New, c.Old)
	return reportKey{"correlation", x.ID, x.Title, x.Source.Span.Path(), x.Source.Span.Start.Line, c.New == nil}
}

// reportsOf are the reports on rules and correlations; none without a backtest.
func reportsOf(r *backtest.Result) map[reportKey]*backtest.RuleReport {
	if r == nil {
		return nil
	}
	out := map[reportKey]*backtest.RuleReport{}
	for i := range r.Rules {
		b := &r.Rules[i]
		out[reportKey{b.Kind, b.ID, b.Title, b.Path, b.Line, b.Gone()}] = b
	}
	return out
}

func recordOfReplay(c *backtest.Change) *recordedRecord {
	if c == nil {
		return nil
	}
	return &recordedRecord{c.Gained, c.Lost, c.GainedSamples, c.LostSamples}
}

// prettyRecorded tells the recorded events, or alerts of a correlation, that a change gains
// and loses.
func prettyRecorded(w io.Writer, s Style, noun string, c *backtest.Change) {
	if c == nil || c.Gained+c.Lost == 0 {
		return
	}
	fmt.Fprintf(w, "  recorded: %s gained, %d lost\n", Count(c.Gained, noun), c.Lost)
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
func markdownRecorded(w io.Writer, noun string, c *backtest.Change) {
	if c == nil || c.Gained+c.Lost == 0 {
		return
	}
	fmt.Fprintf(w, "  - recorded: %s gained, %d lost\n", Count(c.Gained, noun), c.Lost)
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
