// Package overlap groups the rules of a corpus that say the same thing, and tells
// what each of a group adds to the others.
//
// That a rule is covered by another one is proven by package lint/proof; that two
// are alike is counted in predicates and shown by an event on which they differ; that
// two fire together was seen in recordings, and says what happened there and nothing
// about other events. Only the first is a reason to remove a rule by itself.
package overlap

import (
	"cmp"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/lint/proof"
)

// Group is a set of rules that overlap with each other, directly or through others.
type Group struct {
	Members []Member // the widest first
	Links   []Link   // the proven ones first
}

// Member is a rule of a group.
type Member struct {
	Rule *compiler.Rule
	// CoveredBy are rules of the group that match all that this one matches, and
	// alert; nil if it matches something that no single other does, as far as is
	// known, or if a correlation refers to it.
	CoveredBy []*compiler.Rule
	// Fired is on how many recorded events it fired, Alone on how many no other
	// rule of the group did.
	Fired, Alone int
}

// Kind says what a link rests on.
type Kind string

// The kinds of links.
const (
	Covers Kind = "covers" // whatever the second matches, the first does; proven
	Same   Kind = "same"   // both match the same; proven
	Alike  Kind = "alike"  // they share most of their predicates
	CoFire Kind = "co-fire"
)

// Link is an overlap of two rules.
type Link struct {
	Kind Kind
	A, B *compiler.Rule
	// Sure says of a proof that it holds for fields with several values, too.
	Sure bool
	// OnlyA and OnlyB are events that one of two alike rules matches and the other
	// one does not; nil if none was found.
	OnlyA, OnlyB solver.Model
	// Both, JustA and JustB count recorded events of two that fire together.
	Both, JustA, JustB int
}

// Options bound what counts as overlap. The zero value is ready to use.
type Options struct {
	// Percent of their predicates that alike rules share; 0 means 80.
	Percent int
	// Together is the share of the events of the rarer rule on which the other one
	// fires too; 0 means 0.9. Least is on how many events it must have fired; 0
	// means 5.
	Together float64
	Least    int
}

// Find returns the groups of a program, the largest first. fired may be nil: then
// nothing is known of recordings.
func Find(p *compiler.Program, fired *Firings, o Options, run proof.Runner) []Group {
	o = o.completed()
	links := append(copies(p), covers(p, run)...)
	for _, l := range proof.Similar(p, o.Percent, nil, run) {
		links = append(links, Link{Kind: Alike, A: l.First, B: l.Second, OnlyA: l.OnlyFirst, OnlyB: l.OnlySecond})
	}
	links = append(links, fired.together(p, o)...)
	return grouped(p, links, fired)
}

// copies returns the rules that are written as an earlier one is, but for what does not
// matter.
func copies(p *compiler.Program) (out []Link) {
	first := map[string]*compiler.Rule{} // by hash
	for _, r := range p.Rules {
		if earlier := first[r.Hash]; earlier != nil {
			out = append(out, Link{Kind: Same, A: earlier, B: r, Sure: true})
		} else {
			first[r.Hash] = r
		}
	}
	return out
}

// covers returns what is proven. Of two rules that are the same the later one adds
// nothing to the earlier: one of them has to stay.
func covers(p *compiler.Program, run proof.Runner) (out []Link) {
	type pair struct{ a, b *compiler.Rule }
	same := map[pair]bool{}
	number := numbers(p)
	for _, c := range proof.Covers(p, nil, &proof.Models{}, run) {
		l := Link{Kind: Covers, A: c.Wide, B: c.Narrow, Sure: c.Sure}
		if c.Same {
			if l.Kind, l.Sure = Same, c.SurelySame; number[l.A] > number[l.B] {
				l.A, l.B = l.B, l.A
			}
			if same[pair{l.A, l.B}] {
				continue
			}
			same[pair{l.A, l.B}] = true
		}
		out = append(out, l)
	}
	return out
}

// numbers are the places of the rules in the program.
func numbers(p *compiler.Program) map[*compiler.Rule]int {
	out := make(map[*compiler.Rule]int, len(p.Rules))
	for i, r := range p.Rules {
		out[r] = i
	}
	return out
}

func (o Options) completed() Options {
	o.Percent = cmp.Or(o.Percent, 80)
	o.Together = cmp.Or(o.Together, 0.9)
	o.Least = cmp.Or(o.Least, 5)
	return o
}

// grouped joins rules that links connect.
func grouped(p *compiler.Program, links []Link, fired *Firings) []Group {
	number := numbers(p)
	replaces := proof.Replaces(p)
	root := make([]int, len(p.Rules))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, l := range links {
		a, b := find(number[l.A]), find(number[l.B])
		root[max(a, b)] = min(a, b)
	}
	of := map[int]*Group{}
	var order []int
	for _, l := range links {
		n := find(number[l.A])
		if of[n] == nil {
			of[n] = &Group{}
			order = append(order, n)
		}
		of[n].Links = append(of[n].Links, l)
	}
	slices.Sort(order)
	var out []Group
	for _, n := range order {
		g := of[n]
		g.complete(number, replaces, fired)
		out = append(out, *g)
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(len(b.Members), len(a.Members)) })
	return out
}

// complete lists the members and sorts what there is.
func (g *Group) complete(number map[*compiler.Rule]int, replaces func(wide, narrow *compiler.Rule) bool, fired *Firings) {
	seen := map[*compiler.Rule]*Member{}
	wide := map[*compiler.Rule]int{}
	for _, l := range g.Links {
		for _, r := range []*compiler.Rule{l.A, l.B} {
			if seen[r] == nil {
				seen[r] = &Member{Rule: r}
			}
		}
		if l.Kind != Covers && l.Kind != Same {
			continue
		}
		wide[l.A]++
		switch {
		case replaces(l.A, l.B):
			seen[l.B].CoveredBy = append(seen[l.B].CoveredBy, l.A)
		case l.Kind == Same && replaces(l.B, l.A):
			seen[l.A].CoveredBy = append(seen[l.A].CoveredBy, l.B)
		}
	}
	members := make([]*Member, 0, len(seen))
	for _, m := range seen {
		members = append(members, m)
	}
	slices.SortFunc(members, func(a, b *Member) int {
		return cmp.Or(cmp.Compare(wide[b.Rule], wide[a.Rule]), cmp.Compare(number[a.Rule], number[b.Rule]))
	})
	fired.count(members, number)
	for _, m := range members {
		g.Members = append(g.Members, *m)
	}
	rank := map[Kind]int{Same: 0, Covers: 1, Alike: 2, CoFire: 3}
	slices.SortStableFunc(g.Links, func(a, b Link) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), cmp.Compare(number[a.A], number[b.A]), cmp.Compare(number[a.B], number[b.B]))
	})
}
