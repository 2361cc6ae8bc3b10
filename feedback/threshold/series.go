package threshold

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/feedback"
)

// Input is a correlation with what its rules match.
type Input struct {
	Program     *compiler.Program
	Correlation *compiler.Correlation
	Hits        []correlation.Hit                       // of its rules; Origin is the fingerprint of the event
	Label       func(fingerprint string) feedback.Label // what is known of an event as one of the correlation's
	Entities    []string                                // fields that say who or where, by which events may be grouped instead, the best first; all hits have to show them
	Fixed       bool                                    // group-by is to stay as it is
}

// Refusal says why nothing can be weighed for a correlation, "" if it can.
func Refusal(p *compiler.Program, c *compiler.Correlation) string {
	switch {
	case c.Type != compiler.EventCount && c.Type != compiler.ValueCount:
		return "only thresholds of event_count and value_count are weighed, not of " + c.Type.String()
	case len(c.Compare) != 1 || c.Compare[0].Op != compiler.AtLeast && c.Compare[0].Op != compiler.GreaterThan:
		return "its condition is not one gte or gt alone"
	}
	if n, ok := c.Compare[0].Value.Int(); !ok || n < 0 || n > maxThreshold {
		return fmt.Sprintf("its threshold is no whole number up to %d", maxThreshold)
	}
	for _, in := range c.Inputs {
		if in.Rule < 0 {
			return "it counts alerts of other correlations"
		}
	}
	for _, other := range p.Correlations {
		for _, in := range other.Inputs {
			if in.Correlation >= 0 && p.Correlations[in.Correlation] == c {
				return "the correlation " + other.Title + " counts its alerts, and would change with it"
			}
		}
	}
	return ""
}

const maxThreshold = 1_000_000_000

// Least returns the smallest value at which the correlation fires: its threshold as
// gte would write it.
func Least(c *compiler.Correlation) int {
	n, _ := c.Compare[0].Value.Int()
	if c.Compare[0].Op == compiler.GreaterThan {
		n++
	}
	return max(1, int(n)) // a window without any match raises nothing
}

// Fields returns the fields that a correlation looks at in the events of a rule.
func Fields(c *compiler.Correlation, rule int) (out []string) {
	for _, in := range c.Inputs {
		if in.Rule == rule {
			out = append(append(out, in.GroupBy...), in.Fields...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// entry is what an event gives to the windows of its group.
type entry struct {
	at     int64 // nanoseconds since 1970
	seq    uint64
	input  int
	number int
	print  string
	values []string // of value_count
	class  feedback.Class
}

// series are the entries of one group by time.
type series struct {
	entries   []entry
	protected []int // how many of the first i entries must stay
}

// compare orders entries as the engine does.
func (a *entry) compare(b *entry) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq), cmp.Compare(b.input, a.input), cmp.Compare(a.number, b.number))
}

// sorted shares out the hits among groups, these by key.
func (in *Input) sorted() []*series {
	groups := map[string]*series{}
	for n := range in.Hits {
		h := &in.Hits[n]
		if h.Time.IsZero() || h.Time.Year() < 1678 || h.Time.Year() > 2261 {
			continue
		}
		for i := range in.Correlation.Inputs {
			if in.Correlation.Inputs[i].Rule == h.Rule {
				in.add(groups, h, i, n)
			}
		}
	}
	keys := make([]string, 0, len(groups))
	for k, s := range groups {
		slices.SortFunc(s.entries, func(a, b entry) int { return a.compare(&b) })
		s.protected = make([]int, len(s.entries)+1)
		for i, e := range s.entries {
			s.protected[i+1] = s.protected[i]
			if e.class == feedback.Protected {
				s.protected[i+1]++
			}
		}
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]*series, len(keys))
	for i, k := range keys {
		out[i] = groups[k]
	}
	return out
}

func (in *Input) add(groups map[string]*series, h *correlation.Hit, input, number int) {
	of := &in.Correlation.Inputs[input]
	e := entry{at: h.Time.UnixNano(), seq: h.Seq, input: input, number: number, print: h.Origin}
	if in.Correlation.Type == compiler.ValueCount {
		if e.values = valuesOf(h.Event, of.Fields); len(e.values) == 0 {
			return
		}
	}
	if label := in.Label(h.Origin); label.Class != feedback.Supporting || label.Weight > 0 {
		e.class = label.Class
	}
	var key strings.Builder
	for _, name := range of.GroupBy {
		if v, ok := present(h.Event, name); ok {
			fmt.Fprintf(&key, "=%q", v.Text())
		} else {
			key.WriteString("-")
		}
	}
	s := groups[key.String()]
	if s == nil {
		s = &series{}
		groups[key.String()] = s
	}
	s.entries = append(s.entries, e)
}

// present returns a field; null counts as missing.
func present(e evaluator.Event, name string) (evaluator.Value, bool) {
	v, ok := e.Field(name)
	return v, ok && !v.IsNull()
}

// valuesOf returns the texts that a value_count counts in an event: the elements of
// one field, or the combination of several.
func valuesOf(e evaluator.Event, fields []string) (out []string) {
	if len(fields) == 1 {
		v, ok := present(e, fields[0])
		if !ok {
			return nil
		}
		if v.Kind() != evaluator.List {
			return []string{v.Text()}
		}
		for _, item := range v.Items() {
			if !item.IsNull() {
				out = append(out, item.Text())
			}
		}
		return out
	}
	tuple := ""
	for _, name := range fields {
		v, ok := present(e, name)
		if !ok {
			return nil
		}
		tuple += fmt.Sprintf("%q", v.Text())
	}
	return []string{tuple}
}

// step is an entry at which the value of the window rises. An alert is raised at it
// with every threshold above from, up to to: the condition has just come true.
type step struct {
	lo, hi   int // the window: entries lo to hi
	from, to int
}

// steps slides a window over the series, once for all thresholds.
func (s *series) steps(span int64, distinct bool) (out []step) {
	counts := map[string]int{}
	lo := 0
	for hi := range s.entries {
		for s.entries[lo].at < s.entries[hi].at-span {
			for _, v := range s.entries[lo].values {
				if counts[v]--; counts[v] == 0 {
					delete(counts, v)
				}
			}
			lo++
		}
		from, to := hi-lo, hi-lo+1
		if distinct {
			from = len(counts)
			for _, v := range s.entries[hi].values {
				counts[v]++
			}
			to = len(counts)
		}
		if to > from {
			out = append(out, step{lo, hi, from, to})
		}
	}
	return out
}

// alerts returns those of the steps that raise an alert at a threshold.
func alerts(steps []step, threshold int) (out []step) {
	for _, s := range steps {
		if s.from < threshold && threshold <= s.to {
			out = append(out, s)
		}
	}
	return out
}
