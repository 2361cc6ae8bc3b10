package proposal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/correlation"
)

// chains are the alerts of correlations in a replay: a filter of a rule takes away
// matches that they are made of.
type chains struct {
	program *compiler.Program
	engine  *correlation.Engine
	index   map[*compiler.Rule]int
	seq     uint64
	raised  []chain
}

// chain is an alert of a correlation.
type chain struct {
	correlation string // where it stands
	title       string
	group       string
	time        time.Time
	of          map[link]bool // matches that it is made of
}

// link is a match: of a rule, by its place, on an event.
type link struct{ place, print string }

func (c *chain) key() string {
	return strings.Join([]string{c.correlation, c.group, c.time.UTC().Format(time.RFC3339Nano)}, "\x00")
}

// newChains returns nil for a program without correlations.
func newChains(p *compiler.Program) *chains {
	if len(p.Correlations) == 0 {
		return nil
	}
	x := &chains{program: p, index: map[*compiler.Rule]int{}}
	for i, r := range p.Rules {
		x.index[r] = i
	}
	x.engine = correlation.New(p, correlation.Options{Lateness: -1}, x.raise)
	return x
}

func (x *chains) raise(a *correlation.Alert) {
	c := chain{correlation: a.Correlation.Source.Span.String(), title: a.Correlation.Title, group: fmt.Sprint(a.Group), time: a.Time, of: map[link]bool{}}
	c.collect(a)
	x.raised = append(x.raised, c)
}

func (c *chain) collect(a *correlation.Alert) {
	for _, k := range a.Contributors {
		if k.Alert != nil {
			c.collect(k.Alert)
		} else {
			c.of[link{placeOf(k.Rule), k.Origin}] = true
		}
	}
}

// add feeds the matches of an event.
func (x *chains) add(h *backtest.Hit, print string, views []evaluator.View, event evaluator.Event) {
	if x == nil {
		return
	}
	x.seq++
	seq := cmp.Or(h.Order, x.seq)
	var hits []correlation.Hit
	for _, m := range h.Matches {
		if i := x.index[m.Rule]; x.engine.Feeds(i) {
			hits = append(hits, correlation.Hit{Rule: i, Time: h.Time, Event: seenBy(m, event, views), Origin: print, Seq: seq})
		}
	}
	if len(hits) > 0 {
		x.engine.Add(hits...)
	}
}

// seenBy returns an event as the rule that matched it saw it.
func seenBy(m evaluator.Match, event evaluator.Event, views []evaluator.View) evaluator.Event {
	for _, v := range views {
		if v.Name == m.View && evaluator.Satisfies(v.Logsource, m.Rule) {
			return v.Event
		}
	}
	return event
}

// close returns all alerts, in an order of their own.
func (x *chains) close() []chain {
	if x == nil {
		return nil
	}
	x.engine.Close()
	slices.SortFunc(x.raised, func(a, b chain) int { return cmp.Compare(a.key(), b.key()) })
	return x.raised
}

// Chain says what becomes of the alerts of a correlation that matches of a rule are
// part of.
type Chain struct {
	Title  string `json:"title"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// broken compares the alerts of correlations before and after. It returns what
// becomes of each correlation, and of the alerts that hold an event that must stay
// those that none with such an event follows.
func broken(before, after []chain, protected func(link) bool) (of map[string]*Chain, lost []chain) {
	of = map[string]*Chain{}
	still := map[string]map[link]bool{} // links that must stay, by correlation
	for i := range after {
		c := &after[i]
		if still[c.correlation] == nil {
			still[c.correlation] = map[link]bool{}
		}
		for l := range c.of {
			still[c.correlation][l] = true
		}
	}
	for i := range before {
		c := &before[i]
		if of[c.correlation] == nil {
			of[c.correlation] = &Chain{Title: c.title}
		}
		of[c.correlation].Before++
		kept, any := false, false
		for l := range c.of {
			if protected(l) {
				any = true
				kept = kept || still[c.correlation][l]
			}
		}
		if any && !kept {
			lost = append(lost, *c)
		}
	}
	for i := range after {
		if c := of[after[i].correlation]; c != nil {
			c.After++
		}
	}
	return of, lost
}

// judgeChains notes what becomes of correlations, and withdraws what would break one
// that holds an event that must stay.
func (e *Evidence) judgeChains(r *Report, after []chain) {
	protected := map[link]bool{}
	for i := range r.Rules {
		x := &r.Rules[i]
		if x.protected == nil {
			continue
		}
		x.protected.Each(func(row int) { protected[link{x.place, x.corpus.Fingerprint(row)}] = true })
	}
	of, lost := broken(e.chains, after, func(l link) bool { return protected[l] })
	rules := map[string]map[string]bool{} // places of rules, by correlation
	for i := range e.chains {
		c := &e.chains[i]
		if rules[c.correlation] == nil {
			rules[c.correlation] = map[string]bool{}
		}
		for l := range c.of {
			rules[c.correlation][l.place] = true
		}
	}
	for i := range r.Rules {
		x := &r.Rules[i]
		if len(x.Proposals) == 0 {
			continue
		}
		for _, at := range slices.Sorted(maps.Keys(of)) {
			if rules[at][x.place] && of[at].Before != of[at].After {
				x.Correlations = append(x.Correlations, *of[at])
			}
		}
		for _, c := range lost {
			if rules[c.correlation][x.place] {
				x.withdraw(fmt.Sprintf("the correlation %s would no longer tell of %s, which holds an event that must stay", c.title, c.time.UTC().Format(time.RFC3339)))
				break
			}
		}
	}
}
