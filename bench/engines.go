package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/worker"
)

// engine is one that can be measured, or one mode of it.
type engine struct {
	name string
	how  string

	against   string // engine whose speed is compared with this one's; "" for a floor
	brief     string // engine whose speed is too, which says no more of a match; "" for none
	base      string // of a floor: engine whose time is a multiple of its; "" for the library
	reference string // engine whose matches are compared with this one's; "" for none
	slow      bool   // is given a few events only
	unrouted  bool   // tries every rule on every event
	extra     bool   // only measured if it is named
	evtx      bool   // reads event logs of Windows in their binary form
	only      bool   // and nothing else
	wide      bool   // has all processors, not one

	// find returns the program and its version, or says why there is none.
	find func(ctx context.Context, s *shop) (path, version string, err error)
	// run measures one run.
	run func(ctx context.Context, s *shop, path string, j job) (*worker.Report, error)
}

// job is an engine's input for one run.
type job struct {
	engine *engine
	input  lanes.Input
	every  int
}

// engines lists all engines, in the order of the report.
func engines() []*engine {
	return []*engine{
		{name: "socctl", how: "`socctl eval -j 1`", against: "socctl", reference: "library", evtx: true, find: findSocctl, run: commandLine(socctlArgs("ndjson", 1), ndjsonCounts)},
		{name: "socctl-brief", how: "`socctl eval -j 1 --members " + briefMembers + "`", against: "socctl-brief", reference: "library", evtx: true, find: findSocctl, run: commandLine(briefly, ndjsonCounts)},
		{name: "socctl-table", how: "`socctl eval -j 1 -f table`, which counts matches", against: "socctl", evtx: true, find: findSocctl, run: commandLine(socctlArgs("table", 1), nil)},
		{name: "socctl-parallel", how: fmt.Sprintf("`socctl eval -j %d`", runtime.NumCPU()), against: "socctl", reference: "library", evtx: true, wide: true, find: findSocctl, run: commandLine(socctlArgs("ndjson", runtime.NumCPU()), ndjsonCounts)},
		{name: "library", how: "socctl as a library: reads, normalises, evaluates, counts", against: "library", evtx: true, find: findSelf, run: inWorker},
		{name: "rsigma", how: "`rsigma engine eval --logsource-routing`", against: "socctl", brief: "socctl-brief", reference: "library", find: findRSigma, run: commandLine(rsigmaArgs(true), ndjsonCounts)},
		{name: "rsigma-unrouted", how: "`rsigma engine eval`", against: "socctl", brief: "socctl-brief", unrouted: true, reference: "library-unrouted", find: findRSigma, run: commandLine(rsigmaArgs(false), ndjsonCounts)},
		{name: "sigma-go", how: "library, rule by rule, routed", against: "library", reference: "library", slow: true, evtx: true, find: findPeers, run: inWorker},
		{name: "sigmalite", how: "library, routed", against: "library", reference: "library", slow: true, evtx: true, find: findPeers, run: inWorker},
		{name: "sigma-go-unrouted", how: "library, rule by rule, every rule on every event", against: "library", reference: "library-unrouted", slow: true, unrouted: true, evtx: true, find: findPeers, run: inWorker},
		{name: "sigmalite-unrouted", how: "library, every rule on every event", against: "library", reference: "library-unrouted", slow: true, unrouted: true, evtx: true, find: findPeers, run: inWorker},
		{name: "sigma-go-bundle", how: "library, its bundle of rules, routed", against: "library", reference: "library", slow: true, extra: true, evtx: true, find: findPeers, run: inWorker},
		{name: "hayabusa", how: "`hayabusa json-timeline`", against: "socctl", reference: "library", evtx: true, only: true, find: findProgram("hayabusa", "help"), run: commandLine(hayabusaArgs, ndjsonCounts)},
		{name: "zircolite", how: "`zircolite.py --evtx`", against: "socctl", reference: "library", evtx: true, only: true, find: findProgram("zircolite.py", "--version"), run: commandLine(zircoliteArgs, zircoliteCounts)},
		{name: "newlines", how: "count lines", find: findSelf, run: inWorker},
		{name: "valid", how: "validate (encoding/json)", find: findSelf, run: inWorker},
		{name: "scan", how: "read shapes and leaves (our scanner)", find: findSelf, run: inWorker},
		{name: "tokens", how: "read tokens (encoding/json)", find: findSelf, run: inWorker},
		{name: "output", how: "write the lines of socctl", base: "socctl", evtx: true, find: findSocctl, run: writing(socctlArgs("ndjson", 1))},
		{name: "output-brief", how: "write the lines of socctl-brief", base: "socctl-brief", evtx: true, find: findSocctl, run: writing(briefly)},
		{name: "jsontext", how: "read tokens (jsontext)", find: findJSONText, run: inWorker},
	}
}

