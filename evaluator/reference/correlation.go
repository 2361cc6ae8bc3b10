package reference

import (
	"encoding/json"
	"math"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Hit is a match of a rule, the Index-th of its program, on an event.
type Hit struct {
	Rule   int
	Time   time.Time
	Seq    uint64 // number of the event
	Event  evaluator.Event
	Origin string
}

// CorrelationAlert is an alert of the Correlation-th correlation of a program.
type CorrelationAlert struct {
	Correlation int
	Time        time.Time
	Group       string   // JSON list of the parts, null for one that is absent
	Origins     []string // of the hits below it, however deep; nil for an ordered correlation, which may choose
}

// Correlate computes the alerts of all correlations by looking at every window
// of every group from scratch (D49 to D54). Hits must have a time.
func Correlate(p *compiler.Program, hits []Hit) []CorrelationAlert {
	var all []CorrelationAlert
	raised := make([][]reading, len(p.Correlations))
	for n, c := range p.Correlations {
		var in []reading
		for i, input := range c.Inputs {
			if input.Rule < 0 {
				for _, r := range raised[input.Correlation] {
					in = append(in, read(c, i, r))
				}
				continue
			}
			for _, h := range hits {
				if h.Rule == input.Rule {
					in = append(in, read(c, i, reading{at: h.Time, seq: h.Seq, field: eventField(h.Event), origins: []string{h.Origin}}))
				}
			}
		}
		for group, members := range grouped(in) {
			for _, a := range windows(c, members) {
				last := a[len(a)-1]
				alert := CorrelationAlert{Correlation: n, Time: last.at, Group: group}
				if c.Type != compiler.TemporalOrdered {
					for _, r := range a {
						alert.Origins = append(alert.Origins, r.origins...)
					}
				}
				all = append(all, alert)
				raised[n] = append(raised[n], reading{at: last.at, seq: last.seq, field: alertField(c, last), tie: last.group, origins: alert.Origins})
			}
		}
	}
	return all
}

// reading is one input of a correlation.
type reading struct {
	at      time.Time
	seq     uint64
	input   int
	field   func(string) (evaluator.Value, bool)
	group   []string // text forms; see absent
	values  []string // of a value type
	skip    bool     // a value type finds nothing in it
	tie     []string // of an alert: the parts of its group
	origins []string
}

const absent = "\x00absent"

func eventField(e evaluator.Event) func(string) (evaluator.Value, bool) {
	return func(name string) (evaluator.Value, bool) {
		v, ok := e.Field(name)
		return v, ok && v.Kind() != evaluator.Null
	}
}

// alertField: an alert has its group-by names, and else the fields of its last
// contributor.
func alertField(c *compiler.Correlation, last reading) func(string) (evaluator.Value, bool) {
	return func(name string) (evaluator.Value, bool) {
		for i, g := range c.GroupBy {
			if g == name {
				return evaluator.StringValue(last.group[i]), last.group[i] != absent
			}
		}
		return last.field(name)
	}
}

func read(c *compiler.Correlation, input int, r reading) reading {
	r.input, r.group, r.values = input, []string{}, nil
	for _, name := range c.Inputs[input].GroupBy {
		text := absent
		if v, ok := r.field(name); ok {
			text = v.Text()
		}
		r.group = append(r.group, text)
	}
	fields := c.Inputs[input].Fields
	if len(fields) == 0 {
		return r
	}
	var tuple []string
	for _, name := range fields {
		v, ok := r.field(name)
		if !ok {
			r.skip = true
			return r
		}
		tuple = append(tuple, v.Text())
		if len(fields) > 1 {
			continue
		}
		items := []evaluator.Value{v}
		if v.Kind() == evaluator.List {
			items = v.Items()
		}
		for _, item := range items {
			_, isNumber := asNumber(item)
			if c.Type == compiler.ValueCount && item.Kind() != evaluator.Null || c.Type != compiler.ValueCount && isNumber {
				r.values = append(r.values, item.Text())
			}
		}
	}
	if len(fields) > 1 {
		text, _ := json.Marshal(tuple)
		r.values = []string{string(text)}
	}
	r.skip = len(r.values) == 0
	return r
}

func asNumber(v evaluator.Value) (compiler.Number, bool) {
	if v.Kind() != evaluator.Number && v.Kind() != evaluator.String {
		return compiler.Number{}, false
	}
	return compiler.ParseNumber(v.Text())
}

// grouped sorts inputs by time and arrival and puts them into their groups. Of
// one event the input that is listed later comes first, and of one input the
// alerts by their groups.
func grouped(in []reading) map[string][]reading {
	sort.SliceStable(in, func(i, j int) bool {
		a, b := in[i], in[j]
		switch {
		case !a.at.Equal(b.at):
			return a.at.Before(b.at)
		case a.seq != b.seq:
			return a.seq < b.seq
		case a.input != b.input:
			return a.input > b.input
		}
		return compareGroups(a.tie, b.tie) < 0
	})
	groups := map[string][]reading{}
	for _, r := range in {
		if r.skip {
			continue
		}
		parts := make([]*string, len(r.group))
		for i := range r.group {
			if r.group[i] != absent {
				parts[i] = &r.group[i]
			}
		}
		key, _ := json.Marshal(parts)
		groups[string(key)] = append(groups[string(key)], r)
	}
	return groups
}

// compareGroups orders groups part by part: absent ones first, then shorter
// texts, then by bytes.
func compareGroups(a, b []string) int {
	for i := range a {
		switch {
		case a[i] == b[i]:
		case a[i] == absent:
			return -1
		case b[i] == absent:
			return 1
		case len(a[i]) != len(b[i]):
			return len(a[i]) - len(b[i])
		default:
			return strings.Compare(a[i], b[i])
		}
	}
	return 0
}

// windows returns the windows in which the correlation fires.
func windows(c *compiler.Correlation, members []reading) [][]reading {
	var fired [][]reading
	if c.AtClose {
		for start := 0; start < len(members); {
			end := start
			for end < len(members) && !members[end].at.After(members[start].at.Add(c.Timespan)) {
				end++
			}
			if fulfilled(c, members[start:end]) {
				fired = append(fired, members[start:end])
			}
			start = end
		}
		return fired
	}
	armed := true
	for i, e := range members {
		first := i
		for first > 0 && !members[first-1].at.Before(e.at.Add(-c.Timespan)) {
			first--
		}
		if !fulfilled(c, members[first:i]) {
			armed = true
		}
		holds := fulfilled(c, members[first:i+1])
		if holds && armed {
			fired = append(fired, members[first:i+1])
		}
		armed = !holds
	}
	return fired
}

func fulfilled(c *compiler.Correlation, window []reading) bool {
	if len(window) == 0 {
		return false
	}
	switch {
	case c.Type == compiler.TemporalOrdered:
		return ordered(window, 0, len(c.Inputs), -1)
	case c.Condition != nil:
		return c.Condition.Holds(func(input int) bool {
			for _, r := range window {
				if r.input == input {
					return true
				}
			}
			return false
		})
	}
	value := compute(c, window)
	for _, cmp := range c.Compare {
		if !cmp.Holds(value) {
			return false
		}
	}
	return true
}

// ordered tries to fill the inputs from slot on with events behind position at.
func ordered(window []reading, slot, slots, at int) bool {
	if slot == slots {
		return true
	}
	for i := at + 1; i < len(window); i++ {
		sameEvent := at >= 0 && window[i].at.Equal(window[at].at) && window[i].seq == window[at].seq
		if window[i].input == slot && !sameEvent && ordered(window, slot+1, slots, i) {
			return true
		}
	}
	return false
}

func compute(c *compiler.Correlation, window []reading) compiler.Number {
	seen := map[string]bool{}
	var numbers []float64
	exact, sum := true, new(big.Rat)
	for _, r := range window {
		if c.Type == compiler.Temporal {
			seen[strconv.Itoa(r.input)] = true
		}
		for _, text := range r.values {
			seen[text] = true
			n, ok := compiler.ParseNumber(text)
			if !ok || !c.Type.Numeric() {
				continue
			}
			numbers = append(numbers, n.Float())
			if i, isInt := n.Int(); isInt {
				sum.Add(sum, new(big.Rat).SetInt64(i))
			} else {
				exact = false
				sum.Add(sum, new(big.Rat).SetFloat64(n.Float()))
			}
		}
	}
	nearest, _ := sum.Float64()
	switch c.Type {
	case compiler.EventCount:
		return compiler.IntNumber(int64(len(window)))
	case compiler.ValueCount, compiler.Temporal:
		return compiler.IntNumber(int64(len(seen)))
	case compiler.ValueSum:
		if exact && sum.Num().IsInt64() {
			return compiler.IntNumber(sum.Num().Int64())
		}
		return compiler.FloatNumber(nearest)
	case compiler.ValueAvg:
		return compiler.FloatNumber(nearest / float64(len(numbers)))
	}
	sort.Float64s(numbers)
	rank := c.Percentile / 100 * float64(len(numbers)-1)
	low := math.Floor(rank)
	value := numbers[int(low)]
	if int(low)+1 < len(numbers) && rank > low {
		value += (numbers[int(low)+1] - value) * (rank - low)
	}
	return compiler.FloatNumber(value)
}
