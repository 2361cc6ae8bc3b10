package aftercare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/evaluator/backtest"
)

// Between false alarms there are as many days as is promised, whatever the rate.
func TestSurgeSeldomCriesWolf(t *testing.T) {
	const runs, most = 60, 4000
	rnd := rand.New(rand.NewPCG(3, 8))
	for _, rate := range []float64{0.1, 1, 5, 40} {
		var days []backtest.Day
		for d := range most {
			days = append(days, backtest.Day(d))
		}
		total := 0
		for range runs {
			counts := map[backtest.Day]int{}
			for _, d := range days {
				counts[d] = poisson(rnd, rate)
			}
			run := most
			if s := surge(rate, days, counts); s != nil {
				for d, day := range days {
					if day.String() == s.Day {
						run = d + 1
						break
					}
				}
			}
			total += run
		}
		mean := float64(total) / runs
		t.Logf("%g a day: %.0f days until a false alarm, cut off at %d", rate, mean, most)
		if mean < surgeDays {
			t.Errorf("%g a day: a false alarm every %.0f days", rate, mean)
		}
	}
}

// poisson draws a number of events (Knuth).
func poisson(rnd *rand.Rand, rate float64) (n int) {
	for product := rnd.Float64(); product > math.Exp(-rate); product *= rnd.Float64() {
		n++
	}
	return n
}
