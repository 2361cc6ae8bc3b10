package threshold

import (
	"fmt"
	"slices"
	"time"
)

// ladder are the timespans that people write.
var ladder = []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 48 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour}

// How far from the present timespan others are tried.
const (
	shorter = 20
	longer  = 4
)

// spans returns the timespans that are tried beside the present one.
func spans(present time.Duration) []time.Duration {
	out := []time.Duration{present}
	for _, d := range ladder {
		if d >= present/shorter && d <= present*longer {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// exactly is up to how many above the present threshold every one is tried; further
// ones grow by a twentieth.
const exactly = 60

// thresholds returns those that are tried: from the present one to the first that
// nothing reaches.
func thresholds(present, most int) (out []int) {
	for t := present; t <= most; {
		out = append(out, t)
		t += max(1, (t-present)/exactly*3)
	}
	return append(out, most+1)
}

// spanText writes a timespan as a correlation does.
func spanText(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= unit.of && d%unit.of == 0 {
			return fmt.Sprintf("%d%s", d/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
