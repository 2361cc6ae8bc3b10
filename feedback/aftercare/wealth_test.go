package aftercare_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/socctl/socctl/feedback/aftercare"
)

// The counts are those of a certificate without looking in between: looking costs
// nothing.
func TestWealthNeeds(t *testing.T) {
	for tier, want := range map[aftercare.Tier]int{aftercare.A3: 29, aftercare.A2: 59, aftercare.A1: 299} {
		if got := tier.Needs(); got != want {
			t.Errorf("%s needs %d, want %d", tier, got, want)
		}
		w := aftercare.NewWealth(tier.Alpha())
		for n := 1; n <= want; n++ {
			w.Benign()
			if got := w.Certifies(aftercare.Delta); got != (n == want) {
				t.Errorf("%s: certified %t after %d of %d", tier, got, n, want)
			}
		}
		w.Malicious()
		for range 10 * want {
			w.Benign()
		}
		if w.Value() != 0 || w.Certifies(aftercare.Delta) {
			t.Errorf("%s: wealth %g after an attack", tier, w.Value())
		}
	}
}

// Whoever looks after every alert is wrong in at most one of twenty runs, if as
// many alerts are attacks as the certificate denies.
func TestWealthIsSeldomWrong(t *testing.T) {
	const runs, most = 2000, 3000
	rnd := rand.New(rand.NewPCG(10, 5))
	for _, tier := range aftercare.Tiers() {
		for _, factor := range []float64{1.0001, 1.2, 2} {
			q := factor * tier.Alpha()
			wrong := 0
			for range runs {
				w := aftercare.NewWealth(tier.Alpha())
				for n := 0; n < most && w.Value() > 0; n++ {
					if rnd.Float64() < q {
						w.Malicious()
						continue
					}
					w.Benign()
					if w.Certifies(aftercare.Delta) {
						wrong++
						break
					}
				}
			}
			if float64(wrong) > aftercare.Delta*runs {
				t.Errorf("%s at %.3g: certified in %d of %d runs, at most %.0f are allowed", tier, q, wrong, runs, aftercare.Delta*runs)
			}
			t.Logf("%s at %.4g: certified in %d of %d runs", tier, q, wrong, runs)
		}
	}
}

// Wealth grows without end, and stays a number that a report can hold.
func TestWealthIsANumber(t *testing.T) {
	w := aftercare.NewWealth(0.1)
	for range 10_000 {
		w.Benign()
	}
	if v := w.Value(); math.IsInf(v, 0) || !w.Certifies(aftercare.Delta) {
		t.Error(v)
	}
	w.Malicious()
	if v := w.Value(); v != 0 {
		t.Error(v)
	}
}
