package main

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/page"
)

// crew is how many workers the command line has, and whether each is a process that
// is held to one processor with all that it does.
type crew struct {
	workers int
	held    bool
}

// crews are as many processes as there are processors at most, in powers of two, each
// held to one, of which all but the first only tell what the machine can do; and as
// many workers of one process.
func crews(processors int) (out []crew) {
	for _, held := range []bool{true, false} {
		for n := 1; n <= processors; n *= 2 {
			out = append(out, crew{n, held})
		}
	}
	return out
}

// events is how many events a crew reads: processes read the lane each.
func (c crew) events(of lanes.Input) int {
	if c.held {
		return c.workers * of.Events
	}
	return of.Events
}

// cores measures what more workers gain.
func (s *shop) cores(ctx context.Context, result *page.Result) error {
	path, _, err := findSocctl(ctx, s)
	if err != nil {
		return err
	}
	for _, l := range s.chosen() {
		in, err := s.prepare(ctx, l)
		if errors.Is(err, lanes.ErrNoData) {
			result.Absent = append(result.Absent, page.Absent{Name: l.Name + " on more cores", Reason: err.Error()})
			continue
		}
		if err != nil {
			return err
		}
		lane, err := s.coresLane(ctx, path, in)
		if err != nil {
			return err
		}
		result.Cores = append(result.Cores, *lane)
	}
	return nil
}

// coresLane runs the crews in turn, without events and with them.
func (s *shop) coresLane(ctx context.Context, path string, in lanes.Input) (*page.CoresLane, error) {
	nothing, err := s.nothing(in)
	if err != nil {
		return nil, err
	}
	all := crews(runtime.NumCPU())
	loads, fulls := make([][]usage, len(all)), make([][]usage, len(all))
	for run := range s.runs {
		for i, c := range all {
			s.say("cores: %s with %d workers, run %d of %d", in.Lane.Name, c.workers, run+1, s.runs)
			load, err := s.crew(ctx, path, c, nothing)
			if err != nil {
				return nil, err
			}
			full, err := s.crew(ctx, path, c, in)
			if err != nil {
				return nil, err
			}
			loads[i], fulls[i] = append(loads[i], load), append(fulls[i], full)
		}
	}
	lane := &page.CoresLane{Name: in.Lane.Name, Events: in.Events}
	for i, c := range all {
		lane.Rows = append(lane.Rows, coresRow(c, c.events(in), loads[i], fulls[i]))
	}
	return lane, nil
}

// crew runs the processes of a crew at the same time. They take as long as the last.
func (s *shop) crew(ctx context.Context, path string, c crew, in lanes.Input) (usage, error) {
	if !c.held {
		return s.child(ctx, path, socctlArgs("ndjson", c.workers), in, everywhere)
	}
	all, errs := make([]usage, c.workers), make([]error, c.workers)
	var running sync.WaitGroup
	for i := range all {
		running.Go(func() {
			all[i], errs[i] = s.childInto(ctx, s.outputOf(strconv.Itoa(i)), path, socctlArgs("ndjson", 1), in, i)
		})
	}
	running.Wait()
	together := all[0]
	for _, u := range all[1:] {
		together.cpu += u.cpu
		together.peak += u.peak
		together.wall = max(together.wall, u.wall)
	}
	return together, errors.Join(errs...)
}

func coresRow(c crew, events int, loads, fulls []usage) page.CoresRow {
	wall, short := behind(clocks(fulls), clocks(loads))
	cpu, _ := behind(processors(fulls), processors(loads))
	row := page.CoresRow{Workers: c.workers, Held: c.held, Rate: page.Rates(events, wall), Short: short}
	if took := medianOf(wall); took > 0 {
		row.Busy = float64(medianOf(cpu)) / float64(took)
	}
	for _, u := range fulls {
		row.Peak = max(row.Peak, u.peak)
	}
	return row
}

func clocks(all []usage) (out []time.Duration) {
	for _, u := range all {
		out = append(out, u.wall)
	}
	return out
}

func processors(all []usage) (out []time.Duration) {
	for _, u := range all {
		out = append(out, u.cpu)
	}
	return out
}
