package backtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/correlation"
	"github.com/socctl/socctl/rules"
)

// What became of a rule since the base.
const (
	Added     = "added"
	Removed   = "removed"
	Broken    = "broken"    // it is there, and has an error now
	Mended    = "mended"    // it had an error
	Changed   = "changed"   // it means something else, or no longer does the same of raising alerts and only feeding correlations
	Metadata  = "metadata"  // it means the same under another title or level
	Unchanged = "unchanged" // it means the same
)

// pairing compares the rules of now with those of before, event by event.
type pairing struct {
	rules        []pair // of head, then those that were removed
	correlations []pair
	ofHead       []int    // rule of head -> pair
	ofBase       []int    // rule of base -> pair
	marked       []uint64 // rule of the subject's program -> hit that it matched last
}

// pair is a rule as it is and as it was; one of the two may be missing, -1.
type pair struct {
	head, base   int
	status       string
	flaw         *Flaw // of the side that is broken
	gained, lost int
	gains, loses []Sample

	alerts map[string]*counterpart // of a correlation that means something else, by what identifies them
}

// counterpart is alerts that look the same: how many more there are now.
type counterpart struct {
	more   int
	sample Sample
}

// maxCounterparts bounds the alerts of one correlation that are compared.
const maxCounterparts = 100_000

func newPairing(m *measurement) *pairing {
	p := &pairing{marked: make([]uint64, len(m.subject.program.Rules))}
	head, base := m.head.program, m.base.program
	p.rules = pairUp(len(head.Rules), len(base.Rules), rulesOf(head, m.options.Root), rulesOf(base, m.options.BaseRoot))
	p.correlations = pairUp(len(head.Correlations), len(base.Correlations), correlationsOf(head, m.options.Root), correlationsOf(base, m.options.BaseRoot))
	p.tellBroken(m)
	p.ofHead, p.ofBase = make([]int, len(head.Rules)), make([]int, len(base.Rules))
	for n := range p.rules {
		if i := p.rules[n].head; i >= 0 {
			p.ofHead[i] = n
		}
		if i := p.rules[n].base; i >= 0 {
			p.ofBase[i] = n
		}
	}
	m.base.raised = p.watch(m.base.program, func(x *pair) int { return x.base }, -1)
	return p
}

// identity is what a rule is known by, and what it is.
type identity struct {
	key, hash string
	alerts    bool // it raises them itself, and does not only feed correlations
	face      string
}

// rulesOf and correlationsOf return what those of a program are, by their numbers.
func rulesOf(p *compiler.Program, root string) func(int) identity {
	return func(i int) identity {
		r := p.Rules[i]
		return identity{keyBelow(root, r.Source, r.ID, r.Title), r.Hash, r.Alerts, r.Title + "\x00" + r.Level}
	}
}

func correlationsOf(p *compiler.Program, root string) func(int) identity {
	return func(i int) identity {
		c := p.Correlations[i]
		return identity{keyBelow(root, c.Source, c.ID, c.Title), c.Hash, c.Alerts, c.Title + "\x00" + c.Level}
	}
}

// pairUp finds the rule of before of each rule of now. Of several that nothing tells apart,
// as two documents of one file without ids, those that mean the same belong together, then
// the others in their order.
func pairUp(heads, bases int, head, base func(int) identity) []pair {
	waiting := map[string][]int{}
	for i := range bases {
		key := base(i).key
		waiting[key] = append(waiting[key], i)
	}
	out := make([]pair, heads)
	for i := range out {
		out[i] = pair{head: i, base: -1, status: Added}
	}
	match := func(suits func(was, is identity) bool) {
		for i := range out {
			is := head(i)
			found := waiting[is.key]
			n := slices.IndexFunc(found, func(k int) bool { return suits(base(k), is) })
			if out[i].base >= 0 || n < 0 {
				continue
			}
			out[i].base, out[i].status = found[n], became(base(found[n]), is)
			waiting[is.key] = slices.Delete(found, n, n+1)
		}
	}
	match(func(was, is identity) bool { return was.hash == is.hash })
	match(func(was, is identity) bool { return true })
	for i := range bases {
		if slices.Contains(waiting[base(i).key], i) {
			out = append(out, pair{head: -1, base: i, status: Removed})
		}
	}
	return out
}

// became says what became of a rule that both sides have.
func became(was, is identity) string {
	switch {
	case was.hash != is.hash || was.alerts != is.alerts:
		return Changed
	case was.face != is.face:
		return Metadata
	}
	return Unchanged
}

