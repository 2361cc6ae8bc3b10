package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/bench/internal/worker"
)

const sec = time.Second

func TestBehindLoading(t *testing.T) {
	for _, c := range []struct {
		name              string
		runs, loads, want []time.Duration
		short             bool
	}{
		{"long", []time.Duration{5 * sec, 7 * sec, 6 * sec}, []time.Duration{3 * sec, 2 * sec, 4 * sec}, []time.Duration{3 * sec, 5 * sec, 4 * sec}, false},
		{"half of loading", []time.Duration{3 * sec}, []time.Duration{2 * sec}, []time.Duration{sec}, false},
		{"less", []time.Duration{3*sec - 1}, []time.Duration{2 * sec}, []time.Duration{sec - 1}, true},
		{"lost in loading", []time.Duration{2 * sec, 21 * sec / 10, sec}, []time.Duration{2 * sec}, []time.Duration{0, 0, 0}, true},
	} {
		rest, short := behind(c.runs, c.loads)
		if diff := cmp.Diff(c.want, rest); diff != "" || short != c.short {
			t.Errorf("%s: short %v\n%s", c.name, short, diff)
		}
	}
}

func TestEvaluating(t *testing.T) {
	apart := evaluating([]*worker.Report{{CPU: sec, Wall: 2 * sec, Load: 9 * sec}})
	if apart.cpu[0] != sec || apart.wall[0] != 2*sec || apart.short {
		t.Errorf("measured apart: %+v", apart)
	}
	within := evaluating([]*worker.Report{{CPU: 9 * sec, Wall: 8 * sec, Load: 7 * sec, LoadWall: 4 * sec}, {CPU: 8 * sec, Wall: 8 * sec, Load: 6 * sec, LoadWall: 5 * sec}})
	want := evaluation{[]time.Duration{3 * sec, 2 * sec}, []time.Duration{4 * sec, 4 * sec}, true}
	if diff := cmp.Diff(want, within, cmp.AllowUnexported(evaluation{})); diff != "" {
		t.Error(diff)
	}
}
