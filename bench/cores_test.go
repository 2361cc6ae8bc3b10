package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/bench/internal/page"
)

func TestCrews(t *testing.T) {
	want := []crew{{1, true}, {2, true}, {4, true}, {1, false}, {2, false}, {4, false}}
	if diff := cmp.Diff(want, crews(6), cmp.AllowUnexported(crew{})); diff != "" {
		t.Error(diff)
	}
}

func TestCoresRow(t *testing.T) {
	loads := []usage{{cpu: 2 * sec, wall: sec}, {cpu: 3 * sec, wall: 2 * sec}}
	got := coresRow(crew{workers: 2}, 10, loads, []usage{{cpu: 5 * sec, wall: 3 * sec, peak: 7}, {cpu: 5 * sec, wall: 3 * sec, peak: 8}})
	want := page.CoresRow{Workers: 2, Rate: page.Spread{Median: 5, Min: 5, Max: 5}, Busy: 1.5, Peak: 8}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
