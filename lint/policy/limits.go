package policy

import (
	"context"
	"errors"
	"runtime/metrics"
	"sync"
	"time"
)

// Limits bound what the evaluation of a check may cost. Zero means the default.
type Limits struct {
	Time   time.Duration // for one document, 5 s by default
	Memory uint64        // by which the heap may grow meanwhile, 512 MiB by default
}

func (l Limits) orDefault() Limits {
	if l.Time == 0 {
		l.Time = 5 * time.Second
	}
	if l.Memory == 0 {
		l.Memory = 512 << 20
	}
	return l
}

var (
	errTime   = errors.New("it takes too long")
	errMemory = errors.New("it takes too much memory")
)

// memoryWatch cancels evaluations when the heap grows too much while they run.
// OPA has no limit of its own; nobody can tell whose memory it is, so that each is
// held against the heap as it began, whoever else runs at the same time.
type memoryWatch struct {
	mu       sync.Mutex
	running  map[int]watched
	next     int
	watching bool // there is one goroutine that watches, however many evaluations follow each other
}

type watched struct {
	cancel context.CancelCauseFunc
	most   uint64 // bytes of the heap above which it is cancelled
}

const watchEvery = 5 * time.Millisecond

func (w *memoryWatch) enter(cancel context.CancelCauseFunc, limit uint64) (id int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running == nil {
		w.running = map[int]watched{}
	}
	w.next++
	w.running[w.next] = watched{cancel, heap() + limit}
	if !w.watching {
		w.watching = true
		go w.watch()
	}
	return w.next
}

func (w *memoryWatch) leave(id int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, id)
}

// watch runs as long as anything is being evaluated.
func (w *memoryWatch) watch() {
	for goOn := true; goOn; {
		time.Sleep(watchEvery)
		goOn = w.look(heap())
	}
}

// look cancels what the heap has grown too much for, and reports whether anything
// is to be watched further.
func (w *memoryWatch) look(now uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.running {
		if now > e.most {
			e.cancel(errMemory)
		}
	}
	w.watching = len(w.running) > 0
	return w.watching
}

// heap returns the bytes of objects on the heap, dead ones included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
