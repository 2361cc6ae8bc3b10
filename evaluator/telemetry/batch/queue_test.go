package batch

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Large records do not pile up: what is under way is bounded in bytes, one that is
// larger than the bound passes alone, and all come through in order.
func TestQueueHoldsFewBytes(t *testing.T) {
	t.Parallel()
	buffer := make([]byte, maxHeld+1)
	q := NewQueue()
	const count = 3000
	go func() {
		defer q.Close()
		for i := range count {
			size := 1 << 20
			switch {
			case i%500 == 99:
				size = len(buffer)
			case i%3 == 0:
				size = 100
			}
			q.Put(Entry{Record: telemetry.Record{Index: i, Raw: buffer[:size]}})
		}
	}()
	work := make(chan []Entry, 64)
	var most atomic.Int64
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for taken := range work {
				q.mu.Lock()
				held := q.held
				q.mu.Unlock()
				if len(taken) > 1 || taken[0].size <= maxHeld {
					most.Store(max(most.Load(), int64(held)))
				}
				q.Release(taken)
			}
		})
	}
	next := 0
	for taken := q.Take(); len(taken) > 0; taken = q.Take() {
		for _, e := range taken {
			if e.Record.Index != next {
				t.Fatalf("entry %d, want %d", e.Record.Index, next)
			}
			next++
		}
		work <- taken
	}
	close(work)
	workers.Wait()
	if next != count || q.held != 0 || most.Load() > maxHeld {
		t.Errorf("%d entries, %d bytes held at the end, %d at most", next, q.held, most.Load())
	}
}

func TestBytesOfValues(t *testing.T) {
	t.Parallel()
	list := evaluator.ListValue(evaluator.StringValue("12345678"), evaluator.NullValue(), evaluator.NumberValue("1.5"))
	e := Entry{Record: telemetry.Record{Value: evaluator.ObjectValue(evaluator.Member{Name: "a", Value: list}, evaluator.Member{Name: "b", Value: list})}}
	if got, want := e.bytes(), 16+2*(16+16+3*16+8+3); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}
