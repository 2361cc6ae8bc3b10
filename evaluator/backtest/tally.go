package backtest

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/socctl/socctl/rules"
)

// Limits of what is remembered of one rule. What is beyond them is counted, and
// the report says that there is more.
const (
	maxNames = 10_000 // of hosts, and of users
	shownTop = 10
)

// tally is what is counted of one rule or correlation.
type tally struct {
	matches, suppressed, alerts, undated, baseline int

	first, last time.Time
	days        map[Day]int
	hours       [24]int
	hosts       names
	users       names
	causes      causeTally
	filters     map[*rules.Filter]int
	samples     []Sample
}

// names counts how often names occur.
type names struct {
	count     map[string]int
	uncounted int // alerts of names beyond the limit
	unknown   int
}

// alert counts an alert at a time, which may be zero.
func (t *tally) alert(at time.Time, baseline bool) {
	t.alerts++
	if baseline {
		t.baseline++
	}
	if at.IsZero() {
		t.undated++
		return
	}
	if t.first.IsZero() || at.Before(t.first) {
		t.first = at
	}
	if at.After(t.last) {
		t.last = at
	}
	if t.days == nil {
		t.days = map[Day]int{}
	}
	t.days[DayOf(at)]++
	t.hours[at.UTC().Hour()]++
}

func (t *tally) suppress(by []*rules.Filter) {
	t.suppressed++
	if t.filters == nil {
		t.filters = map[*rules.Filter]int{}
	}
	for _, f := range by {
		t.filters[f]++
	}
}

func (n *names) add(name string) {
	switch _, known := n.count[name]; {
	case name == "":
		n.unknown++
		return
	case !known && len(n.count) >= maxNames:
		n.uncounted++
		return
	case n.count == nil:
		n.count = map[string]int{}
	}
	n.count[name]++
}

func (n *names) report() *Counted {
	if len(n.count) == 0 && n.unknown == 0 {
		return nil
	}
	out := &Counted{Distinct: len(n.count), More: n.uncounted > 0, Uncounted: n.uncounted, Unknown: n.unknown, Top: []NameCount{}}
	for name, count := range n.count {
		out.Top = append(out.Top, NameCount{name, count})
	}
	slices.SortFunc(out.Top, func(a, b NameCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	out.Top = out.Top[:min(shownTop, len(out.Top))]
	return out
}

// extend adds the counts of further names: of those that are the most frequent ones on
// another side.
func (c *Counted) extend(all *names, further []NameCount) {
	for _, f := range further {
		n := NameCount{f.Name, all.count[f.Name]}
		if n.Count > 0 && !slices.Contains(c.Top, n) {
			c.Top = append(c.Top, n)
		}
	}
}

func (t *tally) dayReport() (out []DayCount) {
	for _, day := range slices.Sorted(maps.Keys(t.days)) {
		out = append(out, DayCount{day.String(), t.days[day]})
	}
	return out
}

// rate is that of the alerts on the days of a ground.
func (t *tally) rate(g *Ground) *Rate {
	daily := make([]int, 0, len(g.Days))
	for day := range g.Days {
		daily = append(daily, t.days[day])
	}
	for day, n := range t.days {
		if g.Days[day] == nil {
			daily = append(daily, n)
		}
	}
	slices.Sort(daily) // sums of floats depend on their order
	return rateOf(daily, g.covered())
}

// covered returns how much time was recorded, in days. Days without any event are
// gaps, of which nothing is known, and do not count; of days in a row the time
// from the first to the last event counts, but a day at least, because the rate of
// some minutes is not that of days.
func (g *Ground) covered() float64 {
	days := slices.Sorted(maps.Keys(g.Days))
	total := 0.0
	for i := 0; i < len(days); {
		first := g.Days[days[i]].First
		for i++; i < len(days) && days[i] == days[i-1]+1; i++ {
		}
		total += max(1, g.Days[days[i-1]].Last.Sub(first).Hours()/24)
	}
	return total
}

// bounds returns the first and the last time of a ground.
func (g *Ground) bounds() (first, last time.Time) {
	for _, s := range g.Days {
		if first.IsZero() || s.First.Before(first) {
			first = s.First
		}
		if s.Last.After(last) {
			last = s.Last
		}
	}
	return first, last
}

// gaps returns how many days between the first and the last have no event.
func (g *Ground) gaps() int {
	if len(g.Days) == 0 {
		return 0
	}
	first, last := g.bounds()
	return int(DayOf(last)-DayOf(first)) + 1 - len(g.Days)
}
