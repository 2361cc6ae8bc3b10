package feedback_test

import (
	"math"
	"testing"

	"github.com/socctl/socctl/feedback"
)

// Against the binomial distribution itself, summed term by term.
func TestProportionIsExact(t *testing.T) {
	for _, n := range []int{1, 2, 10, 59, 299, 2000} {
		for _, k := range []int{0, 1, n / 3, n - 1, n} {
			lower, upper := feedback.Proportion(k, n, 0.95)
			if k > 0 && math.Abs(tail(n, k, n, lower)-0.025) > 1e-9 {
				t.Errorf("%d of %d: at least so many has the probability %g at %g", k, n, tail(n, k, n, lower), lower)
			}
			if k < n && math.Abs(tail(n, 0, k, upper)-0.025) > 1e-9 {
				t.Errorf("%d of %d: at most so many has the probability %g at %g", k, n, tail(n, 0, k, upper), upper)
			}
		}
	}
	for n, want := range map[int]float64{0: 1, 29: 0.1, 59: 0.05, 299: 0.01} {
		if got := feedback.ProportionUpper(0, n, 0.95); math.Abs(got-want) > want/50 {
			t.Errorf("none of %d bounds the share by %g, want about %g", n, got, want)
		}
	}
	if lower, upper := feedback.Proportion(0, 0, 0.95); lower != 0 || upper != 1 {
		t.Errorf("nothing bounds the share by %g and %g", lower, upper)
	}
}

// tail is the probability of from to to successes.
func tail(n, from, to int, p float64) (sum float64) {
	for k := from; k <= to; k++ {
		sum += math.Exp(choose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	return sum
}

func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
