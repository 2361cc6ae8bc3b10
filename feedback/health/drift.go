package health

import (
	"math"
	"time"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback"
)

// A change is told if one as large is less probable than driftLevel by chance, with
// all the places where it could have been taken into account, and if it is large
// enough to matter.
const (
	driftLevel      = 0.01
	minObservations = 5   // on either side of a change of precision
	minDays         = 3   // on either side of a change of volume
	volumeFactor    = 2.0 // by which volume must have changed
	precisionStep   = 0.2 // by which precision must have changed
)

// precisionDrift finds the most improbable place at which the share of true ones
// changes, by Fisher's exact test with the correction of Bonferroni. What is
// contested or unclear is left out.
func precisionDrift(all []observation) *Drift {
	var hits []int
	var at []time.Time
	for _, o := range all {
		if o.contested || o.class == feedback.Unknown {
			continue
		}
		hit := 0
		if o.class == feedback.Protected {
			hit = 1
		}
		hits, at = append(hits, hit), append(at, o.time)
	}
	n, total := len(hits), 0
	for _, h := range hits {
		total += h
	}
	places := n - 2*minObservations + 1
	var best *Drift
	left := 0
	for i := 1; i < n; i++ {
		left += hits[i-1]
		if i < minObservations || n-i < minObservations || at[i].Equal(at[i-1]) {
			continue
		}
		before, after := float64(left)/float64(i), float64(total-left)/float64(n-i)
		p := min(1, fisher(left, i, total, n)*float64(places))
		if p < driftLevel && math.Abs(after-before) >= precisionStep && (best == nil || p < best.P) {
			best = &Drift{Of: "precision", Since: at[i].UTC().Format(time.DateOnly), Before: before, After: after, N: n, P: p}
		}
	}
	return best
}

// fisher returns the probability that k hits among the first m of n, of which
// total are hits, are as uneven or more so by chance.
func fisher(k, m, total, n int) float64 {
	log := func(k int) float64 { return choose(total, k) + choose(n-total, m-k) - choose(n, m) }
	observed, sum := log(k), 0.0
	for x := max(0, m-(n-total)); x <= min(m, total); x++ {
		if l := log(x); l <= observed+1e-9 {
			sum += math.Exp(l)
		}
	}
	return min(1, sum)
}

// choose is the logarithm of a binomial coefficient.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// volumeDrift finds the most improbable day from which on a rule fires more or
// less than before. Given how many alerts there are, those before a day are
// binomial if nothing changes; alerts that come in clusters are counted as
// clusters, the size of which is how much more than Poisson the days differ on
// either side.
func volumeDrift(days []backtest.DayCount) *Drift {
	n, total := len(days), 0
	for _, d := range days {
		total += d.Alerts
	}
	places := n - 2*minDays + 1
	if places < 1 || total == 0 {
		return nil
	}
	var best *Drift
	left := 0
	for i := 1; i < n; i++ {
		left += days[i-1].Alerts
		if i < minDays || n-i < minDays {
			continue
		}
		before, after := float64(left)/float64(i), float64(total-left)/float64(n-i)
		if most, least := max(before, after), min(before, after); most < volumeFactor*least {
			continue
		}
		size := clusterSize(days[:i], days[i:])
		k, all := int(math.Round(float64(left)/size)), int(math.Round(float64(total)/size))
		p := min(1, binomial(k, all, float64(i)/float64(n))*float64(places))
		if p < driftLevel && (best == nil || p < best.P) {
			best = &Drift{Of: "volume", Since: days[i].Day, Before: before, After: after, N: n, P: p}
		}
	}
	return best
}

// clusterSize is the variance of daily counts around the mean of their side,
// divided by the mean, at least 1.
func clusterSize(sides ...[]backtest.DayCount) float64 {
	square, mean, freedom := 0.0, 0.0, -len(sides)
	for _, side := range sides {
		m := 0.0
		for _, d := range side {
			m += float64(d.Alerts)
		}
		mean += m
		m /= float64(len(side))
		for _, d := range side {
			square += (float64(d.Alerts) - m) * (float64(d.Alerts) - m)
		}
		freedom += len(side)
	}
	mean /= float64(freedom + len(sides))
	if freedom < 1 || mean == 0 {
		return 1
	}
	return max(1, square/float64(freedom)/mean)
}

// binomial returns the probability that so many of n, each with probability p, are
// as far out or further by chance.
func binomial(k, n int, p float64) float64 {
	log := func(k int) float64 {
		return choose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
	}
	observed, sum := log(k), 0.0
	for x := 0; x <= n; x++ {
		if l := log(x); l <= observed+1e-9 {
			sum += math.Exp(l)
		}
	}
	return min(1, sum)
}
