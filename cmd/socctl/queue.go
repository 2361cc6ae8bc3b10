package main

import "sync"

// queue hands entries from one goroutine to another as many at a time as have
// come together: full batches from a fast source, and what there is from a slow
// one.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	waiting []entry
	closed  bool
}

func newQueue() *queue {
	q := &queue{}
	q.changed.L = &q.mu
	return q
}

// put appends an entry; it waits while a whole batch is there that nobody takes.
func (q *queue) put(e entry) {
	q.mu.Lock()
	for len(q.waiting) >= batchSize {
		q.changed.Wait()
	}
	q.waiting = append(q.waiting, e)
	if len(q.waiting) == 1 {
		q.changed.Signal()
	}
	q.mu.Unlock()
}

// close says that nothing more comes.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.changed.Signal()
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
	q.changed.Signal()
	return taken[:len(taken):len(taken)]
}
