package record

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Events are counted by days as if each was noted by itself.
func TestGroundCount(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	first, last := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(12000, 1, 2, 0, 0, 0, 0, time.UTC)
	for round := range 300 {
		f := &File{}
		if round%2 == 0 {
			f.First, f.Last = &first, &last
		}
		b, rows, want := &beside{times: &rowInts{}}, []int32(nil), newGround()
		var timed []bool
		for row := range r.IntN(40) {
			at := r.Int64N(4)*int64(dayLength) - 2*int64(dayLength) + r.Int64N(3) - 1
			if r.IntN(20) == 0 {
				at = []int64{-1 << 63, 1<<63 - 1}[r.IntN(2)]
			}
			if timed = append(timed, r.IntN(5) > 0); timed[row] {
				b.times.numbers = append(b.times.numbers, at)
			}
			rows = append(rows, int32(row))
			want.Events++
			switch {
			case timed[row]:
				want.note(dayOf(at), Span{1, timeOf(at, true), timeOf(at, true)})
			case f.First != nil:
				want.note(dayOfTime(first), Span{1, first, last})
			default:
				want.Undated++
			}
		}
		b.times.there = occupancyIn(len(timed), func(row int) bool { return timed[row] })
		got := newGround()
		got.count(rows, b, f)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d (-one by one +together):\n%s", round, diff)
		}
	}
}
