//go:build long && unix

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator/corpus"
)

// TestCIFigures prints what ci costs on all public rules of which five have changed, over
// the fleet of SOCCTL_FLEET or its recording SOCCTL_FLEET_RECORDING: with an empty cache
// of results, with that of the first run, and with that while five other rules change.
// The figures are those of docs/ci.md.
func TestCIFigures(t *testing.T) {
	folder := fleetRepository(t)
	widen(t, 0, 5)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	measure := func(what string) {
		t.Helper()
		var out, problems strings.Builder
		before, start := processorTime(t), time.Now()
		code := run([]string{"ci", "--base", "HEAD", "--recording", folder, "-q", "-f", "pretty", "-f", "json=" + filepath.Join(t.TempDir(), "ci.json")}, strings.NewReader(""), &out, io.MultiWriter(&problems))
		cost := processorTime(t) - before
		if code != 0 || !strings.Contains(out.String(), "5 rules changed") || !strings.Contains(out.String(), "alerts a day") {
			t.Fatalf("ci ends with %d: %s%s", code, out.String(), problems.String())
		}
		fmt.Printf("%s: %.1f s of processor time, %.1f s on each of two cores; %.1f s by the clock\n", what, cost.Seconds(), cost.Seconds()/2, time.Since(start).Seconds())
	}
	measure("nothing known")
	measure("the same again")
	git(t, "checkout", "-q", ".")
	widen(t, 5, 10)
	measure("five other rules")
}

// fleetRepository makes a repository of all public rules the present folder, and returns
// the recorded fleet, of which nothing is remembered.
func fleetRepository(t *testing.T) string {
	_, folder, rules := fleet(t)
	if err := os.Remove(filepath.Join(rules, "fleet.yml")); err != nil {
		t.Fatal(err)
	}
	roots, err := filepath.Glob(filepath.Join(rules, "*", "rules"))
	if err != nil || len(roots) != 1 {
		t.Fatal(roots, err)
	}
	t.Chdir(filepath.Dir(roots[0]))
	if err := os.CopyFS("regression_data", os.DirFS(corpus.Path(t, "sigma/regression_data"))); err != nil {
		t.Fatal(err)
	}
	writeFile(t, ".socctl.yml", "rules: [rules, rules-compliance, rules-emerging-threats, rules-threat-hunting]\ntest: {allow-missing-recordings: true}\nbudgets: {critical: 1/week, high: 1/day, medium: 5/day}\n")
	git(t, "init", "-q", ".")
	git(t, "add", "-A")
	git(t, "commit", "-qm", "base")
	if err := os.RemoveAll(filepath.Join(folder, ".cache")); err != nil {
		t.Fatal(err)
	}
	return folder
}

func git(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %s", args, out)
	}
}

// widen adds a value to rules of Windows processes, those from one number to another.
func widen(t *testing.T, from, to int) {
	t.Helper()
	names, err := filepath.Glob("rules/windows/process_creation/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	const list = "CommandLine|contains:\n"
	n := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), list) {
			continue
		}
		if n++; n > to {
			return
		}
		if n > from {
			writeFile(t, name, strings.Replace(string(text), list, list+"            - ' /an-added-value'\n", 1))
		}
	}
	t.Fatalf("only %d rules to change", n)
}

// processorTime is what this process has used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
