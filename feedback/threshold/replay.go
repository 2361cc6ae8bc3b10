package threshold

import (
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/correlation"
)

// Raise runs the hits through the correlation engine with a threshold and a
// timespan, and returns of each alert the fingerprints of its events, in the order
// of the alerts.
func (in *Input) Raise(threshold int, timespan time.Duration) (out [][]string) {
	c := *in.Correlation
	c.Timespan, c.Compare = timespan, []compiler.Comparison{{Op: compiler.AtLeast, Value: compiler.IntNumber(int64(threshold))}}
	return Raised(&compiler.Program{Rules: in.Program.Rules, Correlations: []*compiler.Correlation{&c}}, in.Hits)
}

// Raised returns what the correlations of a program raise, as Raise does.
func Raised(p *compiler.Program, hits []correlation.Hit) (out [][]string) {
	e := correlation.New(p, correlation.Options{Lateness: -1}, func(a *correlation.Alert) {
		prints := make([]string, len(a.Contributors))
		for i, from := range a.Contributors {
			prints[i] = from.Origin
		}
		out = append(out, prints)
	})
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].Seq == hits[0].Seq {
			n++
		}
		e.Add(hits[:n]...)
		hits = hits[n:]
	}
	e.Close()
	slices.SortFunc(out, slices.Compare)
	return out
}

// RaiseAt is Raise with the grouping, the threshold and the timespan of a point.
func (in *Input) RaiseAt(p *Point) [][]string {
	return in.At(p).Raise(p.Threshold, p.span)
}

// Promised returns what the weighing says that a point raises, as RaiseAt does.
func (in *Input) Promised(p *Point) (out [][]string) {
	for _, s := range in.At(p).sorted() {
		for _, st := range alerts(s.steps(int64(p.span), in.Correlation.Type == compiler.ValueCount), p.Threshold) {
			var prints []string
			for _, e := range s.entries[st.lo : st.hi+1] {
				prints = append(prints, e.print)
			}
			out = append(out, prints)
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// Span returns the timespan of a point.
func (p *Point) Span() time.Duration { return p.span }
