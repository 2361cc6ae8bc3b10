package expansion

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules/logsource"
)

const (
	maxLiterals   = 400 // comparisons that a draft is made of, those that hold on the most events first
	maxDepth      = 4   // comparisons of a draft
	beamWidth     = 32
	minRecorded   = 100 // recorded events of a logsource below which nothing is known of its cost
	rarityWeight  = 0.35
	coverWeight   = 3.0
	rarityBeyond  = 10.0 // bits of rarity that count beyond what the recordings can show
	brittleAnchor = 0.7  // of a comparison with the whole of a text that may vary
)

// literal is a comparison that a draft may have.
type literal struct {
	*tuning.Literal
	probe  int
	class  logsource.Trust
	kind   logsource.Kind
	routes bool        // it says which kind of event it is; every draft has it
	holds  tuning.Rows // on the missed events of the group
	rows   tuning.Rows // cells of the answers
	name   string      // that its text is about, see nameIn
	rarity float64     // bits by which recorded events that satisfy it are fewer than all
	count  int
}

// brittle is how easily an attacker does the same thing without satisfying the
// comparison. Attackers choose what they type; what the system writes they have to
// bring about.
func (l *literal) brittle() float64 {
	cost := map[logsource.Trust]float64{logsource.AttackerSet: 1.5, logsource.Spoofable: 1, logsource.SystemSet: 0.6}[l.class]
	if cost == 0 {
		cost = 1.2
	}
	if l.Anchor == compiler.Whole && (l.kind == logsource.CommandKind || l.kind == logsource.PathKind) {
		cost += brittleAnchor
	}
	return cost
}

// group is missed events of one logsource, and what a draft for them can be made of.
type group struct {
	source   logsource.Logsource
	events   []*missed
	literals []*literal
	ground   *backtest.Ground
	answers  *answers
	budget   float64
	days     float64 // recorded
}

// clause is a draft in the making.
type clause struct {
	literals []int // of the group, ascending
	holds    tuning.Rows
	rows     tuning.Rows
	covered  int // events that are left
	value    float64
}

func rowsFor(n int) tuning.Rows { return make(tuning.Rows, (n+63)/64) }

// learn fills in what the answers say of the literals. Of those that hold on the same
// events and are as rare, in the same field and about the same name, one is kept: the
// shortest.
func (g *group) learn(a *answers) {
	g.answers, g.ground = a, a.ground(g.source)
	if r := g.ground.Expected(nil); r != nil {
		g.days = r.Days
	}
	all := float64(g.ground.Events)
	for _, l := range g.literals {
		l.rows = rowsFor(len(a.cells))
		for i, c := range a.cells {
			if c.has(l.probe) {
				l.rows.Add(i)
			}
		}
		l.count = g.tally(l.rows).total
		l.rarity = math.Log2((all + 1) / float64(l.count+1))
	}
	slices.SortFunc(g.literals, func(x, y *literal) int {
		return cmp.Or(cmp.Compare(x.Field, y.Field), slices.Compare(x.holds, y.holds), cmp.Compare(x.count, y.count), cmp.Compare(x.name, y.name), cmp.Compare(x.brittle(), y.brittle()),
			cmp.Compare(len(x.Value), len(y.Value)), cmp.Compare(x.String(), y.String()))
	})
	g.literals = slices.CompactFunc(g.literals, func(x, y *literal) bool {
		return x.Field == y.Field && slices.Equal(x.holds, y.holds) && x.count == y.count && x.name == y.name && x.routes == y.routes
	})
}

// tally counts the recorded events of cells.
func (g *group) tally(rows tuning.Rows) tally {
	t := tally{daily: map[backtest.Day]int{}}
	rows.Each(func(i int) { t.add(g.answers.cells[i]) })
	return t
}

