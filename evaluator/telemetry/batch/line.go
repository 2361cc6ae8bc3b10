// Package batch hands the blocks of one reader to several workers, brings what they make
// of them in order again, and gives records their numbers then.
//
// What is under way is bounded in bytes, whatever the size of the records.
package batch

import (
	"iter"
	"sync"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// maxHeld is how many bytes of records may be under way; a block that is larger is
// under way alone.
const maxHeld = 64 << 20

// ahead is how many results for each worker may wait for one before them.
const ahead = 4

// Line is blocks on their way from a reader through workers to whoever wants the results.
// Nobody but the workers moves them: one that is free reads the next block itself, so
// that it has it in the cache of its core, and one whose result is the next delivers it.
type Line[T any] struct {
	deliver func(T)

	source sync.Mutex // of who reads
	next   func() (*telemetry.Block, bool)
	taken  int // blocks that were read

	mu         sync.Mutex
	changed    sync.Cond
	held       int         // bytes of blocks that are being evaluated
	results    []result[T] // of those that are not delivered yet, in a ring
	delivered  int         // results
	delivering bool
}

type result[T any] struct {
	value T
	there bool
}

// Run has as many workers as there are jobs, at least one, work on a line of blocks: each
// on a goroutine of its own. The results are delivered in the order of the blocks, one at
// a time and by any of the workers. Blocks are read by one at a time. It returns when the
// workers do.
func Run[T any](blocks iter.Seq[*telemetry.Block], jobs int, work func(*Line[T]), deliver func(T)) {
	jobs = max(1, jobs)
	next, stop := iter.Pull(blocks)
	defer stop()
	l := &Line[T]{deliver: deliver, next: next, results: make([]result[T], ahead*jobs)}
	l.changed.L = &l.mu
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() { work(l) })
	}
	workers.Wait()
}

// Each evaluates blocks until there are none left, and delivers what is made of them.
// It releases the blocks.
func (l *Line[T]) Each(evaluate func(*telemetry.Block) T) {
	for {
		number, b := l.take()
		if b == nil {
			return
		}
		value := evaluate(b)
		size := b.Size()
		b.Release()
		l.put(number, size, value)
	}
}

// take reads the next block, nil if there is none.
func (l *Line[T]) take() (number int, b *telemetry.Block) {
	l.source.Lock()
	defer l.source.Unlock()
	b, ok := l.next()
	if !ok {
		return 0, nil
	}
	l.taken++
	l.hold(b.Size())
	return l.taken - 1, b
}

// hold waits until a block of some size may be under way.
func (l *Line[T]) hold(size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.held > 0 && l.held+size > maxHeld {
		l.changed.Wait()
	}
	l.held += size
}

// put takes the result of a block, and delivers those of which it is the turn unless
// somebody is at it.
func (l *Line[T]) put(number, size int, value T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held -= size
	l.changed.Broadcast()
	for number >= l.delivered+len(l.results) {
		l.changed.Wait()
	}
	*l.slot(number) = result[T]{value, true}
	if l.delivering {
		return
	}
	l.delivering = true
	for next := l.slot(l.delivered); next.there; next = l.slot(l.delivered) {
		value := next.value
		*next = result[T]{}
		l.tell(value)
		l.delivered++
		l.changed.Broadcast()
	}
	l.delivering = false
}

// tell delivers without the lock, which is held again however that ends: a panic of who is
// told would be hidden behind one of the lock.
func (l *Line[T]) tell(value T) {
	l.mu.Unlock()
	defer l.mu.Lock()
	l.deliver(value)
}

func (l *Line[T]) slot(number int) *result[T] { return &l.results[number%len(l.results)] }
