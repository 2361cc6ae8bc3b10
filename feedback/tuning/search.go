package tuning

import (
	"cmp"
	"math"
	"slices"
)

// Candidate is a clause that the search accepted, with what it found while learning.
type Candidate struct {
	Clause Clause
	Learnt support // of the removable alerts that it covers
	Pool   float64 // share of the pool that it covers
	Value  float64 // of the objective, by which candidates are ordered
}

// searching is one run of sequential covering.
type searching struct {
	policy  Policy
	lattice *lattice
	learn   *rows
	pool    *rows
	poolAll int // events of the pool

	literals []*Literal
	covers   map[*Literal]set // rows of learn
	pools    map[*Literal]set // rows of pool, once they were asked for
}

// state is a clause in the making.
type state struct {
	clause Clause
	rows   set // of learn that it matches
	found  support
	lost   int // protected rows that it matches
	value  float64
}

// Search learns clauses from labelled alerts: again and again the best that covers
// removable alerts and no protected one, until none is good enough. They come in the
// order in which they were found.
func Search(x *lattice, policy Policy, learn, pool []*Alert) []Candidate {
	s := &searching{policy: policy, lattice: x, learn: newRows(x, learn), pool: newRows(x, pool),
		covers: map[*Literal]set{}, pools: map[*Literal]set{}}
	s.poolAll = max(1, sum(s.pool.alerts))
	left := slices.Clone(s.learn.removable)
	var out []Candidate
	for len(out) < policy.MaxClauses {
		best := s.best(left)
		if best == nil {
			break
		}
		best.clause = s.shrunk(best, left)
		rows := s.matching(best.clause)
		out = append(out, Candidate{Clause: best.clause, Learnt: s.learn.support(rows.and(s.learn.removable)), Pool: s.poolShare(best.clause), Value: best.value})
		left.minus(rows)
	}
	return out
}

func sum(ns []int) int {
	total := 0
	for _, n := range ns {
		total += n
	}
	return total
}

// frontier lists literals that generalise the alerts that are left and have
// support enough.
func (s *searching) frontier(left set) []*Literal {
	type tally struct {
		l *Literal
		n int
	}
	var all []*Literal
	for _, field := range sortedKeys(s.learn.columns) {
		c := s.learn.columns[field]
		seen := make([]bool, len(c.texts))
		left.each(func(row int) {
			if id := c.of[row]; id >= 0 && !seen[id] {
				seen[id] = true
				all = append(all, s.lattice.of(field, c.texts[id])...)
			}
		})
	}
	var out []*Literal
	for _, l := range distinct(all) {
		rows := s.learn.matching(l)
		if !s.supported(s.learn.support(rows.and(left))) {
			continue
		}
		s.covers[l] = rows
		out = append(out, l)
	}
	return out
}

func (s *searching) supported(f support) bool {
	return f.Alerts >= s.policy.MinAlerts && f.Sources >= s.policy.MinSources && f.Hosts >= s.policy.MinHosts && f.Days >= s.policy.MinDays
}

// best returns the best clause for the alerts that are left; nil if none passes.
func (s *searching) best(left set) *state {
	s.literals = s.frontier(left)
	var beam, accepted []*state
	for _, l := range s.literals {
		beam = append(beam, s.state(Clause{l}, s.covers[l], left))
	}
	for depth := 1; ; depth++ {
		for _, st := range beam {
			if s.passes(st) {
				accepted = append(accepted, st)
			}
		}
		if depth == s.policy.MaxLiterals {
			break
		}
		slices.SortFunc(beam, compareStates)
		beam = s.widened(beam[:min(len(beam), s.policy.Beam)], left)
	}
	if len(accepted) == 0 {
		return nil
	}
	return slices.MinFunc(accepted, compareStates)
}

// widened extends every state by every literal that helps.
func (s *searching) widened(beam []*state, left set) []*state {
	var out []*state
	seen := map[string]bool{}
	for _, st := range beam {
		for _, l := range s.literals {
			if slices.Contains(st.clause, l) {
				continue
			}
			rows := st.rows.and(s.covers[l])
			covered := rows.and(left)
			if covered.empty() {
				continue
			}
			narrower := rows.common(s.learn.protected) < st.lost
			fresh := !slices.ContainsFunc(st.clause, func(o *Literal) bool { return o.Field == l.Field })
			if !narrower && !fresh {
				continue
			}
			clause := append(slices.Clone(st.clause), l)
			slices.SortFunc(clause, compareLiterals)
			if key := clause.String(); !seen[key] {
				seen[key] = true
				if next := s.state(clause, rows, left); s.supported(next.found) {
					out = append(out, next)
				}
			}
		}
	}
	return out
}

func (s *searching) state(c Clause, rows, left set) *state {
	st := &state{clause: c, rows: rows, found: s.learn.support(rows.and(left)), lost: rows.common(s.learn.protected)}
	st.value = s.value(st)
	return st
}

// value is the objective: what is removed, how broadly that is founded, and what an
// attacker needs, against length, overlap with the pool and protected alerts.
func (s *searching) value(st *state) float64 {
	log := func(n int) float64 { return math.Log2(1 + float64(n)) }
	v := log(st.found.Alerts) + log(st.found.Causes) + log(st.found.Sources)/2 + log(st.found.Hosts)/2 + log(st.found.Days)/2
	v += s.policy.ScoreWeight*st.clause.Score() - s.policy.LengthWeight*float64(len(st.clause)) - 2*log(st.lost)
	if s.policy.PoolWeight > 0 {
		v -= min(4, s.policy.PoolWeight*s.poolShare(st.clause))
	}
	return v
}

func compareStates(a, b *state) int {
	return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(len(a.clause), len(b.clause)), cmp.Compare(a.clause.String(), b.clause.String()))
}

// passes applies the guards that learning can apply.
func (s *searching) passes(st *state) bool {
	p := &s.policy
	return st.lost == 0 && s.supported(st.found) && st.clause.fields() >= p.MinFields && st.clause.Score() >= p.MinScore &&
		(!p.FreeField || s.free(st.clause)) && s.poolShare(st.clause) <= p.PoolShare
}

// free reports whether a clause names a field that the rule itself leaves open.
func (s *searching) free(c Clause) bool {
	return slices.ContainsFunc(c, func(l *Literal) bool { return !s.lattice.rule.constrains(l.Field) })
}

// poolShare returns the share of the pool that a clause covers.
func (s *searching) poolShare(c Clause) float64 {
	if s.pool.n == 0 {
		return 0
	}
	var rows set
	for _, l := range c {
		m := s.pools[l]
		if m == nil {
			m = s.pool.matching(l)
			s.pools[l] = m
		}
		if rows == nil {
			rows = m
		} else {
			rows = rows.and(m)
		}
	}
	return float64(s.pool.weight(rows)) / float64(s.poolAll)
}

func (s *searching) matching(c Clause) set {
	rows := s.covers[c[0]]
	for _, l := range c[1:] {
		rows = rows.and(s.covers[l])
	}
	return rows
}

// shrunk leaves out literals without which the clause covers no more and passes
// still: they say nothing.
func (s *searching) shrunk(st *state, left set) Clause {
	clause := st.clause
	for i := len(clause) - 1; i >= 0 && len(clause) > 1; i-- {
		shorter := slices.Delete(slices.Clone(clause), i, i+1)
		next := s.state(shorter, s.matching(shorter), left)
		if s.passes(next) && next.rows.equal(st.rows) && shorter.Score() >= clause.Score() {
			clause = shorter
		}
	}
	return clause
}
