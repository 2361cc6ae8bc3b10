package correlation

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// Load adds a state to that of the engine. Correlations are recognised by their
// hash, those that mean the same by their order as well; the states of those
// that the program does not have are left out, and their number is returned.
// What correlations above now ask of an entry, and did not before, is missing
// in it. A group that both know gets the matches of both.
// The engine then continues as one that saw all matches itself, if no group
// was known to both, as is the case when matches are divided by group. What
// exceeds its limits is dropped and counted. An error leaves it as it was.
func (e *Engine) Load(state []byte) (unknown int, err error) {
	var s engineState
	if err := json.Unmarshal(state, &s); err != nil {
		return 0, fmt.Errorf("this is no state of correlations: %w", err)
	}
	if s.Version != stateVersion {
		return 0, fmt.Errorf("state of version %d, want %d: start without it", s.Version, stateVersion)
	}
	l := loader{rules: map[string][]*compiler.Rule{}, nodes: map[string][]*node{}}
	for _, r := range e.program.Rules {
		l.rules[r.Hash] = append(l.rules[r.Hash], r)
	}
	for _, n := range e.nodes {
		l.nodes[n.c.Hash] = append(l.nodes[n.c.Hash], n)
	}
	var loaded []*loadedNode
	seen := map[string]int{}
	for i := range s.Nodes {
		hash := s.Nodes[i].Hash
		if seen[hash]++; seen[hash] > len(l.nodes[hash]) {
			unknown++
			continue
		}
		n, err := l.node(l.nodes[hash][seen[hash]-1], &s.Nodes[i])
		if err != nil {
			return 0, err
		}
		loaded = append(loaded, n)
	}
	for _, n := range loaded {
		n.merge()
	}
	e.watermark = max(e.watermark, s.Watermark)
	e.events = max(e.events, s.Events)
	e.stats.add(s.Stats)
	return unknown, nil
}

func (s *Stats) add(o Stats) {
	s.Hits += o.Hits
	s.Alerts += o.Alerts
	s.Untimed += o.Untimed
	s.Late += o.Late
	s.Ignored += o.Ignored
	s.Groups += o.Groups
	s.Entries += o.Entries
}

// loadedNode is the state of a node, checked, before it has any effect.
type loadedNode struct {
	node   *node
	pushed uint64
	queue  []*entry
	groups []loadedGroup
}

type loadedGroup struct {
	*groupState
	entries []*entry
	chain   []*link
}

// loader makes references of hashes.
type loader struct {
	rules map[string][]*compiler.Rule // several may mean the same
	nodes map[string][]*node
}

var errState = errors.New("the state is damaged: start without it")

func (l *loader) node(n *node, s *nodeState) (*loadedNode, error) {
	out := &loadedNode{node: n, pushed: s.Pushed}
	in := loaderOf{l, n, s.Carried}
	var err error
	if out.queue, err = in.entries(s.Queue); err != nil {
		return nil, err
	}
	for i := range s.Groups {
		g, err := in.group(&s.Groups[i])
		if err != nil {
			return nil, err
		}
		out.groups = append(out.groups, g)
	}
	return out, nil
}

// loaderOf loads what belongs to a node.
type loaderOf struct {
	*loader
	node    *node
	carried []string // names of what entries of the state carry
}

func (l *loaderOf) group(s *groupState) (loadedGroup, error) {
	c := l.node.c
	out := loadedGroup{groupState: s}
	_, valid := groupValues(c.GroupBy, string(s.Key))
	ordered := c.Type == compiler.TemporalOrdered
	if !valid || ordered && len(s.Entries) > 0 || !ordered && len(s.Chain) > 0 || c.AtClose && len(s.Entries) == 0 {
		return out, errState
	}
	if ordered {
		out.chain = make([]*link, len(c.Inputs))
	}
	for i := range s.Chain {
		end, err := l.link(&s.Chain[i])
		if err != nil {
			return out, err
		}
		out.chain[end.entry.input] = end
	}
	var err error
	out.entries, err = l.entries(s.Entries)
	return out, err
}

// link makes a chain, which has one entry for each input up to its own.
func (l *loaderOf) link(s *linkState) (*link, error) {
	entries, err := l.entries(s.Entries)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 || len(entries) != s.Input+1 {
		return nil, errState
	}
	var end *link
	for i, e := range entries {
		if e.input != i {
			return nil, errState
		}
		end = &link{entry: e, start: entries[0].at, back: end}
	}
	return end, nil
}

