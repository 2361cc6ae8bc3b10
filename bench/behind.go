package main

import (
	"slices"
	"time"

	"github.com/socctl/socctl/bench/internal/page"
	"github.com/socctl/socctl/bench/internal/worker"
)

// behind returns what is left of runs behind loading, of which the least counts
// that was measured in the same rounds: it varies by what else the machine does,
// and that only adds. What remains is 0 if it is lost in that, and short if it is
// less than half of loading.
func behind(runs, loads []time.Duration) (rest []time.Duration, short bool) {
	load := slices.Min(loads)
	for _, t := range runs {
		left := t - load
		if left <= load/20 {
			left = 0
		}
		rest = append(rest, left)
	}
	return rest, medianOf(rest) < load/2
}

func medianOf(all []time.Duration) time.Duration {
	var list []float64
	for _, t := range all {
		list = append(list, float64(t))
	}
	return time.Duration(page.SpreadOf(list).Median)
}

// evaluation is how long evaluation took in each run.
type evaluation struct {
	cpu, wall []time.Duration
	short     bool // too short to tell
}

// evaluating returns what evaluation took. Where reports include loading, that is
// subtracted.
func evaluating(all []*worker.Report) (e evaluation) {
	var loads, walls []time.Duration
	for _, r := range all {
		e.cpu, e.wall = append(e.cpu, r.CPU), append(e.wall, r.Wall)
		loads, walls = append(loads, r.Load), append(walls, r.LoadWall)
	}
	if all[0].LoadWall == 0 {
		return e
	}
	e.cpu, e.short = behind(e.cpu, loads)
	e.wall, _ = behind(e.wall, walls)
	return e
}
