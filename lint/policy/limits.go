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
// OPA has no limit of its own; evaluations that run at the same time are stopped
// together, because nobody can tell whose memory it is.
type memoryWatch struct {
	mu      sync.Mutex
	running map[int]context.CancelCauseFunc
	next    int
}

const watchEvery = 5 * time.Millisecond

func (w *memoryWatch) enter(cancel context.CancelCauseFunc, limit uint64) (id int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running == nil {
		w.running = map[int]context.CancelCauseFunc{}
	}
	if len(w.running) == 0 {
		go w.watch(heap() + limit)
	}
	w.next++
	w.running[w.next] = cancel
	return w.next
}

func (w *memoryWatch) leave(id int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, id)
}

// watch runs as long as anything is being evaluated.
func (w *memoryWatch) watch(most uint64) {
	for {
		time.Sleep(watchEvery)
		full := heap() > most
		w.mu.Lock()
		if full {
			for _, cancel := range w.running {
				cancel(errMemory)
			}
		}
		idle := len(w.running) == 0
		w.mu.Unlock()
		if idle {
			return
		}
	}
}

// heap returns the bytes of objects on the heap, dead ones included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
