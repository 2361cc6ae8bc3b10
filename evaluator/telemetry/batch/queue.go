// Package batch hands the records of one reader to several workers, a batch at a
// time, and gives them their numbers when their results are put in order again.
//
// What is under way is bounded in bytes, whatever the size of the records.
package batch

import (
	"sync"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Size is how many records travel together; a slow source makes smaller batches,
// so that results appear as events arrive.
const Size = 256

// maxHeld is how many bytes of records may be under way from the reader through
// the workers; a larger record travels alone. Records are counted by what they
// hold: as values they take some times as much memory.
const maxHeld = 64 << 20

// Entry is a record, or a problem in its place.
type Entry struct {
	Record telemetry.Record
	Err    error

	size int
}

// Queue hands entries from one goroutine to another as many at a time as have
// come together: full batches from a fast source, and what there is from a slow
// one.
type Queue struct {
	mu      sync.Mutex
	changed sync.Cond
	waiting []Entry
	used    [][]Entry // memory of entries that were released
	held    int       // bytes of entries that were put and not released yet
	closed  bool
}

// NewQueue returns an empty queue.
func NewQueue() *Queue {
	q := &Queue{}
	q.changed.L = &q.mu
	return q
}

// Put appends an entry; it waits while a whole batch is there that nobody takes,
// or too much is under way.
func (q *Queue) Put(e Entry) {
	e.size = e.bytes()
	q.mu.Lock()
	for len(q.waiting) >= Size || q.held > 0 && q.held+e.size > maxHeld {
		q.changed.Wait()
	}
	q.held += e.size
	q.waiting = append(q.waiting, e)
	if len(q.waiting) == 1 {
		q.changed.Broadcast()
	}
	q.mu.Unlock()
}

// Close says that nothing more comes.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.changed.Broadcast()
	q.mu.Unlock()
}

// Take returns what there is, waiting until there is something; nil once the
// queue is closed and empty. All of it is to be released together.
func (q *Queue) Take() []Entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.changed.Wait()
	}
	taken := q.waiting
	q.waiting = nil
	if last := len(q.used) - 1; last >= 0 {
		q.waiting, q.used = q.used[last], q.used[:last]
	}
	q.changed.Broadcast()
	return taken
}

// maxUsed is how many batches' memory is kept to be used again.
const maxUsed = 16

// Release says that entries which were taken are done with: their memory is used again.
func (q *Queue) Release(entries []Entry) {
	size := 0
	for i := range entries {
		size += entries[i].size
	}
	clear(entries)
	q.mu.Lock()
	if len(q.used) < maxUsed && cap(entries) > 0 {
		q.used = append(q.used, entries[:0])
	}
	q.held -= size
	q.changed.Broadcast()
	q.mu.Unlock()
}

// bytes returns how much an entry holds.
func (e *Entry) bytes() int {
	if size := e.Record.Size(); size > 0 {
		return size
	}
	return bytesOf(e.Record.Value)
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