// best returns the clause that is worth most for the events that are left; nil if none
// keeps to the budget.
func (g *group) best(left tuning.Rows) *clause {
	var start *clause
	for i, l := range g.literals {
		if l.routes && l.holds.And(left).Count() > 0 {
			if next := g.extended(start, i, left); next != nil {
				start = next
			}
		}
	}
	beam := []*clause{start}
	var best *clause
	for range maxDepth {
		var next []*clause
		seen := map[[maxDepth + 2]int32]bool{}
		for _, c := range beam {
			for i := range g.literals {
				if e := g.extended(c, i, left); e != nil && !seen[e.key()] {
					seen[e.key()] = true
					next = append(next, e)
				}
			}
		}
		slices.SortFunc(next, compareClauses)
		for _, c := range next {
			if best != nil && compareClauses(best, c) <= 0 {
				break
			}
			if g.passes(c) {
				best = c
				break
			}
		}
		beam = next[:min(len(next), beamWidth)]
	}
	return best
}

func (c *clause) key() (out [maxDepth + 2]int32) {
	for i, n := range c.literals {
		out[i] = int32(n) + 1
	}
	return out
}

// extended adds a literal to a clause; nil if that covers nothing that is left, says
// nothing new, or is one too many.
func (g *group) extended(c *clause, i int, left tuning.Rows) *clause {
	l := g.literals[i]
	out := &clause{literals: []int{i}, holds: l.holds, rows: l.rows}
	if c != nil {
		if slices.Contains(c.literals, i) || len(c.literals) >= maxDepth+1 {
			return nil
		}
		out.literals = append(slices.Clone(c.literals), i)
		slices.Sort(out.literals)
		out.holds, out.rows = c.holds.And(l.holds), c.rows.And(l.rows)
	}
	if out.covered = out.holds.And(left).Count(); out.covered == 0 {
		return nil
	}
	out.value = g.worth(out)
	return out
}

// worth weighs how many events a clause catches and how rare it is against how easily
// each of its comparisons is got around.
func (g *group) worth(c *clause) float64 {
	v := coverWeight * math.Log2(1+float64(c.covered))
	for _, i := range c.literals {
		if l := g.literals[i]; !l.routes {
			v -= l.brittle()
		}
	}
	rarity := 0.0
	for _, l := range g.telling(c) {
		rarity += l.rarity
	}
	return v + rarityWeight*min(rarity, math.Log2(float64(g.ground.Events)+1)+rarityBeyond)
}

// telling returns the literals of a clause that say something of their own, the rarest
// first. One that every recorded event satisfies says nothing; one on a field that another
// one names, or about the same name, as of a program and of its command line, goes with
// that.
func (g *group) telling(c *clause) []*literal {
	all := make([]*literal, len(c.literals))
	for i, n := range c.literals {
		all[i] = g.literals[n]
	}
	slices.SortStableFunc(all, func(a, b *literal) int { return cmp.Compare(b.rarity, a.rarity) })
	said := map[string]bool{}
	return slices.DeleteFunc(all, func(l *literal) bool {
		known := said["field "+l.Field] || said["name "+l.name] || l.rarity <= 0
		said["field "+l.Field], said["name "+l.name] = true, true
		return known
	})
}

// nameIn returns the name that a text is about: the last part of a path, without its
// extension.
func nameIn(text string) string {
	text = strings.Trim(compiler.Fold(text), `"' \/`)
	text = text[strings.LastIndexAny(text, `\/`)+1:]
	return strings.TrimSuffix(text, path.Ext(text))
}

// passes reports whether a clause can be proposed: it keeps to the budget, and does
// not rest on one text that the attacker types.
func (g *group) passes(c *clause) bool {
	own := 0
	system := false
	for _, l := range g.telling(c) {
		if !l.routes {
			own++
			system = system || l.class == logsource.SystemSet
		}
	}
	if own == 0 || own == 1 && !system {
		return false
	}
	t := g.tally(c.rows)
	if float64(t.total) > g.budget*g.days {
		return false // no interval is needed to see that
	}
	return g.answers.cost(g.source, t, g.budget).State == backtest.Within
}

func compareClauses(a, b *clause) int {
	return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(len(a.literals), len(b.literals)), slices.Compare(a.literals, b.literals))
}

// clauseOf returns the comparisons of a clause, in the order of their fields.
func (g *group) clauseOf(c *clause) tuning.Clause {
	out := make(tuning.Clause, len(c.literals))
	for i, n := range c.literals {
		out[i] = g.literals[n].Literal
	}
	slices.SortFunc(out, func(a, b *tuning.Literal) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Anchor, b.Anchor), cmp.Compare(a.Value, b.Value))
	})
	return out
}
