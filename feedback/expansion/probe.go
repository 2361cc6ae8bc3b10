package expansion

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/trust"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// probes are questions that one replay of the recordings answers for all that might
// be proposed: rules that are never shown. What is counted is therefore what the
// evaluator says, whatever is combined of the answers later.
type probes struct {
	predicates []compiler.Predicate
	rules      []*compiler.Rule
	exprs      map[*compiler.Rule]*compiler.Expr
	literals   map[string]int // number of a literal's probe, by logsource and literal
	atoms      map[string]int // number of a predicate, by its text
}

func newProbes(p *compiler.Program) *probes {
	s := &probes{predicates: slices.Clip(p.Predicates), exprs: map[*compiler.Rule]*compiler.Expr{}, literals: map[string]int{}, atoms: make(map[string]int, len(p.Predicates))}
	for i := range p.Predicates {
		s.atoms[p.Predicates[i].String()] = i
	}
	return s
}

func (s *probes) add(l logsource.Logsource, e *compiler.Expr) int {
	r := &compiler.Rule{Category: l.Category, Product: l.Product, Service: l.Service, Expr: e, Detection: e, Source: &rules.Rule{}}
	s.exprs[r] = e
	s.rules = append(s.rules, r)
	return len(s.rules) - 1
}

// gap asks for the events that a rule does not match and would without parts.
func (s *probes) gap(r *compiler.Rule, parts ...flip) int {
	without := replaced(r.Expr, parts, map[*compiler.Expr]*compiler.Expr{})
	return s.add(trust.Logsource(r), &compiler.Expr{Op: compiler.And, Args: []*compiler.Expr{without, {Op: compiler.Not, Args: []*compiler.Expr{r.Expr}}}})
}

// literal asks for the events of a logsource that satisfy a comparison.
func (s *probes) literal(l logsource.Logsource, c *tuning.Literal) int {
	key := sourceText(l) + "\x00" + c.String()
	n, known := s.literals[key]
	if !known {
		n = s.add(l, &compiler.Expr{Op: compiler.Leaf, Atom: s.atom(c.Predicate())})
		s.literals[key] = n
	}
	return n
}

func (s *probes) atom(p compiler.Predicate) int {
	n, known := s.atoms[p.String()]
	if !known {
		n = len(s.predicates)
		s.predicates = append(s.predicates, p)
		s.atoms[p.String()] = n
	}
	return n
}

func (s *probes) program() *compiler.Program {
	return compiler.Rewritten(&compiler.Program{Predicates: s.predicates, Rules: s.rules}, func(r *compiler.Rule) *compiler.Expr { return s.exprs[r] })
}

// replaced returns an expression in which parts are the other way round, whatever the
// event.
func replaced(e *compiler.Expr, parts []flip, done map[*compiler.Expr]*compiler.Expr) *compiler.Expr {
	for _, f := range parts {
		if e != f.part {
			continue
		}
		if !f.holds {
			return &compiler.Expr{Op: compiler.And} // of nothing: true
		}
		return &compiler.Expr{Op: compiler.Or}
	}
	if e.Op == compiler.Leaf {
		return e
	}
	if known := done[e]; known != nil {
		return known
	}
	out := &compiler.Expr{Op: e.Op}
	for _, a := range e.Args {
		out.Args = append(out.Args, replaced(a, parts, done))
	}
	done[e] = out
	return out
}

// answers are what a replay says of the probes: recorded events by the probes that
// match them. Events of the incident are told apart.
type answers struct {
	cells    []*cell
	index    map[string]*cell
	exposure *backtest.Exposure
	known    map[string]*recalled // events of the incident that the recordings hold, by fingerprint
}

// recalled is an event of the incident in the recordings.
type recalled struct {
	cell  *cell
	times int
}

// cell is recorded events that the same probes match.
type cell struct {
	probes  []int // ascending
	suspect bool  // an event of the incident may be among them
	days    map[backtest.Day]int
	undated int
}