// tellBroken tells rules that have an error on one side from those that are not there.
func (p *pairing) tellBroken(m *measurement) {
	head, base := m.head.program, m.base.program
	tell := func(pairs []pair, now, before func(int) (rules.Document, string, string)) {
		for n := range pairs {
			switch x := &pairs[n]; x.status {
			case Added:
				x.markBroken(Mended, m.options.BaseFlaws, x.head, now)
			case Removed:
				x.markBroken(Broken, m.options.Flaws, x.base, before)
			}
		}
	}
	rule := func(of *compiler.Program) func(int) (rules.Document, string, string) {
		return func(i int) (rules.Document, string, string) {
			r := of.Rules[i]
			return r.Source, r.ID, r.Title
		}
	}
	correlation := func(of *compiler.Program) func(int) (rules.Document, string, string) {
		return func(i int) (rules.Document, string, string) {
			c := of.Correlations[i]
			return c.Source, c.ID, c.Title
		}
	}
	tell(p.rules, rule(head), rule(base))
	tell(p.correlations, correlation(head), correlation(base))
}

// markBroken gives a pair another status if the side that it lacks is broken.
func (x *pair) markBroken(status string, flaws *Flaws, i int, of func(int) (rules.Document, string, string)) {
	if x.flaw = flaws.of(of(i)); x.flaw != nil {
		x.status = status
	}
}

// compare notes which rules the current event is gained or lost by.
func (p *pairing) compare(m *measurement, h *Hit) {
	for _, match := range h.Matches {
		p.marked[m.subject.index[match.Rule]] = m.seq
	}
	for _, match := range h.Matches {
		info := &m.ruleOf[m.subject.index[match.Rule]]
		for _, i := range info.head {
			x := &p.rules[p.ofHead[i]]
			if x.differs() && (x.base < 0 || p.marked[m.subject.base[x.base]] != m.seq) {
				x.gained++
				x.gains = m.exemplify(x.gains, match, info)
			}
		}
		for _, i := range info.base {
			x := &p.rules[p.ofBase[i]]
			if x.differs() && (x.head < 0 || p.marked[x.head] != m.seq) {
				x.lost++
				x.loses = m.exemplify(x.loses, match, info)
			}
		}
	}
}

// differs reports whether the two may match other events.
func (x *pair) differs() bool { return x.status != Metadata && x.status != Unchanged }

// exemplify adds the current event to samples, if there are not enough yet.
func (m *measurement) exemplify(samples []Sample, match evaluator.Match, info *ruleInfo) []Sample {
	if len(samples) >= m.options.Samples {
		return samples
	}
	l := m.load()
	var seen evaluator.Event
	var key causeKey
	if !l.failed {
		seen = seenBy(m.ev, match, l.event, l.views)
		key = m.contexts.of(info.fields, info.ofAll, seen).key
	}
	return append(samples, m.sample(match.View, seen, info, key))
}

// watch returns what takes the alerts of correlations of one side.
func (p *pairing) watch(of *compiler.Program, which func(*pair) int, sign int) func(int, *correlation.Alert, *Sample) {
	pairs := make([]*pair, len(of.Correlations))
	for n := range p.correlations {
		if i := which(&p.correlations[n]); i >= 0 {
			pairs[i] = &p.correlations[n]
		}
	}
	return func(i int, a *correlation.Alert, s *Sample) {
		if x := pairs[i]; x.differs() {
			x.note(a, s, sign)
		}
	}
}

// note adds an alert to one side of the comparison.
func (x *pair) note(a *correlation.Alert, s *Sample, sign int) {
	var key strings.Builder
	fmt.Fprintf(&key, "%d\x00%s\x00%d\x00", a.Time.UnixNano(), s.Source, s.Record)
	for _, g := range a.Group {
		fmt.Fprintf(&key, "%t\x00%s\x00", g.Present, g.Value)
	}
	if x.alerts == nil {
		x.alerts = map[string]*counterpart{}
	}
	known := x.alerts[key.String()]
	if known == nil {
		if len(x.alerts) >= maxCounterparts {
			return
		}
		known = &counterpart{sample: *s}
		x.alerts[key.String()] = known
	}
	known.more += sign
}

// settle counts the alerts of a correlation that only one side has.
func (x *pair) settle(samples int) {
	for _, key := range sortedKeys(x.alerts) {
		c := x.alerts[key]
		switch {
		case c.more > 0:
			x.gained += c.more
			if len(x.gains) < samples {
				x.gains = append(x.gains, c.sample)
			}
		case c.more < 0:
			x.lost -= c.more
			if len(x.loses) < samples {
				x.loses = append(x.loses, c.sample)
			}
		}
	}
	x.alerts = nil
}

// report tells a pair; before is what the rule of before did, nil if there is none.
func (x *pair) report(before *RuleReport) *Change {
	c := &Change{Status: x.status, Error: x.flaw, Gained: x.gained, Lost: x.lost, GainedSamples: x.gains, LostSamples: x.loses}
	if x.status == Broken { // it is not meant to lose them
		c.Lost, c.LostSamples, c.Unseen, c.UnseenSamples = 0, nil, x.lost, x.loses
	}
	if before != nil {
		c.AlertsBefore, c.RateBefore, c.LevelBefore = before.Alerts, before.Rate, before.Level
		if x.differs() {
			c.DaysBefore, c.HostsBefore = before.Days, before.Hosts
		}
	}
	return c
}
