package batch

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// numbered yields blocks of some sizes, each of one record that holds its number.
func numbered(sizes []int) iter.Seq[*telemetry.Block] {
	return func(yield func(*telemetry.Block) bool) {
		large := make([]byte, maxHeld+1)
		for i, size := range sizes {
			record := func(yield func(telemetry.Record, error) bool) {
				yield(telemetry.Record{Index: i, Raw: large[:size], Value: evaluator.NullValue()}, nil)
			}
			for b := range telemetry.BlocksOf(record) {
				if !yield(b) {
					return
				}
			}
		}
	}
}

// Results come in the order of the blocks and one at a time, whoever is slow. Large blocks do
// not pile up: what is under way is bounded in bytes, and one that is larger than the
// bound is under way alone.
func TestRun(t *testing.T) {
	t.Parallel()
	for jobs := range 5 {
		t.Run(fmt.Sprint(jobs), func(t *testing.T) {
			t.Parallel()
			var sizes []int
			for i := range 2000 {
				size := 1 << 20
				switch {
				case i%500 == 99:
					size = maxHeld + 1
				case i%7 == 0:
					size = 100
				case i%11 == 0:
					size = 40 << 20
				}
				sizes = append(sizes, size)
			}
			var held, most atomic.Int64
			var delivering atomic.Bool
			var got []int
			work := func(l *Line[int]) {
				l.Each(func(b *telemetry.Block) (number int) {
					now := held.Add(int64(b.Size()))
					if b.Size() > maxHeld && now != int64(b.Size()) {
						t.Errorf("%d bytes beside a large block", now-int64(b.Size()))
					} else if b.Size() <= maxHeld {
						most.Store(max(most.Load(), now))
					}
					for range rand.IntN(5) * rand.IntN(5) {
						runtime.Gosched()
					}
					for r := range b.Records() {
						number = r.Index
					}
					held.Add(-int64(b.Size()))
					return number
				})
			}
			Run(numbered(sizes), jobs, work, func(n int) {
				if !delivering.CompareAndSwap(false, true) {
					t.Error("two results at a time")
				}
				if rand.IntN(100) == 0 {
					runtime.Gosched()
				}
				got = append(got, n)
				delivering.Store(false)
			})
			if len(got) != len(sizes) || !slices.IsSorted(got) || most.Load() > maxHeld {
				t.Errorf("%d results, sorted %v, %d bytes at most", len(got), slices.IsSorted(got), most.Load())
			}
		})
	}
}

// Without blocks, workers end.
func TestRunOnNothing(t *testing.T) {
	t.Parallel()
	worked := 0
	Run(numbered(nil), 1, func(l *Line[int]) { l.Each(func(*telemetry.Block) int { return 0 }); worked++ }, func(int) { t.Error("a result") })
	if worked != 1 {
		t.Errorf("%d workers", worked)
	}
}
