package main

import "testing"

func TestComparison(t *testing.T) {
	c := &comparison{lane: "fleet", meter: &cpuTime, load: [2][]float64{{1e9, 1e9, 1.02e9}, {1e9, 1e9, 1e9}}, full: [2][]float64{{3e9, 3.05e9, 3e9}, {4e9, 4e9, 4.1e9}}}
	if got, want := c.String(), "fleet: 1.500 × the work of the revision (3, was 2 s of CPU time), loading 1.000 ×"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if c.noisy(1.10) {
		t.Error("runs that differ by 4 in 100 count as noisy")
	}
	if !c.noisy(1.05) {
		t.Error("a threshold of 5 in 100 is trusted with runs that differ by as much")
	}
	short := &comparison{meter: &cpuTime, load: [2][]float64{{2, 2}, {2, 2}}, full: [2][]float64{{1, 1}, {1, 1}}}
	if short.ratio() != 1 || !short.noisy(1.1) {
		t.Error("a lane that is shorter than loading tells something")
	}
	if once := (&comparison{meter: &cpuTime, load: [2][]float64{{1}, {1}}, full: [2][]float64{{3}, {3}}}); !once.noisy(2) {
		t.Error("CPU time of a single run is trusted")
	}
	if counted := (&comparison{meter: &callgrind, load: [2][]float64{{1}, {1}}, full: [2][]float64{{3}, {3}}}); counted.noisy(1.01) {
		t.Error("counted instructions are noisy")
	}
}

func TestCountersAreRead(t *testing.T) {
	if m := perfCount.FindStringSubmatch("rule noise\n123456,,instructions:u,0,100.00,,\n"); m == nil || m[1] != "123456" {
		t.Errorf("perf: %v", m)
	}
	if perfCount.MatchString("<not supported>,,instructions:u,0,100.00,,") {
		t.Error("perf that does not count is believed")
	}
	if m := callgrindCount.FindStringSubmatch("==1== Collected : 738341268\n"); m == nil || m[1] != "738341268" {
		t.Errorf("callgrind: %v", m)
	}
}
