package tuning

import (
	"cmp"
	"math"
	"slices"

	"github.com/socctl/socctl/compiler"
)

// How many events clauses are learnt from. More are sampled, by their fingerprints,
// and what was learnt is then verified on all.
const (
	maxRemovable = 2048
	maxProtected = 4096
	maxPool      = 4096
	maxPerField  = 400 // literals
)

// learner is one run of sequential covering. It has rows of its own, numbered from 0.
type learner struct {
	policy *Policy
	corpus *Corpus
	rule   *Rule

	removable, protected, pool []int32 // rows of the corpus
	classes                    []*class
	left                       Rows // removable rows that no clause covers yet
	counts                     *counter
	nodes                      int
	attacks                    int    // that are known, of all halves
	scratch                    *state // see tried
	scratchLeft                Rows
}

// class is a literal with the rows that it matches, and the literals that match the
// same.
type class struct {
	*Literal
	removable, protected, pool Rows
	free                       bool
}

func newLearner(policy *Policy, c *Corpus, rule *Rule, removable, protected, pool Rows, attacks int) *learner {
	x := &learner{policy: policy, corpus: c, rule: rule, attacks: attacks}
	x.removable, x.protected, x.pool = c.sample(removable, maxRemovable), c.sample(protected, maxProtected), c.sample(pool, maxPool)
	x.counts = newCounter(c, x.removable)
	x.left = newRows(len(x.removable))
	for i := range x.removable {
		x.left.Add(i)
	}
	for _, field := range c.fields {
		x.learnField(field)
	}
	x.classes = distinct(x.classes)
	return x
}

// sample lists rows, at most max of them, which ones being decided by fingerprints.
func (c *Corpus) sample(rows Rows, max int) []int32 {
	var out []int32
	rows.Each(func(row int) { out = append(out, int32(row)) })
	if len(out) <= max {
		return out
	}
	ranks := make([]uint64, len(out))
	for i, row := range out {
		ranks[i] = c.rank(row)
	}
	slices.Sort(ranks)
	last := ranks[max-1]
	out = slices.DeleteFunc(out, func(row int32) bool { return c.rank(row) > last })
	out = out[:max]
	slices.Sort(out)
	return out
}

// learnField finds the literals of a field that removable rows support.
func (x *learner) learnField(field string) {
	col := x.corpus.columns[field]
	local := map[int32]int32{}
	var texts []int32
	of := func(rows []int32) []int32 {
		out := make([]int32, len(rows))
		for i, row := range rows {
			id := col.of[row]
			if id < 0 {
				out[i] = -1
				continue
			}
			at, known := local[id]
			if !known {
				at = int32(len(texts))
				local[id] = at
				texts = append(texts, id)
			}
			out[i] = at
		}
		return out
	}
	removable := of(x.removable)
	candidates := x.candidates(field, col, texts, removable)
	if len(candidates) == 0 {
		return
	}
	protected, pool := of(x.protected), of(x.pool)
	holds := make([]bool, len(texts))
	for _, l := range candidates {
		for at, id := range texts {
			holds[at] = l.accepts(col.texts[id], col.folded[id])
		}
		c := &class{Literal: l, removable: chosen(removable, holds), protected: chosen(protected, holds), pool: chosen(pool, holds), free: x.rule.saves(x.policy, l)}
		if x.supported(x.counts.support(c.removable)) {
			x.classes = append(x.classes, c)
		}
	}
}

// candidates are the literals of a field that the most removable rows lead to.
func (x *learner) candidates(field string, col *column, texts, removable []int32) []*Literal {
	weights := make([]int, len(texts))
	for _, at := range removable {
		if at >= 0 {
			weights[at]++
		}
	}
	type tally struct {
		*Literal
		rows int
	}
	index := map[string]int{}
	var all []tally
	for at, id := range texts {
		seen := map[int]bool{} // a literal may come from a value twice
		for _, l := range x.corpus.lattice.of(field, col.texts[id]) {
			key := l.Key() + "\x00" + compiler.Fold(l.Value)
			n, known := index[key]
			if !known {
				n = len(all)
				index[key] = n
				all = append(all, tally{Literal: l})
			} else if compareLiterals(l, all[n].Literal) < 0 {
				all[n].Literal = l
			}
			if !seen[n] {
				seen[n] = true
				all[n].rows += weights[at]
			}
		}
	}
	slices.SortFunc(all, func(a, b tally) int {
		return cmp.Or(cmp.Compare(b.rows, a.rows), compareLiterals(a.Literal, b.Literal))
	})
	var out []*Literal
	for _, t := range all[:min(len(all), maxPerField)] {
		if t.rows >= x.policy.MinAlerts || t.CIDR || t.Anchor != compiler.Whole {
			out = append(out, t.Literal)
		}
	}
	x.corpus.lattice.grade(out...)
	return out
}

func chosen(of []int32, holds []bool) Rows {
	out := newRows(len(of))
	for i, at := range of {
		if at >= 0 && holds[at] {
			out.Add(i)
		}
	}
	return out
}

// distinct keeps of the literals that no event tells apart the best one.
func distinct(all []*class) []*class {
	slices.SortFunc(all, func(a, b *class) int {
		return cmp.Or(compareRows(a.removable, b.removable), compareRows(a.protected, b.protected), compareRows(a.pool, b.pool),
			compareBools(b.free, a.free), cmp.Compare(b.Score, a.Score), cmp.Compare(len(a.Value), len(b.Value)), compareLiterals(a.Literal, b.Literal))
	})
	all = slices.CompactFunc(all, func(a, b *class) bool {
		return slices.Equal(a.removable, b.removable) && slices.Equal(a.protected, b.protected) && slices.Equal(a.pool, b.pool) && (a.free == b.free || a.free)
	})
	slices.SortFunc(all, func(a, b *class) int { return compareLiterals(a.Literal, b.Literal) })
	return all
}

func compareRows(a, b Rows) int { return slices.Compare(a, b) }

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// counter counts what removable rows stand for, fast.
type counter struct {
	of    [4][]int32 // causes, sources, hosts, days of each row
	stamp [4][]int32
	now   int32
}

func newCounter(c *Corpus, rows []int32) *counter {
	k := &counter{}
	for i, ids := range [4][]int32{c.cause, c.context[sourceContext], c.context[hostContext], c.context[dayContext]} {
		local := map[int32]int32{}
		for _, row := range rows {
			id, known := local[ids[row]]
			if !known {
				id = int32(len(local))
				local[ids[row]] = id
			}
			k.of[i] = append(k.of[i], id)
		}
		k.stamp[i] = make([]int32, len(local))
	}
	return k
}

func (k *counter) tally(rows Rows) (n [5]int) {
	k.now++
	rows.Each(func(row int) {
		n[0]++
		for i := range k.of {
			if id := k.of[i][row]; k.stamp[i][id] != k.now {
				k.stamp[i][id] = k.now
				n[i+1]++
			}
		}
	})
	return n
}

func (k *counter) support(rows Rows) Support {
	n := k.tally(rows)
	return Support{Alerts: n[0], Causes: n[1], Sources: n[2], Hosts: n[3], Days: n[4]}
}

func (x *learner) supported(f Support) bool {
	p := x.policy
	return f.Alerts >= p.MinAlerts && f.Sources >= p.MinSources && f.Hosts >= p.MinHosts && f.Days >= p.MinDays
}

func log2(n int) float64 { return math.Log2(1 + float64(n)) }