func (c *cell) has(n int) bool { _, found := slices.BinarySearch(c.probes, n); return found }

// ask replays the recordings.
func (s *probes) ask(ctx context.Context, r backtest.Replayer, i *incident) (*answers, error) {
	p := s.program()
	number := make(map[*compiler.Rule]int, len(p.Rules))
	for n, rule := range p.Rules {
		number[rule] = n
	}
	own, prints := s.own(p, number, i)
	out := &answers{index: map[string]*cell{}, known: map[string]*recalled{}}
	var failed error
	var key []byte
	exposure, err := r.Replay(ctx, p, func(h *backtest.Hit) {
		matched := numbers(h.Matches, number)
		c := out.cell(matched, &key, own)
		if c.suspect {
			event, _, err := h.Load()
			if err != nil {
				failed = err
				return
			}
			if print := event.Fingerprint(); prints[print] {
				if out.known[print] == nil {
					out.known[print] = &recalled{cell: c}
				}
				out.known[print].times++
				return
			}
		}
		if h.Time.IsZero() {
			c.undated++
			return
		}
		c.days[backtest.DayOf(h.Time)]++
	})
	if err == nil {
		err = failed
	}
	out.exposure = exposure
	return out, err
}

// own returns the probes that match each event of the incident, and the fingerprints.
func (s *probes) own(p *compiler.Program, number map[*compiler.Rule]int, i *incident) (own [][]int, prints map[string]bool) {
	ev := evaluator.New(p)
	prints = map[string]bool{}
	for _, m := range i.events {
		prints[m.print] = true
		if found := numbers(ev.Match(m.event), number); len(found) > 0 {
			own = append(own, found)
		}
	}
	return own, prints
}

func numbers(matches []evaluator.Match, number map[*compiler.Rule]int) []int {
	out := make([]int, len(matches))
	for i, m := range matches {
		out[i] = number[m.Rule]
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *answers) cell(matched []int, key *[]byte, own [][]int) *cell {
	*key = (*key)[:0]
	for _, n := range matched {
		*key = binary.AppendUvarint(*key, uint64(n))
	}
	c := a.index[string(*key)]
	if c == nil {
		c = &cell{probes: matched, days: map[backtest.Day]int{}}
		c.suspect = slices.ContainsFunc(own, func(all []int) bool {
			return !slices.ContainsFunc(all, func(n int) bool { return !c.has(n) })
		})
		a.index[string(*key)] = c
		a.cells = append(a.cells, c)
	}
	return c
}

// tally counts the recorded events of which something is true.
type tally struct {
	daily   map[backtest.Day]int
	undated int
	total   int
	known   int // events of the incident, which are not in total
}

func (t *tally) add(c *cell) {
	for day, n := range c.days {
		t.daily[day] += n
		t.total += n
	}
	t.undated += c.undated
	t.total += c.undated
}

func (a *answers) count(is func(c *cell) bool) tally {
	t := tally{daily: map[backtest.Day]int{}}
	for _, c := range a.cells {
		if is(c) {
			t.add(c)
		}
	}
	for _, k := range a.known {
		if is(k.cell) {
			t.known += k.times
		}
	}
	return t
}

// ground is what was recorded for rules of a logsource.
func (a *answers) ground(l logsource.Logsource) *backtest.Ground {
	if g := a.exposure.Grounds[backtest.Logsource(l)]; g != nil {
		return g
	}
	return backtest.NewGround()
}

// cost says what a tally adds to the alerts of a day.
func (a *answers) cost(l logsource.Logsource, t tally, budget float64) Cost {
	g := a.ground(l)
	out := Cost{Added: t.total, Known: t.known, Events: g.Events, State: backtest.Undecided}
	if out.Rate = g.Expected(t.daily); out.Rate != nil {
		out.State = backtest.Keeps(out.Rate, budget)
	}
	if t.undated > 0 && out.State == backtest.Within {
		out.State = backtest.Undecided // no day has them
	}
	return out
}