func (e *engine) floor() bool { return e.against == "" }

// reads reports whether the engine reads the input.
func (e *engine) reads(in lanes.Input) bool {
	if in.Lane.EVTX() {
		return e.evtx
	}
	return !e.only
}

// everywhere says that a program may use all processors.
const everywhere = -1

// processor returns the one that the engine is held to, or everywhere.
func (e *engine) processor() int {
	if e.wide {
		return everywhere
	}
	return 0
}

func findSocctl(ctx context.Context, s *shop) (string, string, error) {
	path, err := s.build(ctx, s.root, "./cmd/socctl", "socctl")
	return path, s.revision(), err
}

func findSelf(_ context.Context, s *shop) (string, string, error) {
	path, err := os.Executable()
	return path, s.revision(), err
}

func findPeers(ctx context.Context, s *shop) (string, string, error) {
	path, err := s.build(ctx, s.root+"/bench/peers", ".", "peers")
	return path, "", err
}

func findJSONText(ctx context.Context, s *shop) (string, string, error) {
	path, err := s.build(ctx, s.root, "./bench", "bench-jsonv2", "GOEXPERIMENT=jsonv2")
	return path, runtime.Version(), err
}

func findRSigma(ctx context.Context, s *shop) (string, string, error) {
	return findProgram("rsigma", "--version")(ctx, s)
}

// findProgram finds an installed program, whose version is the first number
// with a dot that it prints when asked.
func findProgram(name, ask string) func(context.Context, *shop) (string, string, error) {
	return func(ctx context.Context, s *shop) (string, string, error) {
		path, err := s.program(name)
		if err != nil {
			return "", "", err
		}
		text, _ := exec.CommandContext(ctx, path, ask).CombinedOutput()
		for word := range strings.FieldsSeq(string(text)) {
			word = strings.TrimLeft(word, "v")
			major, _, ok := strings.Cut(word, ".")
			if _, err := strconv.Atoi(major); ok && err == nil {
				return path, word, nil
			}
		}
		return path, "", nil
	}
}

// inWorker runs an engine that takes a job and writes a report: our own library
// and floors, and peers in Go.
func inWorker(ctx context.Context, s *shop, path string, j job) (*worker.Report, error) {
	name := strings.TrimSuffix(j.engine.name, "-unrouted")
	return s.worker(ctx, path, worker.Job{Engine: name, Rules: s.rules, Paths: j.input.Paths, Every: j.every, Routed: !j.engine.unrouted, Assign: j.input.Lane.Assign})
}

// worker has a program do a job on one processor.
func (s *shop) worker(ctx context.Context, path string, job worker.Job) (*worker.Report, error) {
	text, err := json.Marshal(job)
	if err != nil {
		return nil, err
	}
	args := []string{string(text)}
	if self, err := os.Executable(); err == nil && (path == self || strings.Contains(path, "bench-jsonv2")) {
		args = []string{"worker", string(text)}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err = start(cmd, 0)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, firstLine(problems.String()))
	}
	r := &worker.Report{}
	return r, json.Unmarshal(out.Bytes(), r)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
