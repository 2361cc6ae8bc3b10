package feedback

import "math"

// Proportion returns the exact interval of a share of which k of n were
// observed (Clopper and Pearson 1934), with the given confidence, half of the
// error on either side. Of nothing it is 0 to 1.
func Proportion(k, n int, confidence float64) (lower, upper float64) {
	tail := (1 - confidence) / 2
	return ProportionLower(k, n, 1-tail), ProportionUpper(k, n, 1-tail)
}

// ProportionLower returns the lower bound of a share alone, with all of the error
// below it.
func ProportionLower(k, n int, confidence float64) float64 {
	if k <= 0 || n <= 0 {
		return 0
	}
	return BetaQuantile(float64(k), float64(n-k+1), 1-confidence)
}

// ProportionUpper returns the upper bound of a share alone.
func ProportionUpper(k, n int, confidence float64) float64 {
	if n <= 0 || k >= n {
		return 1
	}
	return BetaQuantile(float64(k+1), float64(n-k), confidence)
}

// BetaQuantile returns the value below which a beta variable lies with the
// probability p.
func BetaQuantile(a, b, p float64) float64 {
	low, high := 0.0, 1.0
	for range 200 {
		middle := (low + high) / 2
		if middle == low || middle == high {
			break
		}
		if betaP(a, b, middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// betaP is the regularised incomplete beta function, by its continued fraction
// (Lentz) on the side where that converges quickly.
func betaP(a, b, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - betaP(b, a, 1-x)
	}
	front := math.Exp(lgamma(a+b)-lgamma(a)-lgamma(b)+a*math.Log(x)+b*math.Log1p(-x)) / a
	const tiny = 1e-300
	c, d := 1.0, 1/nonzero(1-(a+b)*x/(a+1), tiny)
	h := d
	for n := 1; n < 1000+int(10*math.Sqrt(a+b)); n++ {
		m := float64(n)
		for _, step := range [2]float64{m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)), -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))} {
			d = 1 / nonzero(1+step*d, tiny)
			c = nonzero(1+step/c, tiny)
			h *= c * d
		}
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return min(1, front*h)
}

func nonzero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
