package evaluator

import (
	"slices"
	"strings"
)

// Memo remembers something that is computed of events, by what computing it read of
// their records: records of one shape with the same texts there have the same. It is
// for one goroutine.
type Memo[T any] struct {
	Weigh func(T) int // bytes that a value takes, roughly; nil if they hardly matter

	reading Records // whose buffers serve to read leaves
	trees   []memoTree[T]
	size    int
}

type memoTree[T any] struct {
	asks  reading
	next  map[string]*memoTree[T]
	text  string       // that leads here
	last  *memoTree[T] // the latest of next
	value T
	known bool
}

// maxMemo is how many bytes are remembered, and of texts that lead there, roughly.
const maxMemo = 16 << 20

// Of returns what compute returns of the event of a record. Compute is given a
// trace that knows what was read when the event was made, and must depend on
// nothing but what it reads of the event.
func (m *Memo[T]) Of(r *Record, compute func(event Routed, t *Trace) T) (T, error) {
	var none T
	if r.Shape < 0 {
		event, err := r.Reader.Event(nil)
		if err != nil {
			return none, err
		}
		return compute(event, nil), nil
	}
	for r.Shape >= len(m.trees) {
		m.trees = append(m.trees, memoTree[T]{})
	}
	t := &m.trees[r.Shape]
	for !t.known {
		if t.next == nil {
			return m.learn(r, compute)
		}
		if answer := m.reading.answer(t.asks, r); t.last == nil || answer != t.last.text {
			next := t.next[answer]
			if next == nil {
				return m.learn(r, compute)
			}
			t.last = next
		}
		t = t.last
	}
	return t.value, nil
}

func (m *Memo[T]) learn(r *Record, compute func(event Routed, t *Trace) T) (T, error) {
	if m.size > maxMemo {
		clear(m.trees)
		m.size = 0
	}
	trace := NewTrace()
	event, err := r.Reader.Event(trace)
	if err != nil {
		var none T
		return none, err
	}
	value := compute(event, trace)
	left := slices.Clone(trace.reads)
	t := &m.trees[r.Shape]
	for t.next != nil || len(left) > 0 {
		if t.next == nil {
			t.asks, t.next = left[0], map[string]*memoTree[T]{}
		}
		left = slices.DeleteFunc(left, func(asked reading) bool { return asked == t.asks })
		answer := m.reading.answer(t.asks, r)
		if len(answer) > maxAnswer {
			return value, nil // not worth remembering
		}
		if t.next[answer] == nil {
			text := strings.Clone(answer)
			t.next[text] = &memoTree[T]{text: text}
			m.size += nodeBytes + len(answer)
		}
		t = t.next[answer]
	}
	t.value, t.known = value, true
	if m.Weigh != nil {
		m.size += m.Weigh(value)
	}
	return value, nil
}

// Leaf returns the number of the leaf that a traced value is, false if it is
// something else.
func (t *Trace) Leaf(v Value) (int, bool) {
	if leaf := v.tracedLeaf(); leaf != nil && leaf.trace == t {
		return int(leaf.leaf), true
	}
	return 0, false
}

// Fork returns what f returns, and the leaves whose texts it read; the trace does
// not count them as read.
func Fork[T any](t *Trace, f func() T) (value T, leaves []int) {
	reads, seen := t.reads, t.seen
	t.reads, t.seen = nil, map[reading]bool{}
	value = f()
	for _, r := range t.reads {
		leaves = append(leaves, int(r.leaf))
	}
	t.reads, t.seen = reads, seen
	return value, leaves
}
