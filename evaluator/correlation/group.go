package correlation

import (
	"math"

	"github.com/socctl/socctl/compiler"
)

// group is the state of one group of a correlation.
type group struct {
	key     string
	entries ring      // of the window
	window  aggregate // over the entries
	armed   bool      // fires when the condition holds the next time
	dropped int       // entries of the present window that a limit dropped
	opened  int64     // of AtClose: when the window opened
	chain   []*link   // of TemporalOrdered: per input, the chain that starts latest
	last    int64     // time of the last entry
	gone    bool

	previous, next *group // in groupList
}

// slide moves a sliding window to an entry: [at-span, at], both ends included
// (D49). The condition can only come true with a new entry. It fires when that
// happens and arms again when it does not hold any more, be it before or with
// the entry (D52).
func (n *node) slide(g *group, e *entry) {
	for g.entries.size > 0 && g.entries.first().at < before(e.at, n.span) {
		g.window.remove(g.entries.pop())
	}
	if g.entries.size == 0 {
		g.dropped = 0
	}
	if _, holds := n.holds(g); !holds {
		g.armed = true
	}
	n.insert(g, e)
	value, holds := n.holds(g)
	if holds && g.armed {
		n.alert(g, e, value, g.contributors())
	}
	g.armed = !holds
}

// collect adds an entry to the window that is open, or opens one.
func (n *node) collect(g *group, e *entry) {
	if g.entries.size == 0 {
		g.opened, g.dropped = e.at, 0
		n.open = append(n.open, g)
	}
	n.insert(g, e)
}

// closeUntil closes the windows whose end is before t: a timespan after their
// first event, the end included. They were opened in the order of their times.
func (n *node) closeUntil(t int64) {
	for len(n.open) > 0 && (t == math.MaxInt64 || after(n.open[0].opened, n.span) < t) {
		g := n.open[0]
		n.open[0] = nil
		n.open = n.open[1:]
		if g.gone {
			continue
		}
		if value, holds := n.holds(g); holds {
			n.alert(g, g.entries.last(), value, g.contributors())
		}
		n.drop(g)
	}
}

func (n *node) insert(g *group, e *entry) {
	if g.entries.size >= n.engine.options.MaxEntries {
		g.window.remove(g.entries.pop())
		g.dropped++
		n.engine.stats.Entries++
	}
	g.entries.push(e)
	g.window.add(e)
}

// holds evaluates the condition on the window.
func (n *node) holds(g *group) (compiler.Number, bool) {
	if n.c.Condition != nil {
		inputs := g.window.(*inputCounts)
		return compiler.Number{}, n.c.Condition.Holds(inputs.matched)
	}
	value, ok := g.window.value()
	if !ok {
		return value, false
	}
	for _, c := range n.c.Compare {
		if !c.Holds(value) {
			return value, false
		}
	}
	return value, true
}

func (g *group) contributors() []*Contributor {
	out := make([]*Contributor, 0, g.entries.size)
	for i := range g.entries.size {
		out = append(out, g.entries.at(i).from)
	}
	return out
}

// groupList is a list of groups, that of the oldest entry first.
type groupList struct{ first, last *group }

func (l *groupList) touch(g *group) {
	if l.last == g {
		return
	}
	l.remove(g)
	g.previous = l.last
	if l.last != nil {
		l.last.next = g
	} else {
		l.first = g
	}
	l.last = g
}

// insert puts a group where its last entry belongs.
func (l *groupList) insert(g *group) {
	l.remove(g)
	at := l.last
	for at != nil && at.last > g.last {
		at = at.previous
	}
	g.previous = at
	if at != nil {
		g.next, at.next = at.next, g
	} else {
		g.next, l.first = l.first, g
	}
	if g.next != nil {
		g.next.previous = g
	} else {
		l.last = g
	}
}

func (l *groupList) remove(g *group) {
	if g.previous != nil {
		g.previous.next = g.next
	} else if l.first == g {
		l.first = g.next
	}
	if g.next != nil {
		g.next.previous = g.previous
	} else if l.last == g {
		l.last = g.previous
	}
	g.previous, g.next = nil, nil
}

// ring is a queue of entries.
type ring struct {
	slots []*entry
	head  int
	size  int
}

func (r *ring) at(i int) *entry { return r.slots[(r.head+i)&(len(r.slots)-1)] }
func (r *ring) first() *entry   { return r.at(0) }
func (r *ring) last() *entry    { return r.at(r.size - 1) }

func (r *ring) push(e *entry) {
	if r.size == len(r.slots) {
		slots := make([]*entry, max(4, 2*r.size))
		for i := range r.size {
			slots[i] = r.at(i)
		}
		r.slots, r.head = slots, 0
	}
	r.slots[(r.head+r.size)&(len(r.slots)-1)] = e
	r.size++
}

func (r *ring) pop() *entry {
	e := r.slots[r.head]
	r.slots[r.head] = nil
	r.head = (r.head + 1) & (len(r.slots) - 1)
	r.size--
	return e
}
