package correlation

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// stateVersion changes whenever an older state can no longer be read.
const stateVersion = 3

// engineState is the JSON form of an Engine's state. Texts of events are bytes
// in it: not all are UTF-8.
type engineState struct {
	Version   int         `json:"version"`
	Watermark int64       `json:"watermark"` // nanoseconds since 1970
	Events    uint64      `json:"events"`
	Stats     Stats       `json:"stats"`
	Nodes     []nodeState `json:"correlations"`
}

type nodeState struct {
	Hash    string       `json:"hash"`
	Carried []string     `json:"carried,omitempty"` // names of what entries carry
	Pushed  uint64       `json:"pushed"`
	Queue   []entryState `json:"queue,omitempty"`
	Groups  []groupState `json:"groups,omitempty"` // that of the oldest entry first
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
	At     int64            `json:"at"`
	Seq    uint64           `json:"seq"`
	Event  uint64           `json:"event,omitempty"`
	Input  int              `json:"input"`
	Key    []byte           `json:"key,omitempty"`
	Tie    []byte           `json:"tie,omitempty"`
	Number uint64           `json:"number"`
	Texts  [][]byte         `json:"texts,omitempty"`
	Carry  []valueState     `json:"carry,omitempty"`
	From   contributorState `json:"from"`
}

// valueState is a value of an event. Members of objects keep their order, on
// which the text of the object depends.
type valueState struct {
	Kind  evaluator.Kind `json:"kind"`
	Text  []byte         `json:"text,omitempty"`
	Names [][]byte       `json:"names,omitempty"` // of the members whose values are Items
	Items []valueState   `json:"items,omitempty"`
}

// meaning tells a rule or a correlation by its hash, and by its place among
// those that mean the same.
type meaning struct {
	Hash string `json:"hash"`
	Twin int    `json:"twin,omitempty"`
}

type contributorState struct {
	Rule   *meaning    `json:"rule,omitempty"`
	Alert  *alertState `json:"alert,omitempty"`
	Time   time.Time   `json:"time"`
	Origin []byte      `json:"origin,omitempty"`
}

type alertState struct {
	Correlation  meaning            `json:"correlation"`
	Time         time.Time          `json:"time"`
	Key          []byte             `json:"key,omitempty"` // of its group
	Value        string             `json:"value"`
	Contributors []contributorState `json:"contributors"`
	Dropped      int                `json:"dropped,omitempty"`
}

// ErrClosed means that an engine was closed, so that its windows are over: whoever
// loaded its state would take every match for late.
var ErrClosed = errors.New("the engine was closed: its windows are over, and nothing of it can go on")

// State returns all that the engine knows, as JSON, for another one to Load. After Close
// it returns ErrClosed.
func (e *Engine) State() ([]byte, error) {
	if e.watermark == math.MaxInt64 {
		return nil, ErrClosed
	}
	s := engineState{Version: stateVersion, Watermark: e.watermark, Events: e.events, Stats: e.stats}
	twins := saver{rules: map[*compiler.Rule]int{}, correlations: map[*compiler.Correlation]int{}}
	seen := map[string]int{}
	for _, r := range e.program.Rules {
		twins.rules[r] = seen[r.Hash]
		seen[r.Hash]++
	}
	for _, n := range e.nodes {
		twins.correlations[n.c] = seen[n.c.Hash]
		seen[n.c.Hash]++
	}
	for _, n := range e.nodes {
		s.Nodes = append(s.Nodes, twins.node(n))
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

// saver knows the places of rules and correlations among those that mean the same.
type saver struct {
	rules        map[*compiler.Rule]int
	correlations map[*compiler.Correlation]int
}

func (s *saver) node(n *node) nodeState {
	out := nodeState{Hash: n.c.Hash, Carried: n.carried, Pushed: n.pushed}
	queue := slices.Clone(n.queue)
	slices.SortFunc(queue, compareEntries)
	for _, q := range queue {
		out.Queue = append(out.Queue, s.entry(n, q))
	}
	for g := n.recent.first; g != nil; g = g.next {
		out.Groups = append(out.Groups, s.group(n, g))
	}
	return out
}

func (s *saver) group(n *node, g *group) groupState {
	out := groupState{Key: []byte(g.key), Armed: g.armed, Dropped: g.dropped, Opened: g.opened, Last: g.last}
	for i := range g.entries.size {
		out.Entries = append(out.Entries, s.entry(n, g.entries.at(i)))
	}
	for input, end := range g.chain {
		if end == nil {
			continue
		}
		l := linkState{Input: input}
		for ; end != nil; end = end.back {
			l.Entries = append(l.Entries, s.entry(n, end.entry))
		}
		slices.Reverse(l.Entries)
		out.Chain = append(out.Chain, l)
	}
	return out
}

func (s *saver) entry(n *node, e *entry) entryState {
	out := entryState{At: e.at, Seq: e.seq, Event: e.event, Input: e.input, Key: []byte(e.key), Tie: []byte(e.tie), Number: e.number, From: s.contributor(e.from)}
	for _, v := range e.values {
		text := v.text
		if n.c.Type.Numeric() {
			text = numberText(v.number)
		}
		out.Texts = append(out.Texts, []byte(text))
	}
	for _, v := range e.carry {
		out.Carry = append(out.Carry, saveValue(v))
	}
	return out
}

// numberText writes a number so that it is read as the same: what was no integer is none
// again, though its value be that of one, for sums of integers are exact.
func numberText(n compiler.Number) string {
	text := n.String()
	if read, _ := compiler.ParseNumber(text); read != n {
		text += ".0"
	}
	return text
}

func saveValue(v evaluator.Value) valueState {
	out := valueState{Kind: v.Kind()}
	switch v.Kind() {
	case evaluator.List:
		for _, item := range v.Items() {
			out.Items = append(out.Items, saveValue(item))
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			out.Names = append(out.Names, []byte(m.Name))
			out.Items = append(out.Items, saveValue(m.Value))
		}
	case evaluator.Bool, evaluator.Number, evaluator.String:
		out.Text = []byte(v.Text())
	}
	return out
}

func (s *saver) contributor(c *Contributor) contributorState {
	out := contributorState{Time: c.Time, Origin: []byte(c.Origin)}
	if c.Rule != nil {
		out.Rule = &meaning{c.Rule.Hash, s.rules[c.Rule]}
	}
	if a := c.Alert; a != nil {
		out.Alert = &alertState{Correlation: meaning{a.Correlation.Hash, s.correlations[a.Correlation]}, Time: a.Time, Value: a.Value.String(), Dropped: a.Dropped}
		for _, part := range a.Group {
			out.Alert.Key = appendKeyPart(out.Alert.Key, part.Value, part.Present)
		}
		for _, inner := range a.Contributors {
			out.Alert.Contributors = append(out.Alert.Contributors, s.contributor(inner))
		}
	}
	return out
}
