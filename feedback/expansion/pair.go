package expansion

import (
	"cmp"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
)

// Limits of the search for widenings of two parts.
const (
	maxPairs          = 24 // near misses by two parts that are looked at, those with the most events and what they share first
	maxPairCandidates = 12 // comparisons that are tried for each part
	maxPairChoices    = 4  // of each part that are tried with those of the other
)

// pairs returns the parts of a rule of which two together, the other way round, would
// make it match, and neither alone. Only items that could be widened are among them:
// exclusions are for people, and without values an item cannot say less.
func (t *truth) pairs(root *compiler.Expr) [][2]flip {
	var out [][2]flip
	for _, p := range t.pairsTowards(root, nil, true) {
		if p[0] == p[1] || !widens(p[0]) || !widens(p[1]) || slices.Contains(out, p) {
			continue
		}
		if t.evaluator.Holds(replaced(root, p[:], map[*compiler.Expr]*compiler.Expr{}), t.event) {
			out = append(out, p)
		}
	}
	return out
}

func widens(f flip) bool {
	if f.holds || f.item == nil || f.part != f.item {
		return false
	}
	_, ok := widenable(f.item.Item)
	return ok
}

// pairsTowards returns the parts of which two would give a node a value that it does
// not have.
func (t *truth) pairsTowards(e, item *compiler.Expr, want bool) (out [][2]flip) {
	if e.Item != nil {
		item = e
	}
	switch {
	case item != nil || e.Op == compiler.Leaf:
		return nil // one is enough
	case e.Op == compiler.Not:
		return t.pairsTowards(e.Args[0], item, !want)
	case (e.Op == compiler.And) != want: // one of them has to have it
		for _, a := range e.Args {
			out = append(out, t.pairsTowards(a, item, want)...)
		}
		return out
	}
	var lacking []*compiler.Expr
	for _, a := range e.Args {
		if t.holds(a) != want && !slices.Contains(lacking, a) {
			lacking = append(lacking, a)
		}
	}
	switch len(lacking) {
	case 1:
		return t.pairsTowards(lacking[0], item, want)
	case 2:
		for _, a := range t.towards(lacking[0], item, want) {
			for _, b := range t.towards(lacking[1], item, want) {
				out = append(out, [2]flip{a, b})
			}
		}
	}
	return out
}

// nearPairs returns the near misses by two parts of the events that no rule matches,
// the most promising first. What is left of the rule says as much as if one item were
// removed.
func nearPairs(p *compiler.Program, i *incident, about func(*compiler.Rule) bool) []*near {
	type key struct {
		rule *compiler.Rule
		pair [2]flip
	}
	index := map[key]*near{}
	var out []*near
	i.eachMiss(p, func(m *missed, view evaluator.Event, t *truth, r *compiler.Rule) {
		tells := t.tells(r.Expr)
		if tells < minRest || len(t.flips(r.Expr)) > 0 {
			return
		}
		for _, pair := range t.pairs(r.Expr) {
			n := index[key{r, pair}]
			if n == nil {
				n = &near{rule: r, flip: pair[0], tells: tells, also: &near{rule: r, flip: pair[1], tells: tells}}
				index[key{r, pair}] = n
				out = append(out, n)
			}
			n.note(m, view)
			n.also.note(m, view)
		}
	})
	return promising(out, maxPairs, about)
}

func (n *near) both() []*near { return []*near{n, n.also} }

// pairWays are the widenings of two parts at once, each by what would be chosen for it
// alone, the best of both first.
func (x *expansion) pairWays(n *near) []widening {
	var choices [2][][]*candidate
	for i, part := range n.both() {
		choices[i] = slices.DeleteFunc(x.choices(part), part.central)
		choices[i] = choices[i][:min(len(choices[i]), maxPairChoices)]
	}
	type at struct{ a, b int }
	var order []at
	for a := range choices[0] {
		for b := range choices[1] {
			order = append(order, at{a, b})
		}
	}
	slices.SortStableFunc(order, func(p, q at) int { return cmp.Compare(p.a+p.b, q.a+q.b) })
	var out []widening
	for _, o := range order {
		if w := x.withBoth(n, choices[0][o.a], choices[1][o.b]); len(w.events) > 0 {
			out = append(out, w)
		}
	}
	return out
}

// withBoth is the widening of two items by values.
func (x *expansion) withBoth(n *near, first, second []*candidate) widening {
	a, b := x.withValues(n, first), x.withValues(n.also, second)
	w := widening{edits: slices.Concat(a.edits, b.edits), err: cmp.Or(a.err, b.err), change: strings.Join([]string{a.change, b.change}, ", and "), adds: slices.Concat(first, second)}
	w.events = slices.DeleteFunc(a.events, func(m *missed) bool { return !slices.Contains(b.events, m) })
	holds := func(c *cell, part *near, adds []*candidate) bool {
		return c.has(part.own) || slices.ContainsFunc(adds, func(a *candidate) bool { return c.has(a.probe) })
	}
	w.cost = x.answers.cost(trust.Logsource(n.rule), x.answers.count(func(c *cell) bool {
		return c.has(n.probe) && holds(c, n, first) && holds(c, n.also, second)
	}), x.Budget)
	return w
}
