package tuning

// maxNodes limits the exact searches for one rule.
const maxNodes = 50_000

// exactly looks for a better clause than the incumbent among all clauses, by branch
// and bound: adding literals to a clause never makes it cover more, and a literal that
// does not help a clause helps no longer one either. It reports false
// if there are too many literals, or too many clauses that could be better.
func (x *learner) exactly(incumbent *state) (best *state, exact bool) {
	if len(x.classes) > x.policy.Exact {
		return incumbent, false
	}
	best = incumbent
	var visit func(st *state, from int) bool
	visit = func(st *state, from int) bool {
		for i := from; i < len(x.classes); i++ {
			if st != nil && !x.helps(st, i) {
				continue
			}
			if x.nodes++; x.nodes > maxNodes {
				return false
			}
			var next *state
			if st == nil {
				next = x.extended(nil, i)
			} else {
				next = x.tried(st, i)
			}
			if next == nil || best != nil && x.bound(next) <= best.value {
				continue
			}
			next = next.kept()
			if (best == nil || compareStates(next, best) < 0) && x.passes(next) {
				best = next
			}
			if len(next.classes) < min(x.policy.MaxLiterals, maxDepth) && !visit(next, i+1) {
				return false
			}
		}
		return true
	}
	exact = visit(nil, 0)
	return best, exact
}

// bound is the most that a clause with more literals can be worth.
func (x *learner) bound(st *state) float64 {
	return x.worth(st.found) + 3*x.policy.ScoreWeight - x.policy.LengthWeight*float64(len(st.classes))
}
