package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/page"
)

// A meter measures what a program does for an input, as a number that is
// smaller for less work.
type meter struct {
	name string
	unit float64 // of what is printed
	read func(ctx context.Context, s *shop, program string, in lanes.Input) (float64, error)
}

var (
	cpuTime = meter{"s of CPU time", 1e9, func(ctx context.Context, s *shop, program string, in lanes.Input) (float64, error) {
		u, err := s.child(ctx, program, socctlArgs("ndjson", 1), in, 0)
		return float64(u.cpu), err
	}}
	perfEvents = meter{"million instructions", 1e6, func(ctx context.Context, s *shop, program string, in lanes.Input) (float64, error) {
		return s.counted(ctx, perfCount, in, "perf", "stat", "-x", ",", "-e", "instructions:u", "--", program)
	}}
	callgrind = meter{"million instructions", 1e6, func(ctx context.Context, s *shop, program string, in lanes.Input) (float64, error) {
		return s.counted(ctx, callgrindCount, in, "valgrind", "--tool=callgrind", "--callgrind-out-file="+filepath.Join(s.work, "callgrind.out"), program)
	}}

	perfCount      = regexp.MustCompile(`(?m)^(\d+),,instructions`)
	callgrindCount = regexp.MustCompile(`Collected : (\d+)`)
)

// counted runs socctl under a program that counts instructions and prints how
// many there were on standard error. When garbage is collected depends on the
// clock, which would vary the count by more than what is looked for; so it is not,
// and what a change allocates shows only in what allocating takes.
func (s *shop) counted(ctx context.Context, count *regexp.Regexp, in lanes.Input, command ...string) (float64, error) {
	args, _ := socctlArgs("ndjson", 1)(s, in)
	cmd := exec.CommandContext(ctx, command[0], append(command[1:], args...)...)
	var problems strings.Builder
	cmd.Stderr = &problems
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1", "GOGC=off", "GOMAXPROCS=1")
	err := cmd.Run()
	if m := count.FindStringSubmatch(problems.String()); m != nil {
		return strconv.ParseFloat(m[1], 64)
	}
	return 0, errors.Join(err, fmt.Errorf("%s counted nothing: %s", command[0], firstLine(problems.String())))
}

// meter returns how work is measured, and how instead if that turns out to be
// too noisy; there is nothing instead of counted instructions. Those do not depend
// on neighbours, but where the processor does not count, an emulator does, slowly.
func (s *shop) meter(ctx context.Context) (first, instead *meter, err error) {
	if s.options.measure == "cpu" {
		return &cpuTime, nil, nil
	}
	text, err := exec.CommandContext(ctx, "perf", "stat", "-x", ",", "-e", "instructions:u", "--", "true").CombinedOutput()
	if err == nil && perfCount.Match(text) {
		return &perfEvents, nil, nil
	}
	_, err = exec.LookPath("valgrind")
	switch {
	case s.options.measure == "instructions" && err != nil:
		return nil, nil, errors.New("neither perf nor valgrind can count instructions here")
	case s.options.measure == "instructions":
		return &callgrind, nil, nil
	case err != nil:
		return &cpuTime, nil, nil
	}
	return &cpuTime, &callgrind, nil
}

// sides are the two programs that are compared, the revision first.
type sides [2]string

// compareWith measures socctl of a revision and of this tree, and fails if this
// tree works more than the threshold allows.
func (s *shop) compareWith(ctx context.Context, stdout io.Writer) error {
	both, err := s.buildSides(ctx)
	if err != nil {
		return err
	}
	var slower []string
	for _, l := range s.chosen("structured_windows", "fleet") {
		ratio, err := s.compareLane(ctx, stdout, both, l)
		if err != nil {
			return err
		}
		if ratio > s.threshold {
			slower = append(slower, l.Name)
		}
	}
	if len(slower) > 0 {
		return fmt.Errorf("more than %.2f × the work of %s on %s", s.threshold, s.compare, strings.Join(slower, ", "))
	}
	return nil
}

