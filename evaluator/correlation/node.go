package correlation

import (
	"container/heap"
	"math"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// node is one correlation with the state of its groups.
type node struct {
	engine  *Engine
	c       *compiler.Correlation
	index   int   // in the program
	due     int64 // watermark for which the node is scheduled
	parents []subscription
	carried []string // fields that parents may ask alerts of this node for
	delay   int64    // how far its inputs are behind the watermark
	span    int64

	queue  entryHeap // inputs that are not older than the watermark
	groups map[string]*group
	recent groupList // groups by the time of their last entry
	open   []*group  // of AtClose: groups with an open window, first opened first
	key    []byte
	pushed uint64

	grouped int   // inputs that were put into groups
	lacking []int // of these, without the field, per field of group-by
}

// entry is an input in a queue or in a window.
type entry struct {
	place
	input  int
	key    string
	tie    string  // of an alert: the key of its group
	number uint64  // in the order in which the node got it
	values []value // of the types that look at values
	carry  []evaluator.Value
	from   *Contributor
}

// place is where an event stands among the others. Two that have the same are one event.
type place struct {
	at    int64  // its time
	seq   uint64 // see Hit
	event uint64 // its number in the order of arrival
}

// before orders entries: by time, then by arrival. Of one event the later input
// comes first, so that no event follows itself in an ordered correlation (D53).
// Alerts that one event raises for several groups come in the order of the keys.
func (a *entry) before(b *entry) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.seq != b.seq:
		return a.seq < b.seq
	case a.event != b.event:
		return a.event < b.event
	case a.input != b.input:
		return a.input > b.input
	case a.tie != b.tie:
		return a.tie < b.tie
	}
	return a.number < b.number
}

func newNode(e *Engine, c *compiler.Correlation, index int) *node {
	return &node{engine: e, c: c, index: index, due: math.MaxInt64, span: int64(c.Timespan), groups: map[string]*group{}, lacking: make([]int, len(c.GroupBy))}
}

// outDelay is how far the node's alerts may be behind the watermark: one that
// is decided at the close of a window has the time of an event inside it.
func (n *node) outDelay() int64 {
	if n.c.AtClose {
		return n.delay + n.span
	}
	return n.delay
}

// carry finds the fields that parents need. Parents have found theirs before.
func (n *node) carry() {
	add := func(names []string) {
		for _, name := range names {
			if indexOf(n.carried, name) < 0 {
				n.carried = append(n.carried, name)
			}
		}
	}
	for _, p := range n.parents {
		add(p.node.c.Inputs[p.input].GroupBy)
		add(p.node.c.Inputs[p.input].Fields)
		add(p.node.carried)
	}
}

func indexOf(names []string, name string) int {
	for i := range names {
		if names[i] == name {
			return i
		}
	}
	return -1
}

// fields is where an input's fields come from: an event, or an alert.
type fields struct {
	event evaluator.Event
	alert *Alert
	node  *node // that raised the alert
	last  *entry
}

// get returns a field. An alert has the names of its groups, and else what its
// last contributor had (D54). Null counts as missing (D51).
func (f *fields) get(name string) (evaluator.Value, bool) {
	if f.alert == nil {
		if f.event == nil {
			return evaluator.Value{}, false
		}
		v, ok := f.event.Field(name)
		return v, ok && !v.IsNull()
	}
	for _, g := range f.alert.Group {
		if g.Name == name {
			return evaluator.StringValue(g.Value), g.Present
		}
	}
	if i := indexOf(f.node.carried, name); i >= 0 && i < len(f.last.carry) {
		v := f.last.carry[i]
		return v, !v.IsNull()
	}
	return evaluator.Value{}, false
}

