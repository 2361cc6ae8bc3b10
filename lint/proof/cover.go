package proof

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
)

// Cover says that whenever one rule fires, another one does, which is of a
// logsource that is the same or wider.
type Cover struct {
	Narrow, Wide *compiler.Rule
	Same         bool // and the other way round, logsource included
	Sure         bool // see Fact
	SurelySame   bool // Same, and sure both ways
	Clashes      []Clash
}

// The bounds of the search for covers. They cut off what is only met where
// thousands of rules are alike: then not each is compared with all others.
const (
	maxAlike       = 128 // rules that hold on a model of one rule and are looked at
	maxRefutations = 32  // of rules that were thought to cover one rule
	maxInVain      = 4   // refutations after which many rules are still left
	many           = 48  // such rules
	maxCovers      = 8   // that are found of one rule
	fewWanted      = 40  // rules, for which it is not worth to make an index of all
)

// Runner calls do for 0 to n-1 by several workers and returns when all is done.
type Runner func(n int, do func(int))

// Covers returns which rules of a program cover others, in the order of the
// narrow ones. Rules of equal hash count as one, the first of them. wanted limits
// it to covers of which one of the two is wanted; nil means all.
//
// A rule can only be covered by one that holds on a model of it, and then on every
// one: models, also those that show that a proof fails, keep the number of proofs
// near the number of rules.
func Covers(p *compiler.Program, wanted func(*compiler.Rule) bool, models *Models, run Runner) []Cover {
	c := &coverage{program: p, wanted: map[*compiler.Rule]bool{}, models: models}
	seen := map[string]bool{}
	for _, r := range p.Rules {
		if seen[r.Hash] {
			continue
		}
		seen[r.Hash] = true
		c.rules = append(c.rules, r)
		if wanted == nil || wanted(r) {
			c.wanted[r], c.asked = true, append(c.asked, r)
		}
	}
	c.few = len(c.asked) <= fewWanted
	if c.few {
		sizes := make(map[*compiler.Rule]int, len(c.rules))
		for _, r := range c.rules {
			sizes[r] = leaves(r.Expr)
		}
		bySize := func(a, b *compiler.Rule) int { return cmp.Compare(sizes[a], sizes[b]) }
		c.simple = slices.SortedStableFunc(slices.Values(c.rules), bySize)
		slices.SortStableFunc(c.asked, bySize)
	} else {
		c.index = newIndex(p, c.rules)
	}
	const chunk = 64 // rules for which a worker keeps its tools
	found := make([][]Cover, (len(c.rules)+chunk-1)/chunk)
	run(len(found), func(i int) {
		w := coverWorker{coverage: c, seeker: seeker{index: c.index}}
		for _, r := range c.rules[i*chunk : min(len(c.rules), (i+1)*chunk)] {
			found[i] = append(found[i], w.covers(r)...)
		}
	})
	return slices.Concat(found...)
}

// coverage is a search for covers among rules of different hashes.
type coverage struct {
	program *compiler.Program
	rules   []*compiler.Rule
	wanted  map[*compiler.Rule]bool
	asked   []*compiler.Rule // those that are wanted
	few     bool             // rules are wanted
	models  *Models
	simple  []*compiler.Rule // the rules, simple ones first; only if few are wanted
	index   *index           // only if many are
}

// coverWorker does a part of the search.
type coverWorker struct {
	*coverage
	seeker seeker
}

// covers returns the covers of a rule as the narrow one.
func (w *coverWorker) covers(narrow *compiler.Rule) []Cover {
	candidates := w.possible(narrow)
	if w.few && len(candidates) == 0 {
		return nil
	}
	m := w.models.of(w.program, narrow)
	switch {
	case m == nil:
		return nil
	case w.few:
		candidates = w.holding(candidates, m)
	default:
		candidates = w.seeker.holding(m, maxAlike, func(r *compiler.Rule) bool {
			return r != narrow && (w.wanted[narrow] || w.wanted[r]) && within(narrow, r)
		})
	}
	return w.prove(narrow, candidates)
}

