package backtest

import (
	"math"
	"testing"
	"time"
)

// A budget is kept once so many days have passed without an alert that the interval
// ends below it, and not before.
func TestDaysWithoutAnAlert(t *testing.T) {
	for _, budget := range []float64{0.05, 1, 20} {
		need := int(math.Ceil(DaysFor(budget)))
		for days, want := range map[int]State{need: Within, need - 1: Undecided} {
			if days == 0 {
				continue
			}
			g := NewGround()
			for d := range days {
				start := Day(20000 + d).Start()
				g.Count(start, 1)
				g.Count(start.Add(24*time.Hour-time.Nanosecond), 1)
			}
			if got := Keeps(g.Expected(nil), budget); got != want {
				t.Errorf("%d days keep %g a day: %s, want %s", days, budget, got, want)
			}
			if got := Keeps(g.Expected(map[Day]int{20000: 1000 * days}), budget); got != Exceeded {
				t.Errorf("1000 alerts a day keep %g a day: %s", budget, got)
			}
		}
	}
	if Keeps(NewGround().Expected(nil), 1) != Undecided {
		t.Error("of nothing recorded nothing is known")
	}
}
