// Package page renders the results of the benchmark.
//
// What it guarantees: the page says all that one needs to judge it and to run
// it again; the same result gives the same page.
package page

import (
	"slices"
	"time"

	"github.com/socctl/socctl/bench/internal/agree"
)

// Result is one run of the benchmark.
type Result struct {
	Date     string   `json:"date"`
	Command  string   `json:"command"`
	Machine  Machine  `json:"machine"`
	Rules    int      `json:"rules"`   // that all engines were given
	Without  int      `json:"without"` // rules left out since they need values for placeholders
	Runs     int      `json:"runs"`
	Held     bool     `json:"held,omitempty"` // engines had one processor, unless they say otherwise
	Engines  []Engine `json:"engines"`
	Absent   []Absent `json:"absent,omitempty"`
	Lanes    []Lane   `json:"lanes"`
	Revision string   `json:"revision"` // of socctl

	Growth *Growth     `json:"growth,omitempty"`
	Cores  []CoresLane `json:"cores,omitempty"`

	Recorded []RecordedLane `json:"recorded,omitempty"`
}

// Empty reports whether nothing was measured.
func (r *Result) Empty() bool {
	return len(r.Lanes) == 0 && r.Growth == nil && len(r.Cores) == 0 && len(r.Recorded) == 0
}

// Machine is where it ran.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	OS    string `json:"os"`
	Go    string `json:"go"`
}

// Engine is one that was measured.
type Engine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	How     string `json:"how"` // how it was run
	Rules   int    `json:"rules,omitempty"`
	Refused int    `json:"refused,omitempty"` // rules that it does not load
}

// Absent is an engine or a lane that was not measured.
type Absent struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Lane is one input with what engines made of it.
type Lane struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Events int    `json:"events"`
	Bytes  int64  `json:"bytes"`
	Rows   []Row  `json:"rows"`
	Floors []Row  `json:"floors,omitempty"`
}

// Row is an engine on a lane.
type Row struct {
	Engine string `json:"engine"`
	Every  int    `json:"every"` // it was given every n-th event
	Events int    `json:"events"`

	Core  Spread `json:"core"` // events per second of CPU time, loading left out
	Wall  Spread `json:"wall"` // events per second of time, loading left out
	Bytes float64
	Load  Spread `json:"load"` // seconds of CPU time

	// Short means that evaluation took less than half of the loading that was
	// subtracted from it, so that Core and Wall tell mostly how steady loading is.
	Short bool `json:"short,omitempty"`

	// Ratio is how many times faster the row of Against is; below 1 it is slower.
	Ratio   float64 `json:"ratio"`
	Against string  `json:"against"`

	// AlsoRatio is Ratio for the row of Also; 0 if there is none.
	AlsoRatio float64 `json:"also_ratio,omitempty"`
	Also      string  `json:"also,omitempty"`

	Allocs float64 `json:"allocs"` // per event; negative if unknown
	Peak   int64   `json:"peak"`   // resident bytes

	Matches     int                `json:"matches"`
	Reference   string             `json:"reference,omitempty"` // engine whose matches were compared
	Differences []agree.Difference `json:"differences,omitempty"`
	Caches      map[string]float64 `json:"caches,omitempty"`
}

// Spread is the median of some measurements with their extremes.
type Spread struct{ Median, Min, Max float64 }

// SpreadOf returns the spread of measurements; of none it is zero.
func SpreadOf(all []float64) Spread {
	if len(all) == 0 {
		return Spread{}
	}
	s := slices.Sorted(slices.Values(all))
	n := len(s)
	return Spread{(s[(n-1)/2] + s[n/2]) / 2, s[0], s[n-1]}
}

// scaled returns the spread in another unit.
func (s Spread) scaled(unit float64) Spread {
	return Spread{s.Median * unit, s.Min * unit, s.Max * unit}
}

// Rates returns the events per second of runs that took so long.
func Rates(events int, took []time.Duration) Spread {
	var all []float64
	for _, t := range took {
		if t > 0 {
			all = append(all, float64(events)/t.Seconds())
		}
	}
	return SpreadOf(all)
}
