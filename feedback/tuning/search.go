package tuning

import (
	"cmp"
	"slices"
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
		if depth >= min(x.policy.MaxLiterals, maxDepth) {
			break
		}
		slices.SortFunc(beam, compareStates)
		beam, best = x.widened(beam[:min(len(beam), x.policy.Beam)], best)
	}
	return x.exactly(best)
}

// maxDepth is how many literals a clause has at most.
const maxDepth = 4

// widened extends every state by every literal that helps. It returns the best ones
// for the beam, and the best of all that passes.
func (x *learner) widened(beam []*state, best *state) ([]*state, *state) {
	var out []*state
	seen := map[[maxDepth]int32]bool{}
	for _, st := range beam {
		for i := range x.classes {
			if slices.Contains(st.classes, i) || !x.helps(st, i) {
				continue
			}
			key := keyOf(st.classes, i)
			if seen[key] {
				continue
			}
			seen[key] = true
			next := x.tried(st, i)
			if next == nil {
				continue
			}
			if (best == nil || compareStates(next, best) < 0) && x.passes(next) {
				best = next.kept()
			}
			if len(out) == x.policy.Beam && compareStates(next, out[len(out)-1]) > 0 {
				continue
			}
			at, _ := slices.BinarySearchFunc(out, next, compareStates)
			out = slices.Insert(out, at, next.kept())
			out = out[:min(len(out), x.policy.Beam)]
		}
	}
	return out, best
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
	return x.policy.FreeField && c.free && !x.free(st) || x.policy.MinFields > len(st.classes) || x.policy.MinScore > 0 && x.policy.MinScore > x.scoreOf(st)
}

// keyOf identifies a clause with one literal more.
func keyOf(classes []int, more int) (key [maxDepth]int32) {
	for i, n := range classes {
		key[i] = int32(n) + 1
	}
	key[len(classes)] = int32(more) + 1
	slices.Sort(key[:])
	return key
}

// tried is extended for a look: what it returns is overwritten by the next call.
func (x *learner) tried(st *state, i int) *state {
	c := x.classes[i]
	if st.removable.common(c.removable) < x.policy.MinAlerts {
		return nil
	}
	next := x.scratch
	if next == nil {
		next = &state{removable: newRows(len(x.removable)), protected: newRows(len(x.protected)), pool: newRows(len(x.pool))}
		x.scratch, x.scratchLeft = next, newRows(len(x.removable))
	}
	next.classes = append(append(next.classes[:0], st.classes...), i)
	slices.Sort(next.classes)
	next.removable.intersect(st.removable, c.removable)
	x.scratchLeft.intersect(next.removable, x.left)
	next.found = x.counts.support(x.scratchLeft)
	if !x.supported(next.found) {
		return nil
	}
	next.protected.intersect(st.protected, c.protected)
	next.pool.intersect(st.pool, c.pool)
	next.value = x.value(next)
	return next
}

// kept returns a state that stays as it is.
func (st *state) kept() *state {
	out := *st
	out.classes, out.removable, out.protected, out.pool = slices.Clone(st.classes), slices.Clone(st.removable), slices.Clone(st.protected), slices.Clone(st.pool)
	return &out
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
	v := x.worth(st.found) + p.ScoreWeight*x.scoreOf(st) - p.LengthWeight*float64(len(st.classes)) - 2*log2(st.protected.Count())
	return v - min(4, p.PoolWeight*x.poolShare(st))
}

// scoreOf is the score of a clause, without making it.
func (x *learner) scoreOf(st *state) float64 {
	var literals [maxDepth]*Literal
	for i, at := range st.classes {
		literals[i] = x.classes[at].Literal
	}
	return Clause(literals[:len(st.classes)]).Score()
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
	if st.protected.Count() > 0 && p.Without != "G1" || !x.supported(st.found) {
		return false
	}
	// What is slow to ask is only asked where it may matter.
	rare := x.poolShare(st) <= p.PoolShare && (p.both(x.attacks) || x.clause(st).opens(x.rule))
	if !p.enough(rare, true, x.attacks) || !p.enough(rare, false, x.attacks) && !x.saved(st) {
		return false
	}
	c := x.clause(st)
	return c.fields() >= p.MinFields && c.Score() >= p.MinScore
}

// saved is what Input.saved says, of the half that is learnt from.
func (x *learner) saved(st *state) bool {
	p := x.policy
	if p.FreeField && !x.free(st) {
		return false
	}
	share := p.OpenShare > 0 && p.both(x.attacks)
	if !share && !p.OpenKnown {
		return true
	}
	protected, pool := x.open(st)
	return (!p.OpenKnown || protected == 0) && (!share || float64(pool) <= p.OpenShare*float64(len(x.pool)))
}

// free reports whether a clause names a field that the rule itself leaves open.
func (x *learner) free(st *state) bool {
	return slices.ContainsFunc(st.classes, func(i int) bool { return x.classes[i].free })
}

// open counts the protected rows and those of the pool that the literals of a clause
// that save match without the others.
func (x *learner) open(st *state) (protected, pool int) {
	var a, b Rows
	for _, i := range st.classes {
		switch c := x.classes[i]; {
		case !c.free:
		case a == nil:
			a, b = c.protected, c.pool
		default:
			a, b = a.and(c.protected), b.and(c.pool)
		}
	}
	if a == nil {
		return len(x.protected), len(x.pool)
	}
	return a.Count(), b.Count()
}