func (l *loaderOf) entries(states []entryState) ([]*entry, error) {
	var out []*entry
	for i := range states {
		e, err := l.entry(&states[i])
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (l *loaderOf) entry(s *entryState) (*entry, error) {
	_, valid := groupValues(l.node.c.GroupBy, string(s.Key))
	if !valid || s.Input < 0 || s.Input >= len(l.node.c.Inputs) || len(s.Carry) > len(l.carried) {
		return nil, errState
	}
	from, err := l.contributor(&s.From)
	if err != nil {
		return nil, err
	}
	e := &entry{place: place{s.At, s.Seq, s.Event}, input: s.Input, key: string(s.Key), tie: string(s.Tie), number: s.Number, from: from}
	for _, text := range s.Texts {
		v := value{text: string(text)}
		if l.node.c.Type.Numeric() {
			number, ok := compiler.ParseNumber(v.text)
			if !ok {
				return nil, errState
			}
			v = value{number: number}
		}
		e.values = append(e.values, v)
	}
	for _, name := range l.node.carried {
		var v evaluator.Value
		if i := indexOf(l.carried, name); i >= 0 && i < len(s.Carry) {
			if v, err = loadValue(&s.Carry[i]); err != nil {
				return nil, err
			}
		}
		e.carry = append(e.carry, v)
	}
	return e, nil
}

func loadValue(s *valueState) (evaluator.Value, error) {
	var items []evaluator.Value
	for i := range s.Items {
		item, err := loadValue(&s.Items[i])
		if err != nil {
			return item, err
		}
		items = append(items, item)
	}
	switch text := string(s.Text); {
	case s.Kind == evaluator.Null:
		return evaluator.NullValue(), nil
	case s.Kind == evaluator.Bool:
		return evaluator.BoolValue(text == "true"), nil
	case s.Kind == evaluator.Number && text != "":
		return evaluator.NumberValue(text), nil
	case s.Kind == evaluator.String:
		return evaluator.StringValue(text), nil
	case s.Kind == evaluator.List:
		return evaluator.ListValue(items...), nil
	case s.Kind == evaluator.Object && len(s.Names) == len(items):
		var members []evaluator.Member
		for i, name := range s.Names {
			members = append(members, evaluator.Member{Name: string(name), Value: items[i]})
		}
		return evaluator.ObjectValue(members...), nil
	}
	return evaluator.NullValue(), errState
}

func (l *loader) contributor(s *contributorState) (*Contributor, error) {
	c := &Contributor{Time: s.Time, Origin: string(s.Origin)}
	switch {
	case s.Alert != nil:
		var err error
		c.Alert, err = l.alert(s.Alert)
		return c, err
	case s.Rule == nil:
		return nil, errState
	}
	var ok bool
	c.Rule, ok = twin(l.rules, *s.Rule)
	if !ok {
		return nil, errState
	}
	return c, nil
}

func (l *loader) alert(s *alertState) (*Alert, error) {
	n, ok := twin(l.nodes, s.Correlation)
	if !ok {
		return nil, errState
	}
	a := &Alert{Correlation: n.c, Time: s.Time, Dropped: s.Dropped}
	a.Value, _ = compiler.ParseNumber(s.Value)
	if a.Group, ok = groupValues(n.c.GroupBy, string(s.Key)); !ok {
		return nil, errState
	}
	for i := range s.Contributors {
		inner, err := l.contributor(&s.Contributors[i])
		if err != nil {
			return nil, err
		}
		a.Contributors = append(a.Contributors, inner)
	}
	return a, nil
}

// twin finds what is meant, or the last that means the same if there are fewer by now.
func twin[T any](all map[string][]T, m meaning) (found T, ok bool) {
	same := all[m.Hash]
	if len(same) == 0 || m.Twin < 0 {
		return found, false
	}
	return same[min(m.Twin, len(same)-1)], true
}

// merge adds a loaded state to that of its node.
func (l *loadedNode) merge() {
	n := l.node
	n.pushed = max(n.pushed, l.pushed)
	for _, e := range l.queue {
		n.enqueue(e)
	}
	for _, g := range l.groups {
		n.merge(g)
	}
	n.open = slices.DeleteFunc(n.open, func(g *group) bool { return g.gone })
	slices.SortStableFunc(n.open, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.opened, b.opened), compareEntries(a.entries.first(), b.entries.first()))
	})
	n.engine.schedule.wake(n)
}

func (n *node) merge(s loadedGroup) {
	known := n.groups[string(s.Key)] != nil
	g := n.group(string(s.Key))
	g.armed = s.Armed && (!known || g.armed)
	g.dropped += s.Dropped
	g.last = max(g.last, s.Last)
	n.recent.insert(g)
	if n.c.AtClose && g.entries.size == 0 {
		g.opened = s.Opened
		n.open = append(n.open, g)
	}
	g.opened = min(g.opened, s.Opened)
	entries := s.entries
	for i := range g.entries.size {
		entries = append(entries, g.entries.at(i))
	}
	slices.SortFunc(entries, compareEntries)
	g.entries, g.window = ring{}, newAggregate(n.c)
	for _, e := range entries {
		n.insert(g, e)
	}
	g.chain = laterChains(g.chain, s.chain)
}

// laterChains keeps, of two chains up to the same input, the one that starts later.
func laterChains(a, b []*link) []*link {
	if a == nil {
		return b
	}
	for i, end := range b {
		if end != nil && (a[i] == nil || a[i].start < end.start) {
			a[i] = end
		}
	}
	return a
}
