package tuning

import "slices"

// maxVariants limits how often a clause is generalised.
const maxVariants = 6

// generalised returns a clause and more general ones, each of which passes the
// guards of learning and covers what the one before does and more.
func (x *learner) generalised(st *state) []*state {
	out := []*state{st}
	for x.policy.Generalise && len(out) < maxVariants {
		next := x.wider(out[len(out)-1])
		if next == nil {
			break
		}
		out = append(out, next)
	}
	return out
}

// wider takes one step: the one that gains the most removable rows, then the most
// of the pool.
func (x *learner) wider(st *state) *state {
	var best *state
	gain := func(s *state) [3]int {
		return [3]int{s.removable.Count(), -len(s.classes), s.pool.Count()}
	}
	consider := func(classes []int) {
		next := x.stateOf(classes)
		if next == nil || !x.passes(next) {
			return
		}
		g, b := gain(next), gain(st)
		if slices.Compare(g[:], b[:]) <= 0 {
			return
		}
		if best != nil {
			if b = gain(best); slices.Compare(g[:], b[:]) <= 0 {
				return
			}
		}
		best = next
	}
	for n, at := range st.classes {
		rest := slices.Delete(slices.Clone(st.classes), n, n+1)
		if len(rest) > 0 {
			consider(rest)
		}
		for i, c := range x.classes {
			o := x.classes[at]
			if i != at && c.Field == o.Field && o.removable.within(c.removable) && o.protected.within(c.protected) && o.pool.within(c.pool) {
				consider(append(slices.Clone(rest), i))
			}
		}
	}
	return best
}

// stateOf makes a clause from literals; support counts all removable rows, not only
// those that are left.
func (x *learner) stateOf(classes []int) *state {
	slices.Sort(classes)
	classes = slices.Compact(classes)
	var st *state
	for _, i := range classes {
		c := x.classes[i]
		if st == nil {
			st = &state{removable: c.removable, protected: c.protected, pool: c.pool}
			continue
		}
		st = &state{removable: st.removable.and(c.removable), protected: st.protected.and(c.protected), pool: st.pool.and(c.pool)}
	}
	st.classes = classes
	st.found = x.counts.support(st.removable)
	return st
}
