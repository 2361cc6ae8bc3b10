package proof

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// Likeness says that two rules of one logsource are made of nearly the same
// predicates, and how what they match differs.
type Likeness struct {
	First, Second *compiler.Rule // in the order of the program
	Shared, Total int            // predicates that both have, and that any of them has
	// OnlyFirst and OnlySecond are events that one of them matches and the other
	// one does not.
	OnlyFirst, OnlySecond solver.Model
}

// The bounds of the search for rules that are alike.
const (
	minShared   = 4   // predicates; of fewer, sharing most says little
	maxPostings = 100 // the latest rules with a predicate that a rule is compared with
)

// Similar returns for each rule of a program the earlier one that is most like it,
// if they share at least percent of their predicates and neither covers the other.
// Rules of equal hash count as one. wanted is that of Covers.
//
// A rule of n predicates that shares so many with another one shares one of its
// rarest n - n·percent/100 + 1: only those are looked up.
func Similar(p *compiler.Program, percent int, wanted func(*compiler.Rule) bool, run Runner) []Likeness {
	s := newSimilarity(p, percent, wanted)
	var pairs []Likeness
	for i := range s.rules {
		if best := s.best(i, wanted); best.Second != nil {
			pairs = append(pairs, best)
		}
	}
	keep := make([]bool, len(pairs))
	run(len(pairs), func(i int) {
		l := &pairs[i]
		s := solver.New(solver.Options{})
		one, two := s.Formula(p, l.First.Expr), s.Formula(p, l.Second.Expr)
		forth, back := s.Implies(one, two), s.Implies(two, one)
		l.OnlyFirst, l.OnlySecond = forth.Model, back.Model
		keep[i] = forth.Answer == solver.No && back.Answer == solver.No
	})
	var out []Likeness
	for i, l := range pairs {
		if keep[i] {
			out = append(out, l)
		}
	}
	return out
}

// similarity is an index of the rules of a program by their rarest predicates.
type similarity struct {
	percent  int
	rules    []*compiler.Rule
	atoms    [][]int32 // of each rule, sorted
	postings map[posting][]int32
	rank     []int32 // of each predicate: the rarest first
}

// posting is a predicate in rules of a logsource.
type posting struct {
	logsource string
	atom      int32
}

func newSimilarity(p *compiler.Program, percent int, wanted func(*compiler.Rule) bool) *similarity {
	s := &similarity{percent: percent, postings: map[posting][]int32{}, rank: make([]int32, len(p.Predicates))}
	count := make([]int32, len(p.Predicates))
	near := map[string]bool{} // logsources of which rules are asked for
	for _, r := range p.Rules {
		if wanted != nil && wanted(r) {
			near[logsourceKey(r)] = true
		}
	}
	seen := map[string]bool{}
	for _, r := range p.Rules {
		if seen[r.Hash] || wanted != nil && !near[logsourceKey(r)] {
			continue
		}
		seen[r.Hash] = true
		var atoms []int32
		r.Expr.Each(func(leaf *compiler.Expr) { atoms = append(atoms, int32(leaf.Atom)) })
		slices.Sort(atoms)
		atoms = slices.Compact(atoms)
		for _, a := range atoms {
			count[a]++
		}
		s.rules, s.atoms = append(s.rules, r), append(s.atoms, atoms)
	}
	order := make([]int32, len(count))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(count[a], count[b]) })
	for rank, atom := range order {
		s.rank[atom] = int32(rank)
	}
	return s
}

// best returns the earlier rule that is most like the i-th, and adds the i-th to
// the index.
func (s *similarity) best(i int, wanted func(*compiler.Rule) bool) (best Likeness) {
	r, atoms := s.rules[i], s.atoms[i]
	if len(atoms) < minShared {
		return best
	}
	rare := slices.Clone(atoms)
	slices.SortFunc(rare, func(a, b int32) int { return cmp.Compare(s.rank[a], s.rank[b]) })
	rare = rare[:len(rare)-(len(rare)*s.percent+99)/100+1]
	at := logsourceKey(r)
	var tried []int32
	for _, atom := range rare {
		key := posting{at, atom}
		known := s.postings[key]
		for _, k := range known[max(0, len(known)-maxPostings):] {
			if !slices.Contains(tried, k) && (wanted == nil || wanted(r) || wanted(s.rules[k])) {
				tried = append(tried, k)
				s.compare(i, int(k), &best)
			}
		}
		s.postings[key] = append(known, int32(i))
	}
	return best
}

// compare replaces the best likeness by that of two rules if it is better.
func (s *similarity) compare(i, k int, best *Likeness) {
	shared := common(s.atoms[i], s.atoms[k])
	total := len(s.atoms[i]) + len(s.atoms[k]) - shared
	if shared < minShared || shared*100 < total*s.percent {
		return
	}
	if best.Second == nil || shared*best.Total > best.Shared*total {
		*best = Likeness{First: s.rules[k], Second: s.rules[i], Shared: shared, Total: total}
	}
}

// common returns how many numbers two sorted lists share.
func common(a, b []int32) int {
	n := 0
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case a[i] < b[k]:
			i++
		case a[i] > b[k]:
			k++
		default:
			n, i, k = n+1, i+1, k+1
		}
	}
	return n
}

// logsourceKey is equal for rules of the same logsource.
func logsourceKey(r *compiler.Rule) string {
	key := []string{r.Category, r.Product, r.Service}
	for _, e := range r.Source.Logsource.Custom {
		key = append(key, e.Key.Text+"="+e.Value.Scalar.Text)
	}
	slices.Sort(key[3:])
	return strings.Join(key, "\x00")
}
