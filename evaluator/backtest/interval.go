package backtest

import "math"

// Confidence is that of all intervals.
const Confidence = 0.95

// Methods by which an interval was made.
const (
	// Poisson is the exact interval of Garwood: alerts come one by one and
	// independently of each other.
	Poisson = "poisson"
	// Overdispersed is that of Garwood for alerts that come in clusters, the mean
	// size of which is told by how much more than Poisson the days differ.
	Overdispersed = "overdispersed"
)

// Rate is how many alerts a day are to be expected.
type Rate struct {
	Days       float64 `json:"days"`    // that the rate is about, see covered
	PerDay     float64 `json:"per_day"` // alerts with a time, divided by Days
	Lower      float64 `json:"lower"`   // of the interval with Confidence
	Upper      float64 `json:"upper"`
	Method     string  `json:"method"`     // poisson or overdispersed
	Dispersion float64 `json:"dispersion"` // variance of the daily counts by their mean; 1 for Poisson; 0 if there are too few days to tell
}

// The number of covered days from which on their counts are compared, and the
// probability below which they are taken to vary more than Poisson. A wider
// interval than needed does less harm than a narrower one.
const (
	minDispersionDays = 5
	dispersionLevel   = 0.05
)

// rateOf estimates a rate by the counts of covered days, whose recorded length
// may be less than their number.
func rateOf(daily []int, days float64) *Rate {
	if days <= 0 {
		return nil
	}
	n := 0
	for _, c := range daily {
		n += c
	}
	r := &Rate{Days: days, PerDay: float64(n) / days, Method: Poisson}
	size := 1.0 // of a cluster
	if len(daily) >= minDispersionDays && n > 0 {
		r.Dispersion = dispersion(daily)
		chi2 := r.Dispersion * float64(len(daily)-1)
		if 1-gammaP(float64(len(daily)-1)/2, chi2/2) < dispersionLevel {
			r.Method, size = Overdispersed, r.Dispersion
		}
	}
	lower, upper := garwood(float64(n)/size, Confidence)
	r.Lower, r.Upper = lower*size/days, upper*size/days
	return r
}

// dispersion is the variance of counts divided by their mean.
func dispersion(counts []int) float64 {
	mean, square := 0.0, 0.0
	for _, c := range counts {
		mean += float64(c)
	}
	mean /= float64(len(counts))
	for _, c := range counts {
		square += (float64(c) - mean) * (float64(c) - mean)
	}
	return square / float64(len(counts)-1) / mean
}

// garwood returns the exact interval of the mean of a Poisson variable of which n
// was observed (Garwood 1936): quantiles of the gamma distribution.
func garwood(n, confidence float64) (lower, upper float64) {
	alpha := (1 - confidence) / 2
	if n > 0 {
		lower = gammaQuantile(n, alpha)
	}
	return lower, gammaQuantile(n+1, 1-alpha)
}

// gammaQuantile returns x with gammaP(a, x) = p, by halving.
func gammaQuantile(a, p float64) float64 {
	low, high := 0.0, a+1
	for gammaP(a, high) < p {
		high *= 2
	}
	for range 200 {
		middle := (low + high) / 2
		if middle == low || middle == high {
			break
		}
		if gammaP(a, middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// gammaP is the regularised lower incomplete gamma function, by its series left
// of the mean and by a continued fraction (Lentz) right of it.
func gammaP(a, x float64) float64 {
	if x <= 0 {
		return 0
	}
	logGamma, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - logGamma)
	terms := 1000 + int(10*math.Sqrt(a+x))
	if x < a+1 {
		sum, term := 1/a, 1/a
		for n := 1; n < terms && term > sum*1e-16; n++ {
			term *= x / (a + float64(n))
			sum += term
		}
		return min(1, front*sum)
	}
	const tiny = 1e-300
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for n := 1; n < terms; n++ {
		step := -float64(n) * (float64(n) - a)
		b += 2
		if d = step*d + b; math.Abs(d) < tiny {
			d = tiny
		}
		if c = b + step/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		h *= c * d
		if math.Abs(c*d-1) < 1e-16 {
			break
		}
	}
	return max(0, 1-front*h)
}