// possible returns the rules that are compared one by one, where few are wanted.
func (w *coverWorker) possible(narrow *compiler.Rule) (out []*compiler.Rule) {
	if !w.few {
		return nil
	}
	others := w.simple
	if !w.wanted[narrow] {
		others = w.asked
	}
	for _, r := range others {
		if r != narrow && within(narrow, r) && shareFields(narrow, r) {
			out = append(out, r)
		}
	}
	return out
}

// shareFields reports whether a rule may imply another one: unless that holds on
// any event, or on absence, they have a field in common.
func shareFields(a, b *compiler.Rule) bool {
	return b.Witness == nil || slices.ContainsFunc(b.Fields, func(f string) bool { return slices.Contains(a.Fields, f) }) || len(a.Fields) == 0 || len(b.Fields) == 0
}

// within reports whether the events of a rule's logsource are all of another's.
func within(narrow, wide *compiler.Rule) bool {
	as := func(a, b string) bool { return b == "" || a == b }
	if !as(narrow.Category, wide.Category) || !as(narrow.Product, wide.Product) || !as(narrow.Service, wide.Service) {
		return false
	}
	for _, custom := range wide.Source.Logsource.Custom {
		own := ""
		for _, e := range narrow.Source.Logsource.Custom {
			if strings.EqualFold(e.Key.Text, custom.Key.Text) {
				own = e.Value.Scalar.Text
			}
		}
		if own != custom.Value.Scalar.Text {
			return false
		}
	}
	return true
}

// holding leaves the rules that hold on a model.
func (w *coverWorker) holding(rules []*compiler.Rule, m solver.Model) []*compiler.Rule {
	e := newEvent(w.program, m)
	return slices.DeleteFunc(slices.Clone(rules), func(r *compiler.Rule) bool { return !e.holds(r.Expr) })
}

// prove returns which of the candidates, simple ones first, cover a rule. What shows that one does not
// is tried on the others.
func (w *coverWorker) prove(narrow *compiler.Rule, candidates []*compiler.Rule) []Cover {
	candidates = candidates[:min(len(candidates), maxAlike)]
	s := NewSolvers()
	own := s.Single.Formula(w.program, narrow.Expr)
	var out []Cover
	for refutations := 0; len(candidates) > 0 && refutations < maxRefutations && len(out) < maxCovers; {
		wide := candidates[0]
		candidates = candidates[1:]
		other := s.Single.Formula(w.program, wide.Expr)
		r := s.Single.Implies(own, other)
		switch r.Answer {
		case solver.No:
			before := len(candidates)
			candidates = w.holding(candidates, r.Model)
			if refutations++; len(candidates) > many && (refutations == maxInVain || refutations > 1 && len(candidates) > before-before/many) {
				return out // one by one they would be gone too late
			}
		case solver.Yes:
			same := within(wide, narrow) && s.Single.Implies(other, own).Answer == solver.Yes
			inner, outer := s.Lists.Formula(w.program, narrow.Expr), s.Lists.Formula(w.program, wide.Expr)
			sure := s.Lists.Implies(inner, outer).Answer == solver.Yes
			out = append(out, Cover{Narrow: narrow, Wide: wide, Same: same, Sure: sure,
				SurelySame: same && sure && s.Lists.Implies(outer, inner).Answer == solver.Yes, Clashes: w.clashes(narrow, wide, r.Conflicts)})
		}
	}
	return out
}

// clashes finds where the literals of a proof are written: what holds in the narrow
// rule, what does not in the wide one.
func (w *coverWorker) clashes(narrow, wide *compiler.Rule, conflicts []solver.Conflict) []Clash {
	in := func(r *compiler.Rule) *analysis {
		return &analysis{program: w.program, rule: r, root: tree(w.program, r.Expr, nil, false)}
	}
	own, other := in(narrow), in(wide)
	out := own.clashes(conflicts, own.root)
	for _, clash := range out {
		for i := range clash {
			if !clash[i].Holds {
				clash[i].Place = other.place(clash[i].Predicate, other.root, true)
			}
		}
	}
	return out
}

// leaves returns how many predicates stand in an expression.
func leaves(e *compiler.Expr) int {
	n := 0
	e.Each(func(*compiler.Expr) { n++ })
	return n
}
