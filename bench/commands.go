package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/socctl/socctl/bench/internal/lanes"
	"github.com/socctl/socctl/bench/internal/worker"
)

// arguments returns the command line of a program for an input, and the file
// that it writes itself, "" if matches go to its standard output.
type arguments func(s *shop, in lanes.Input) (args []string, written string)

// counts reads matches by id of the rule.
type counts func(path string) (map[string]int, error)

// socctlArgs have --logsource where a lane's events do not say what they are in
// a way that views know.
func socctlArgs(format string, jobs int) arguments {
	return func(s *shop, in lanes.Input) ([]string, string) {
		args := []string{"eval", "-q", "-j", strconv.Itoa(jobs), "-f", format, "-r", s.rules}
		if in.Lane.Assign != "" {
			args = append(args, "--logsource", in.Lane.Assign)
		}
		return append(args, in.Paths...), ""
	}
}

// briefMembers are what RSigma's lines say of a rule, and the number of the event, which
// they do not say. They say the names of selections and fields that matched besides.
const briefMembers = "rule_id,rule_title,level,tags,record"

func briefly(s *shop, in lanes.Input) (args []string, written string) {
	args, written = socctlArgs("ndjson", 1)(s, in)
	return append(args, "--members", briefMembers), written
}

func rsigmaArgs(routed bool) arguments {
	return func(s *shop, in lanes.Input) ([]string, string) {
		args := []string{"engine", "eval", "-r", s.rules, "-e", "@" + in.Paths[0]}
		if routed {
			args = append(args, "--logsource-routing")
		}
		if routed && !in.Lane.Says {
			args = append(args, "--event-logsource", in.Lane.Logsource)
		}
		return args, ""
	}
}

func hayabusaArgs(s *shop, in lanes.Input) ([]string, string) {
	out := filepath.Join(s.work, "hayabusa.ndjson")
	return []string{"json-timeline", "-L", "-w", "-q", "-C", "-p", "super-verbose", "-r", s.rules, "-d", s.staged(in), "-o", out}, out
}

func zircoliteArgs(s *shop, in lanes.Input) ([]string, string) {
	out := filepath.Join(s.work, "zircolite.json")
	return []string{"--evtx", s.staged(in), "--ruleset", s.rules, "--outfile", out}, out
}

// staged returns a folder with copies of the input's files, for programs that
// take one folder.
func (s *shop) staged(in lanes.Input) string {
	folder := filepath.Join(s.work, fmt.Sprintf("%s-%d", in.Lane.Name, len(in.Paths)))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return folder
	}
	for i, path := range in.Paths {
		to := filepath.Join(folder, fmt.Sprintf("%04d-%s", i, filepath.Base(path)))
		if _, err := os.Stat(to); err == nil {
			continue
		}
		if data, err := os.ReadFile(path); err == nil {
			// A file that is missing shows in the counts.
			_ = os.WriteFile(to, data, 0o644)
		}
	}
	return folder
}

// commandLine measures a program: once without events, for what loading takes,
// and once with them. Output goes to a file of the engine.
func commandLine(args arguments, read counts) func(context.Context, *shop, string, job) (*worker.Report, error) {
	return func(ctx context.Context, s *shop, path string, j job) (*worker.Report, error) {
		nothing, err := s.nothing(j.input)
		if err != nil {
			return nil, err
		}
		empty, err := s.childInto(ctx, os.DevNull, path, args, nothing, j.engine.processor())
		if err != nil {
			return nil, err
		}
		full, err := s.childInto(ctx, s.outputOf(j.engine.name), path, args, j.input, j.engine.processor())
		if err != nil {
			return nil, err
		}
		r := &worker.Report{Rules: s.loaded, Events: j.input.Events, Load: empty.cpu, LoadWall: empty.wall, CPU: full.cpu, Wall: full.wall, Peak: full.peak}
		if read != nil {
			r.Matches, err = read(full.output)
		}
		return r, err
	}
}

// nothing is an input of the same kind without events.
func (s *shop) nothing(in lanes.Input) (lanes.Input, error) {
	path := filepath.Join(s.work, "nothing.ndjson")
	in.Paths = []string{path}
	return in, os.WriteFile(path, nil, 0o644)
}

// output is the file that programs write to, and outputOf that of one of several that
// write different things, or at the same time.
func (s *shop) output() string { return s.outputOf("") }

func (s *shop) outputOf(name string) string {
	return filepath.Join(s.work, fmt.Sprintf("output-%d-%s", os.Getpid(), name))
}

// removeOutputs removes all of them.
func (s *shop) removeOutputs() {
	paths, _ := filepath.Glob(s.outputOf("*"))
	for _, path := range paths {
		_ = os.Remove(path)
	}
}

// usage is what a process took.
type usage struct {
	cpu, wall time.Duration
	peak      int64
	output    string
}

// child runs a program on one processor, or everywhere.
func (s *shop) child(ctx context.Context, path string, args arguments, in lanes.Input, processor int) (usage, error) {
	return s.childInto(ctx, s.output(), path, args, in, processor)
}

// childInto is child with a file of its own to write to. If there is one, it is written over:
// how long the system takes to find memory for a new one says nothing of the program.
func (s *shop) childInto(ctx context.Context, output, path string, args arguments, in lanes.Input, processor int) (usage, error) {
	list, written := args(s, in)
	u := usage{output: output}
	out, err := os.OpenFile(output, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return u, err
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, path, list...)
	var problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &problems
	begin := time.Now()
	if err = start(cmd, processor); err == nil {
		err = cmd.Wait()
	}
	u.wall = time.Since(begin)
	if failed := cutOff(out); failed != nil {
		return u, failed
	}
	// A program may exit with an error for what it found or could not read; what
	// it wrote is compared anyway.
	var exited *exec.ExitError
	if err != nil && (!errors.As(err, &exited) || ctx.Err() != nil) {
		return u, err
	}
	if cmd.ProcessState.ExitCode() == 2 {
		return u, errors.New(firstLine(problems.String()))
	}
	u.cpu, u.peak = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), worker.PeakOf(cmd.ProcessState)
	if written != "" {
		u.output = written
	}
	return u, nil
}

// cutOff cuts off what was in a file before it was written over.
func cutOff(f *os.File) error {
	if f.Name() == os.DevNull {
		return nil
	}
	end, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		err = f.Truncate(end)
	}
	return err
}

// ndjsonCounts counts lines by the id of the rule that they name.
func ndjsonCounts(path string) (map[string]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if !bytes.HasPrefix(lines.Bytes(), []byte{'{'}) {
			continue
		}
		var line struct {
			ID   string `json:"rule_id"`
			Also string `json:"RuleID"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, err
		}
		out[strings.ToLower(line.ID+line.Also)]++
	}
	return out, lines.Err()
}

// zircoliteCounts reads a list of rules with the number of their matches.
func zircoliteCounts(path string) (map[string]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
	out := map[string]int{}
	err = json.Unmarshal(text, &list)
	for _, r := range list {
		out[strings.ToLower(r.ID)] += r.Count
	}
	return out, err
}