// push queues an input.
func (n *node) push(input int, at place, f fields, from *Contributor) {
	in := &n.c.Inputs[input]
	e := &entry{place: at, input: input, number: n.pushed, from: from}
	n.pushed++
	if f.last != nil {
		e.tie = f.last.key
	}
	if !n.values(e, in, &f) {
		n.engine.stats.Ignored++
		return
	}
	n.key = n.key[:0]
	n.grouped++
	for i, name := range in.GroupBy {
		v, ok := f.get(name)
		if !ok {
			n.lacking[i]++
		}
		n.key = appendKeyPart(n.key, v.Text(), ok)
	}
	if g, known := n.groups[string(n.key)]; known {
		e.key = g.key
	} else {
		e.key = string(n.key)
	}
	for _, name := range n.carried {
		v, ok := f.get(name)
		if !ok {
			v = evaluator.NullValue()
		}
		e.carry = append(e.carry, v)
	}
	n.enqueue(e)
}

func (n *node) enqueue(e *entry) {
	heap.Push(&n.queue, e)
	n.engine.schedule.wake(n)
}

// advance processes the inputs that the watermark has passed. An input exactly
// at the watermark is safe unless an alert of the same time may still come.
func (n *node) advance(watermark int64) {
	limit := watermark
	if n.delay > 0 {
		limit = before(watermark, n.delay) - 1
	}
	if watermark == math.MaxInt64 {
		limit = watermark
	}
	for len(n.queue) > 0 && n.queue[0].at <= limit {
		e := heap.Pop(&n.queue).(*entry)
		n.process(e)
	}
	if watermark == math.MaxInt64 {
		n.closeUntil(watermark)
		return
	}
	n.closeUntil(before(watermark, n.delay))
	n.expire(before(watermark, n.delay))
}

// before subtracts without wrapping around.
func before(t, d int64) int64 {
	if t < math.MinInt64+d {
		return math.MinInt64
	}
	return t - d
}

// after adds without wrapping around.
func after(t, d int64) int64 {
	if t > math.MaxInt64-d {
		return math.MaxInt64
	}
	return t + d
}

func (n *node) process(e *entry) {
	n.closeUntil(e.at)
	n.expire(e.at)
	g := n.group(e.key)
	g.last = e.at
	n.recent.touch(g)
	switch {
	case n.c.Type == compiler.TemporalOrdered:
		n.ordered(g, e)
	case n.c.AtClose:
		n.collect(g, e)
	default:
		n.slide(g, e)
	}
}

// group returns the group of a key, making room for it if need be.
func (n *node) group(key string) *group {
	if g := n.groups[key]; g != nil {
		return g
	}
	if len(n.groups) >= n.engine.options.MaxGroups {
		n.engine.stats.Groups++
		n.drop(n.recent.first)
	}
	g := &group{key: key, armed: true, window: newAggregate(n.c)}
	n.groups[key] = g
	return g
}

func (n *node) drop(g *group) {
	g.gone = true
	n.recent.remove(g)
	delete(n.groups, g.key)
}

// expire drops groups whose windows are empty at time t, however it continues.
func (n *node) expire(t int64) {
	if n.c.AtClose {
		return // closing does it
	}
	for g := n.recent.first; g != nil && after(g.last, n.span) < t; g = n.recent.first {
		n.drop(g)
	}
}

// alert raises an alert for a group whose last contributor is e.
func (n *node) alert(g *group, e *entry, value compiler.Number, contributors []*Contributor) {
	values, _ := groupValues(n.c.GroupBy, g.key)
	a := &Alert{Correlation: n.c, Time: time.Unix(0, e.at).UTC(), Group: values,
		Value: value, Contributors: contributors, Dropped: g.dropped}
	n.engine.stats.Alerts++
	n.engine.emit(a)
	from := &Contributor{Alert: a, Time: a.Time}
	for _, p := range n.parents {
		p.node.push(p.input, e.place, fields{alert: a, node: n, last: e}, from)
	}
}

// entryHeap is a heap of entries, the earliest first.
type entryHeap []*entry

func (h entryHeap) Len() int           { return len(h) }
func (h entryHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h entryHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *entryHeap) Push(x any)        { *h = append(*h, x.(*entry)) }
func (h *entryHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return e
}
