package main

import (
	"sync"

	"github.com/socctl/socctl/evaluator"
)

// maxHeld is how many bytes of records may be under way from the reader through
// the workers; a larger record travels alone. Records are counted by what they
// hold: as values they take some times as much memory.
const maxHeld = 64 << 20

// queue hands entries from one goroutine to another as many at a time as have
// come together: full batches from a fast source, and what there is from a slow
// one.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	waiting []entry
	held    int // bytes of entries that were put and not released yet
	closed  bool
}

func newQueue() *queue {
	q := &queue{}
	q.changed.L = &q.mu
	return q
}

// put appends an entry; it waits while a whole batch is there that nobody takes,
// or too much is under way.
func (q *queue) put(e entry) {
	e.size = e.bytes()
	q.mu.Lock()
	for len(q.waiting) >= batchSize || q.held > 0 && q.held+e.size > maxHeld {
		q.changed.Wait()
	}
	q.held += e.size
	q.waiting = append(q.waiting, e)
	if len(q.waiting) == 1 {
		q.changed.Broadcast()
	}
	q.mu.Unlock()
}

// close says that nothing more comes.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.changed.Broadcast()
	q.mu.Unlock()
}

// take returns what there is, waiting until there is something; nil once the
// queue is closed and empty.
func (q *queue) take() []entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	taken := q.waiting
	q.waiting = make([]entry, 0, len(taken))
	q.changed.Broadcast()
	return taken[:len(taken):len(taken)]
}

// release says that entries which were taken are done with.
func (q *queue) release(entries []entry) {
	size := 0
	for i := range entries {
		size += entries[i].size
	}
	q.mu.Lock()
	q.held -= size
	q.changed.Broadcast()
	q.mu.Unlock()
}

// bytes returns how much an entry holds.
func (e *entry) bytes() int {
	if e.record.Raw != nil {
		return len(e.record.Raw)
	}
	return bytesOf(e.record.Value)
}

func bytesOf(v evaluator.Value) int {
	const word = 16 // that a value takes, and a name
	n := word
	switch v.Kind() {
	case evaluator.List:
		for _, item := range v.Items() {
			n += bytesOf(item)
		}
	case evaluator.Object:
		for _, m := range v.Members() {
			n += word + bytesOf(m.Value)
		}
	default:
		n += len(v.Text())
	}
	return n
}
