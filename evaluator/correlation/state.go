package correlation

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// stateVersion changes whenever an older state can no longer be read.
const stateVersion = 2

// engineState is the JSON form of an Engine's state.
type engineState struct {
	Version   int         `json:"version"`
	Watermark int64       `json:"watermark"` // nanoseconds since 1970
	Stats     Stats       `json:"stats"`
	Nodes     []nodeState `json:"correlations"`
}

type nodeState struct {
	Hash   string       `json:"hash"`
	Queue  []entryState `json:"queue,omitempty"`
	Groups []groupState `json:"groups,omitempty"` // that of the oldest entry first
}

type groupState struct {
	Key     []byte       `json:"key"`
	Armed   bool         `json:"armed"`
	Dropped int          `json:"dropped,omitempty"`
	Opened  int64        `json:"opened,omitempty"`
	Last    int64        `json:"last"`
	Entries []entryState `json:"entries,omitempty"`
	Chain   []linkState  `json:"chain,omitempty"`
}

// linkState is a chain of an ordered correlation, its first entry first.
type linkState struct {
	Input   int          `json:"input"`
	Entries []entryState `json:"entries"`
}

type entryState struct {
	At     int64             `json:"at"`
	Seq    uint64            `json:"seq"`
	Event  uint64            `json:"event,omitempty"`
	Input  int               `json:"input"`
	Key    []byte            `json:"key,omitempty"`
	Tie    []byte            `json:"tie,omitempty"`
	Number uint64            `json:"number"`
	Texts  [][]byte          `json:"texts,omitempty"` // of which not all are UTF-8
	Carry  []json.RawMessage `json:"carry,omitempty"`
	From   contributorState  `json:"from"`
}

type contributorState struct {
	Rule   string      `json:"rule,omitempty"` // hash
	Alert  *alertState `json:"alert,omitempty"`
	Time   time.Time   `json:"time"`
	Origin string      `json:"origin,omitempty"`
}

type alertState struct {
	Correlation  string             `json:"correlation"` // hash
	Time         time.Time          `json:"time"`
	Group        []GroupValue       `json:"group,omitempty"`
	Value        string             `json:"value"`
	Contributors []contributorState `json:"contributors"`
	Dropped      int                `json:"dropped,omitempty"`
}

// State returns all that the engine knows, as JSON, for another one to Load.
func (e *Engine) State() ([]byte, error) {
	s := engineState{Version: stateVersion, Watermark: e.watermark, Stats: e.stats}
	for _, n := range e.nodes {
		out := nodeState{Hash: n.c.Hash}
		queue := slices.Clone(n.queue)
		slices.SortFunc(queue, compareEntries)
		for _, q := range queue {
			out.Queue = append(out.Queue, n.saveEntry(q))
		}
		for g := n.recent.first; g != nil; g = g.next {
			out.Groups = append(out.Groups, n.saveGroup(g))
		}
		s.Nodes = append(s.Nodes, out)
	}
	return json.Marshal(&s)
}

func compareEntries(a, b *entry) int {
	switch {
	case a.before(b):
		return -1
	case b.before(a):
		return 1
	}
	return 0
}

func (n *node) saveGroup(g *group) groupState {
	out := groupState{Key: []byte(g.key), Armed: g.armed, Dropped: g.dropped, Opened: g.opened, Last: g.last}
	for i := range g.entries.size {
		out.Entries = append(out.Entries, n.saveEntry(g.entries.at(i)))
	}
	for input, end := range g.chain {
		if end == nil {
			continue
		}
		l := linkState{Input: input}
		for ; end != nil; end = end.back {
			l.Entries = append(l.Entries, n.saveEntry(end.entry))
		}
		slices.Reverse(l.Entries)
		out.Chain = append(out.Chain, l)
	}
	return out
}

