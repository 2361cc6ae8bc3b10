package backtest

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Values of Garwood's intervals, by summing Poisson probabilities with sixty digits.
func TestGarwood(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, lower, upper float64 }{
		{0, 0, 3.6889},
		{1, 0.0253, 5.5716},
		{2, 0.2422, 7.2247},
		{5, 1.6235, 11.6683},
		{10, 4.7954, 18.3904},
		{20, 12.2165, 30.8884},
		{50, 37.1110, 65.9188},
		{100, 81.3640, 121.6273},
		{1000, 938.9730, 1063.9521},
	} {
		lower, upper := garwood(c.n, Confidence)
		if math.Abs(lower-c.lower) > 6e-4 || math.Abs(upper-c.upper) > 6e-4 {
			t.Errorf("%g: %.4f to %.4f, want %.4f to %.4f", c.n, lower, upper, c.lower, c.upper)
		}
	}
	lower, upper := garwood(4e9, Confidence)
	if want := 1.959964 * math.Sqrt(4e9); math.Abs(upper-lower-2*want) > 0.01*want {
		t.Errorf("the interval of a large number is no longer that of the normal distribution: %g to %g", lower, upper)
	}
}

// The probability that a Poisson variable of mean x is at least a.
func TestGammaP(t *testing.T) {
	t.Parallel()
	for _, mean := range []float64{0.1, 1, 3.5, 20, 300} {
		below, term := 0.0, math.Exp(-mean)
		for n := 1; n < 400; n++ {
			below += term
			term *= mean / float64(n)
			if got := gammaP(float64(n), mean); math.Abs(got-(1-below)) > 1e-10 {
				t.Errorf("gammaP(%d, %g) = %g, want %g", n, mean, got, 1-below)
			}
		}
	}
}

func TestRateOf(t *testing.T) {
	t.Parallel()
	if r := rateOf(nil, 0); r != nil {
		t.Errorf("a rate without a day: %v", r)
	}
	for _, c := range []struct {
		name   string
		daily  []int
		days   float64
		method string
	}{
		{"nothing", make([]int, 14), 14, Poisson},
		{"few days", []int{0, 90, 0}, 3, Poisson},
		{"steady", []int{3, 2, 4, 3, 1, 3, 5, 2, 3, 4}, 10, Poisson},
		{"one burst", []int{0, 0, 0, 0, 60, 0, 0, 0, 0, 0}, 10, Overdispersed},
	} {
		r := rateOf(c.daily, c.days)
		if r.Method != c.method || r.Lower > r.PerDay || r.Upper < r.PerDay {
			t.Errorf("%s: %+v, want %s", c.name, r, c.method)
		}
	}
	// One burst of 60 is one observation and not 60: by Garwood for one.
	r := rateOf([]int{0, 0, 0, 0, 60, 0, 0, 0, 0, 0}, 10)
	if math.Abs(r.Dispersion-60) > 1e-9 || math.Abs(r.Lower-6*0.0253) > 1e-3 || math.Abs(r.Upper-6*5.5716) > 1e-3 {
		t.Errorf("%+v", r)
	}
}

// Intervals hold what they promise: of many simulated recordings of alerts that
// come one by one, and in clusters, those that miss the true rate are as few as
// they may be. Clusters are estimated from few days, so a little more is allowed.
func TestIntervalsCover(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	for _, c := range []struct {
		mean    float64 // clusters a day
		cluster int
		most    float64
	}{{0.3, 1, 0.05}, {4, 1, 0.06}, {2, 8, 0.11}, {5, 20, 0.08}} {
		const runs, days = 2000, 30
		missed := 0
		for range runs {
			daily := make([]int, days)
			for i := range daily {
				daily[i] = c.cluster * poisson(random, c.mean)
			}
			if r, rate := rateOf(daily, days), c.mean*float64(c.cluster); r.Lower > rate || r.Upper < rate {
				missed++
			}
		}
		if share := float64(missed) / runs; share > c.most {
			t.Errorf("%g clusters of %d a day: %.3f of the intervals miss", c.mean, c.cluster, share)
		}
	}
}

func poisson(random *rand.Rand, mean float64) int {
	n, p, limit := -1, 1.0, math.Exp(-mean)
	for p > limit {
		n, p = n+1, p*random.Float64()
	}
	return n
}