// buildSides builds socctl of the revision, in a worktree that is removed
// again, and of this tree.
func (s *shop) buildSides(ctx context.Context) (both sides, err error) {
	folder, err := os.MkdirTemp("", "socctl-base-*")
	if err != nil {
		return both, err
	}
	defer os.RemoveAll(folder)
	tree := filepath.Join(folder, "tree")
	git := func(ctx context.Context, args ...string) error {
		text, err := exec.CommandContext(ctx, "git", append([]string{"-C", s.root}, args...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("git %s: %s", args[0], firstLine(string(text)))
		}
		return nil
	}
	if err := git(ctx, "worktree", "add", "--detach", tree, s.compare); err != nil {
		return both, err
	}
	// Also behind an interrupt, or git would know of a tree that is gone.
	defer func() { err = errors.Join(err, git(context.WithoutCancel(ctx), "worktree", "remove", "--force", tree)) }()
	if both[0], err = s.build(ctx, tree, "./cmd/socctl", "socctl-base"); err != nil {
		return both, err
	}
	both[1], err = s.build(ctx, s.root, "./cmd/socctl", "socctl-head")
	return both, err
}

// compareLane prints how the sides do on a lane, and returns the ratio. CPU time
// that varies too much is not trusted if instructions can be counted instead.
func (s *shop) compareLane(ctx context.Context, stdout io.Writer, both sides, l lanes.Lane) (float64, error) {
	first, instead, err := s.meter(ctx)
	if err != nil {
		return 0, err
	}
	c, err := s.compareBy(ctx, both, l, first)
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(stdout, c)
	switch noisy := c.noisy(s.threshold); {
	case noisy && instead == nil:
		fmt.Fprintf(stdout, "%s: not judged, %s; take more -events and -runs, or count instructions\n", l.Name, c.doubt())
		return 0, nil
	case !noisy:
		return c.ratio(), nil
	}
	fmt.Fprintf(stdout, "%s: %s; counting instructions\n", l.Name, c.doubt())
	if c, err = s.compareBy(ctx, both, l, instead); err != nil {
		return 0, err
	}
	fmt.Fprintln(stdout, c)
	return c.ratio(), nil
}

// comparison is what was measured on one lane: for each side what it took
// without events, and with them.
type comparison struct {
	lane       string
	meter      *meter
	load, full [2][]float64
}

// emulatedEvents are as many as an emulator evaluates in a minute.
const emulatedEvents = 4000

// compareBy measures both sides in turn, without events and with them.
// Instructions are counted once: they vary by less than a hundredth.
func (s *shop) compareBy(ctx context.Context, both sides, l lanes.Lane, m *meter) (*comparison, error) {
	events, runs := s.options.events, s.runs
	if m != &cpuTime {
		runs = 1
	}
	if m == &callgrind {
		events = min(events, emulatedEvents)
	}
	in, err := lanes.Prepare(l, s.data, s.work, events)
	if err != nil {
		return nil, err
	}
	nothing, err := s.nothing(in)
	if err != nil {
		return nil, err
	}
	c := &comparison{lane: l.Name, meter: m}
	for range runs {
		for side, program := range both {
			load, err := m.read(ctx, s, program, nothing)
			if err != nil {
				return nil, err
			}
			full, err := m.read(ctx, s, program, in)
			if err != nil {
				return nil, err
			}
			c.load[side], c.full[side] = append(c.load[side], load), append(c.full[side], full)
		}
	}
	return c, nil
}

// work returns what a side took for the events.
func (c *comparison) work(side int) float64 {
	return page.SpreadOf(c.full[side]).Median - page.SpreadOf(c.load[side]).Median
}

// ratio returns how many times the work of the revision this tree does.
func (c *comparison) ratio() float64 {
	if c.work(0) <= 0 {
		return 1
	}
	return c.work(1) / c.work(0)
}

// noisy reports whether the runs of a side differ by more than half of what the
// threshold allows: loading is part of all of them, so that a short lane is lost
// in how long that takes. One run does not tell by how much they differ.
func (c *comparison) noisy(threshold float64) bool {
	if c.meter != &cpuTime {
		return false // instructions
	}
	if len(c.full[0]) == 1 {
		return true
	}
	for side := range c.full {
		full, load := page.SpreadOf(c.full[side]), page.SpreadOf(c.load[side])
		if full.Max-full.Min+load.Max-load.Min > c.work(side)*(threshold-1)/2 {
			return true
		}
	}
	return false
}

// doubt says why CPU time is not trusted.
func (c *comparison) doubt() string {
	if len(c.full[0]) == 1 {
		return "one run does not tell"
	}
	return "that varies too much"
}

// String tells the result in one line.
func (c *comparison) String() string {
	load := page.SpreadOf(c.load[1]).Median / page.SpreadOf(c.load[0]).Median
	return fmt.Sprintf("%s: %.3f × the work of the revision (%.4g, was %.4g %s), loading %.3f ×",
		c.lane, c.ratio(), c.work(1)/c.meter.unit, c.work(0)/c.meter.unit, c.meter.name, load)
}
