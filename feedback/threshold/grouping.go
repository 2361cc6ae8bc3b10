package threshold

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback"
)

// How much is tried.
const (
	maxEntities  = 4 // fields that the correlation does not group by
	maxGroupings = 8 // the present one among them
)

// grouping is a way to part events into groups. The zero value is the present one.
type grouping struct {
	names  []string   // as group-by has them
	inputs [][]string // fields of each input; nil for the present grouping
}

// regrouped reports whether it is another grouping than the present one.
func (g *grouping) regrouped() bool { return g.inputs != nil }

// grouped is the input with the correlation grouped in another way.
func (in *Input) grouped(g *grouping) *Input {
	if !g.regrouped() {
		return in
	}
	c, out := *in.Correlation, *in
	c.GroupBy, c.Inputs = g.names, slices.Clone(c.Inputs)
	for i := range c.Inputs {
		c.Inputs[i].GroupBy = g.inputs[i]
	}
	out.Correlation = &c
	return &out
}

// At returns the input with the correlation grouped as at a point.
func (in *Input) At(p *Point) *Input { return in.grouped(&p.grouping) }

// Regrouped reports whether a point groups events in another way than the correlation.
func (p *Point) Regrouped() bool { return p.regrouped() }

// groupings returns the present grouping, and if there is something to weigh those that
// are tried beside it: a field fewer, another in the place of one, and one more. Groups
// of everything are not among them: an alert that names nobody is for nobody.
func (w *weighing) groupings() []grouping {
	present := grouping{names: append([]string{}, w.Correlation.GroupBy...)} // not nil, which is null in JSON
	out := []grouping{present}
	if w.Fixed || len(present.names) == 0 || w.counts[feedback.Protected] == 0 || w.counts[feedback.Supporting] == 0 {
		return out
	}
	key, _ := w.partition(&present)
	known := map[string]bool{key: true}
	try := func(g grouping) {
		if len(g.names) == 0 || len(out) == maxGroupings {
			return
		}
		if key, groups := w.partition(&g); groups > 1 && !known[key] {
			known[key] = true
			out = append(out, g)
		}
	}
	further := w.entities()
	for at := range present.names {
		try(w.without(at))
	}
	for at := range present.names {
		for _, name := range further {
			try(w.without(at).with(name))
		}
	}
	for _, name := range further {
		try(w.without(-1).with(name))
	}
	return out
}

// without is the present grouping without the field of a number; -1 for all fields.
func (w *weighing) without(at int) (out grouping) {
	rest := func(all []string) []string {
		if at < 0 {
			return slices.Clone(all)
		}
		return slices.Delete(slices.Clone(all), at, at+1)
	}
	out.names = rest(w.Correlation.GroupBy)
	for i := range w.Correlation.Inputs {
		out.inputs = append(out.inputs, rest(w.Correlation.Inputs[i].GroupBy))
	}
	return out
}

// with is a grouping by one field more, which has its own name in every input.
func (g grouping) with(name string) grouping {
	out := grouping{names: append(g.names, name)}
	for _, fields := range g.inputs {
		out.inputs = append(out.inputs, append(fields, name))
	}
	return out
}

// entities returns the further fields that all events show, and that are no name of
// the correlation's own.
func (w *weighing) entities() (out []string) {
	for _, name := range w.Entities {
		taken := slices.Contains(w.Correlation.GroupBy, name) || slices.ContainsFunc(w.Correlation.Inputs, func(i compiler.Input) bool { return slices.Contains(i.GroupBy, name) })
		if src := w.Correlation.Source; src != nil {
			for _, a := range src.Aliases {
				taken = taken || a.Name.Text == name
			}
		}
		if taken || len(out) == maxEntities {
			continue
		}
		shown := true
		for i := range w.Hits {
			_, ok := present(w.Hits[i].Event, name)
			if shown = shown && ok; !shown {
				break
			}
		}
		if shown {
			out = append(out, name)
		}
	}
	return out
}

// partition tells apart how groupings part the events: those with the same text part
// them alike. It returns how many groups there are, too.
func (w *weighing) partition(g *grouping) (string, int) {
	groups := w.grouped(g).sorted()
	of := map[[2]int]int{} // a group's number by entry
	type first struct{ group, number, input int }
	var order []first
	for n, s := range groups {
		least := first{n, len(w.Hits), 0}
		for _, e := range s.entries {
			of[[2]int{e.number, e.input}] = n
			if e.number < least.number || e.number == least.number && e.input < least.input {
				least.number, least.input = e.number, e.input
			}
		}
		order = append(order, least)
	}
	sort.Slice(order, func(i, j int) bool {
		return order[i].number < order[j].number || order[i].number == order[j].number && order[i].input < order[j].input
	})
	rank := make([]int, len(groups))
	for i, f := range order {
		rank[f.group] = i
	}
	var key []byte
	for n := range w.Hits {
		for i := range w.Correlation.Inputs {
			if g, is := of[[2]int{n, i}]; is {
				key = binary.AppendUvarint(key, uint64(rank[g]))
			}
		}
	}
	return string(key), len(groups)
}

// parted is the events in the groups of a grouping.
type parted struct {
	*weighing
	grouping
	groups []*series
	places [][]place // by group and entry; nil for the present grouping
}

// place is where an entry is in the present grouping, and which of the alerts there
// hold it: from, up to but not to.
type place struct{ group, at, from, to int }

func (w *weighing) parted(g *grouping) *parted {
	if !g.regrouped() {
		return &parted{weighing: w, grouping: *g, groups: w.groups}
	}
	v := &parted{weighing: w, grouping: *g, groups: w.grouped(g).sorted()}
	now := map[[2]int]place{}
	for n, s := range w.groups {
		base, from, to := w.base[n], 0, 0
		for i := range s.entries {
			for from < len(base) && base[from].hi < i {
				from++
			}
			for to < len(base) && base[to].lo <= i {
				to++
			}
			now[[2]int{s.entries[i].number, s.entries[i].input}] = place{n, i, from, max(from, to)}
		}
	}
	for _, s := range v.groups {
		places := make([]place, len(s.entries))
		for i := range s.entries {
			places[i] = now[[2]int{s.entries[i].number, s.entries[i].input}]
		}
		v.places = append(v.places, places)
	}
	return v
}

// sharing yields the present alerts that share an event with a window, and whether it
// stands for them: for one that must stay it does if they share one of the events
// for which it must. An alert may come more than once.
func (v *parted) sharing(g int, st step) iter.Seq2[*alert, bool] {
	return func(yield func(*alert, bool) bool) {
		if v.places == nil {
			v.within(g, st.lo, st.hi, yield)
			return
		}
		for _, p := range v.places[g][st.lo : st.hi+1] {
			for i := p.from; i < p.to; i++ {
				a := &v.base[p.group][i]
				if !yield(a, a.class != feedback.Protected || v.weighing.groups[p.group].entries[p.at].class == feedback.Protected) {
					return
				}
			}
		}
	}
}

// within yields the present alerts of a group that share one of its entries lo to hi.
func (w *weighing) within(g, lo, hi int, yield func(*alert, bool) bool) {
	base, s := w.base[g], w.groups[g]
	from, _ := slices.BinarySearchFunc(base, lo, func(a alert, lo int) int { return a.hi - lo })
	for i := from; i < len(base) && base[i].lo <= hi; i++ {
		a := &base[i]
		lo, hi := max(a.lo, lo), min(a.hi, hi)
		if !yield(a, a.class != feedback.Protected || s.protected[hi+1] > s.protected[lo]) {
			return
		}
	}
}
