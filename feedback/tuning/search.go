package tuning

import (
	"cmp"
	"slices"
	"strings"
)

// state is a clause in the making.
type state struct {
	classes                    []int // of the learner, ascending
	removable, protected, pool Rows
	found                      Support // of removable rows that are left
	value                      float64
}

// Candidate is a clause that was learnt, followed by more general ones, each of
// which covers what the one before does.
type Candidate struct {
	Variants []Clause
	Exact    bool    // no clause of the literals that were looked at is worth more
	Value    float64 // of the objective
}

// search learns clauses: again and again the best that covers removable rows and no
// protected one, until none is good enough.
func (x *learner) search() []Candidate {
	var out []Candidate
	for len(out) < x.policy.MaxClauses {
		best, exact := x.best()
		if best == nil {
			break
		}
		x.left.Minus(best.removable)
		c := Candidate{Exact: exact, Value: best.value}
		for _, st := range x.generalised(best) {
			c.Variants = append(c.Variants, x.clause(st))
		}
		out = append(out, c)
	}
	return out
}

func (x *learner) clause(st *state) Clause {
	out := make(Clause, len(st.classes))
	for i, at := range st.classes {
		out[i] = x.classes[at].Literal
	}
	return out
}

// best returns the best clause for the rows that are left; nil if none passes. Exact
// says that it is the best of all.
func (x *learner) best() (best *state, exact bool) {
	var beam []*state
	for i := range x.classes {
		if st := x.extended(nil, i); st != nil {
			beam = append(beam, st)
		}
	}
	for depth := 1; ; depth++ {
		for _, st := range beam {
			if (best == nil || compareStates(st, best) < 0) && x.passes(st) {
				best = st
			}
		}
		if depth == x.policy.MaxLiterals {
			break
		}
		slices.SortFunc(beam, compareStates)
		beam = x.widened(beam[:min(len(beam), x.policy.Beam)])
	}
	return x.exactly(best)
}

// widened extends every state by every literal that helps.
func (x *learner) widened(beam []*state) []*state {
	var out []*state
	seen := map[string]bool{}
	for _, st := range beam {
		for i := range x.classes {
			if slices.Contains(st.classes, i) || !x.helps(st, i) {
				continue
			}
			if key := keyOf(st.classes, i); !seen[key] {
				seen[key] = true
				if next := x.extended(st, i); next != nil {
					out = append(out, next)
				}
			}
		}
	}
	return out
}

// helps reports whether a literal makes a clause match fewer protected rows or less
// of the pool, or adds what the policy asks for.
func (x *learner) helps(st *state, i int) bool {
	c := x.classes[i]
	if lost := st.protected.Count(); lost > 0 && st.protected.common(c.protected) < lost {
		return true
	}
	if n := st.pool.Count(); n > 0 && st.pool.common(c.pool) < n {
		return true
	}
	return x.policy.FreeField && c.free && !x.free(st) || x.policy.MinFields > len(st.classes) || x.policy.MinScore > x.clause(st).Score()
}

func keyOf(classes []int, more int) string {
	all := append(slices.Clone(classes), more)
	slices.Sort(all)
	var b strings.Builder
	for _, n := range all {
		b.WriteRune(rune(n))
	}
	return b.String()
}

// extended adds a literal to a clause; nil if too few rows are left to support it.
func (x *learner) extended(st *state, i int) *state {
	c := x.classes[i]
	next := &state{classes: []int{i}, removable: c.removable, protected: c.protected, pool: c.pool}
	if st != nil {
		if st.removable.common(c.removable) < x.policy.MinAlerts {
			return nil
		}
		next = &state{classes: append(slices.Clone(st.classes), i), removable: st.removable.and(c.removable), protected: st.protected.and(c.protected), pool: st.pool.and(c.pool)}
		slices.Sort(next.classes)
	}
	next.found = x.counts.support(next.removable.and(x.left))
	if !x.supported(next.found) {
		return nil
	}
	next.value = x.value(next)
	return next
}

// value is the objective: what is removed and how broadly that is founded, and what
// an attacker needs, against length, overlap with the pool and protected rows.
func (x *learner) value(st *state) float64 {
	p := x.policy
	v := x.worth(st.found) + p.ScoreWeight*x.clause(st).Score() - p.LengthWeight*float64(len(st.classes)) - 2*log2(st.protected.Count())
	return v - min(4, p.PoolWeight*x.poolShare(st))
}

func (x *learner) worth(f Support) float64 {
	return log2(f.Alerts) + log2(f.Causes) + log2(f.Sources)/2 + log2(f.Hosts)/2 + log2(f.Days)/2
}

func (x *learner) poolShare(st *state) float64 {
	return float64(st.pool.Count()) / float64(max(1, len(x.pool)))
}

func compareStates(a, b *state) int {
	return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(len(a.classes), len(b.classes)), slices.Compare(a.classes, b.classes))
}

// passes applies the guards that learning can apply.
func (x *learner) passes(st *state) bool {
	p := x.policy
	if st.protected.Count() > 0 || x.poolShare(st) > p.PoolShare || p.FreeField && !x.free(st) || !x.supported(st.found) {
		return false
	}
	c := x.clause(st)
	return c.fields() >= p.MinFields && c.Score() >= p.MinScore
}

// free reports whether a clause names a field that the rule itself leaves open.
func (x *learner) free(st *state) bool {
	return slices.ContainsFunc(st.classes, func(i int) bool { return x.classes[i].free })
}