func (n *node) saveEntry(e *entry) entryState {
	out := entryState{At: e.at, Seq: e.seq, Event: e.event, Input: e.input, Key: []byte(e.key), Tie: []byte(e.tie), Number: e.number, From: saveContributor(e.from)}
	for _, v := range e.values {
		text := v.text
		if n.c.Type.Numeric() {
			text = v.number.String()
		}
		out.Texts = append(out.Texts, []byte(text))
	}
	for _, v := range e.carry {
		out.Carry = append(out.Carry, v.AppendJSON(nil))
	}
	return out
}

func saveContributor(c *Contributor) contributorState {
	out := contributorState{Time: c.Time, Origin: c.Origin}
	if c.Rule != nil {
		out.Rule = c.Rule.Hash
	}
	if a := c.Alert; a != nil {
		out.Alert = &alertState{Correlation: a.Correlation.Hash, Time: a.Time, Group: a.Group, Value: a.Value.String(), Dropped: a.Dropped}
		for _, inner := range a.Contributors {
			out.Alert.Contributors = append(out.Alert.Contributors, saveContributor(inner))
		}
	}
	return out
}

// Load adds a state to that of the engine. Correlations are recognised by their
// hash, those that mean the same by their order as well; the states of those that the program does not have are left out, and
// their number is returned. A group that both know gets the matches of both.
// The engine then continues as one that saw all matches itself, if no group
// was known to both, as is the case when matches are divided by group.
func (e *Engine) Load(state []byte) (unknown int, err error) {
	var s engineState
	if err := json.Unmarshal(state, &s); err != nil {
		return 0, fmt.Errorf("this is no state of correlations: %w", err)
	}
	if s.Version != stateVersion {
		return 0, fmt.Errorf("state of version %d, want %d: start without it", s.Version, stateVersion)
	}
	l := loader{rules: map[string]*compiler.Rule{}, correlations: map[string]*compiler.Correlation{}}
	for _, r := range e.program.Rules {
		l.rules[r.Hash] = r
	}
	nodes := map[string][]*node{} // several may mean the same
	for _, n := range e.nodes {
		nodes[n.c.Hash] = append(nodes[n.c.Hash], n)
		l.correlations[n.c.Hash] = n.c
	}
	for i := range s.Nodes {
		hash := s.Nodes[i].Hash
		if len(nodes[hash]) == 0 {
			unknown++
			continue
		}
		if err := l.node(nodes[hash][0], &s.Nodes[i]); err != nil {
			return unknown, err
		}
		nodes[hash] = nodes[hash][1:]
	}
	e.watermark = max(e.watermark, s.Watermark)
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

// loader makes references of hashes.
type loader struct {
	rules        map[string]*compiler.Rule
	correlations map[string]*compiler.Correlation
}

var errState = errors.New("the state is damaged: start without it")

func (l *loader) node(n *node, s *nodeState) error {
	for i := range s.Queue {
		e, err := l.entry(n, &s.Queue[i])
		if err != nil {
			return err
		}
		n.enqueue(e)
	}
	for i := range s.Groups {
		if err := l.group(n, &s.Groups[i]); err != nil {
			return err
		}
	}
	slices.SortStableFunc(n.open, func(a, b *group) int {
		return cmp.Compare(a.opened, b.opened)
	})
	n.engine.schedule.wake(n)
	return nil
}

func (l *loader) group(n *node, s *groupState) error {
	known := n.groups[string(s.Key)] != nil
	g := n.group(string(s.Key))
	g.armed = s.Armed && (!known || g.armed)
	g.dropped += s.Dropped
	g.last = max(g.last, s.Last)
	n.recent.insert(g)
	var entries []*entry
	for i := range g.entries.size {
		entries = append(entries, g.entries.at(i))
	}
	for i := range s.Entries {
		e, err := l.entry(n, &s.Entries[i])
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, compareEntries)
	if n.c.AtClose && g.entries.size == 0 {
		g.opened = s.Opened
		n.open = append(n.open, g)
	}
	g.opened = min(g.opened, s.Opened)
	g.entries, g.window = ring{}, newAggregate(n.c)
	for _, e := range entries {
		g.entries.push(e)
		g.window.add(e)
	}
	return l.chains(n, g, s.Chain)
}

// chains keeps, of two chains up to the same input, the one that starts later.
func (l *loader) chains(n *node, g *group, chains []linkState) error {
	if len(chains) > 0 && g.chain == nil {
		g.chain = make([]*link, len(n.c.Inputs))
	}
	for _, c := range chains {
		var end *link
		for i := range c.Entries {
			e, err := l.entry(n, &c.Entries[i])
			if err != nil {
				return err
			}
			next := &link{entry: e, start: e.at, back: end}
			if end != nil {
				next.start = end.start
			}
			end = next
		}
		if end == nil || c.Input < 0 || c.Input >= len(g.chain) {
			return errState
		}
		if old := g.chain[c.Input]; old == nil || old.start < end.start {
			g.chain[c.Input] = end
		}
	}
	return nil
}

func (l *loader) entry(n *node, s *entryState) (*entry, error) {
	if s.Input < 0 || s.Input >= len(n.c.Inputs) || len(s.Carry) > len(n.carried) {
		return nil, errState
	}
	from, err := l.contributor(&s.From)
	if err != nil {
		return nil, err
	}
	e := &entry{place: place{s.At, s.Seq, s.Event}, input: s.Input, key: string(s.Key), tie: string(s.Tie), number: s.Number, from: from}
	n.pushed = max(n.pushed, s.Number+1)
	n.engine.events = max(n.engine.events, s.Event)
	for _, saved := range s.Texts {
		text := string(saved)
		v := value{text: text}
		if n.c.Type.Numeric() {
			number, ok := compiler.ParseNumber(text)
			if !ok {
				return nil, errState
			}
			v = value{number: number}
		}
		e.values = append(e.values, v)
	}
	for _, raw := range s.Carry {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		v, err := carried(d)
		if err != nil {
			return nil, errState
		}
		e.carry = append(e.carry, v)
	}
	return e, nil
}

func (l *loader) contributor(s *contributorState) (*Contributor, error) {
	c := &Contributor{Rule: l.rules[s.Rule], Time: s.Time, Origin: s.Origin}
	if s.Alert == nil {
		if c.Rule == nil {
			return nil, errState
		}
		return c, nil
	}
	a := &Alert{Correlation: l.correlations[s.Alert.Correlation], Time: s.Alert.Time, Group: s.Alert.Group, Dropped: s.Alert.Dropped}
	a.Value, _ = compiler.ParseNumber(s.Alert.Value)
	if a.Correlation == nil {
		return nil, errState
	}
	for i := range s.Alert.Contributors {
		inner, err := l.contributor(&s.Alert.Contributors[i])
		if err != nil {
			return nil, err
		}
		a.Contributors = append(a.Contributors, inner)
	}
	c.Alert = a
	return c, nil
}

// carried decodes a value with the members of objects in their order, on which
// its text depends.
func carried(d *json.Decoder) (evaluator.Value, error) {
	token, err := d.Token()
	if err != nil {
		return evaluator.Value{}, err
	}
	switch token {
	case json.Delim('['):
		var items []evaluator.Value
		for d.More() {
			item, err := carried(d)
			if err != nil {
				return evaluator.Value{}, err
			}
			items = append(items, item)
		}
		_, err = d.Token()
		return evaluator.ListValue(items...), err
	case json.Delim('{'):
		var members []evaluator.Member
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return evaluator.Value{}, err
			}
			v, err := carried(d)
			if err != nil {
				return evaluator.Value{}, err
			}
			members = append(members, evaluator.Member{Name: name.(string), Value: v})
		}
		_, err = d.Token()
		return evaluator.ObjectValue(members...), err
	}
	return evaluator.ValueOf(token), nil
}
