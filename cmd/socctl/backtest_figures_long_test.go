//go:build long && linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBacktestFigures prints what backtests over the recorded fleet take, of all public
// rules one after the other: with nothing known, again, after a change of one rule, and
// of a branch that changes ten; and what one rule takes that finds much or little. The
// figures are those of docs/record.md.
func TestBacktestFigures(t *testing.T) {
	program := filepath.Join(t.TempDir(), "socctl")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	folder := fleetRepository(t)
	measure := func(what string, args []string, env ...string) {
		t.Helper()
		cmd := exec.Command(program, append([]string{"backtest", "--fail-on", "nothing"}, append(args, folder)...)...)
		cmd.Env = append(os.Environ(), env...)
		var problems strings.Builder
		cmd.Stderr = &problems
		start := time.Now()
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() > exitFindings) {
			t.Fatalf("%s: %v: %s", what, err, &problems)
		}
		lines := strings.Split(strings.TrimSpace(problems.String()), "\n")
		fmt.Printf("%s: %.1f s by the clock, %.1f s of processor time, %d MB; %s\n", what, time.Since(start).Seconds(),
			(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss>>10, lines[len(lines)-1])
	}
	measure("all rules, nothing known", nil)
	measure("the same again", nil)
	widen(t, 0, 1)
	measure("one rule changed", nil)
	git(t, "checkout", "-q", ".")
	widen(t, 1, 11)
	measure("a branch that changes ten", []string{"--base", "HEAD"})
	one := filepath.Join(t.TempDir(), "one.yml")
	for _, asks := range []string{"EventID|exists: true", "EventID: 4624"} {
		writeFile(t, one, "title: One\nlogsource: {product: windows, service: security}\ndetection: {s: {"+asks+"}, condition: s}\nlevel: high\n")
		measure(asks, []string{"-j", "1", "-r", one})
		if err := os.RemoveAll(filepath.Join(folder, ".cache")); err != nil {
			t.Fatal(err)
		}
		measure(asks+" with GOGC=100", []string{"-j", "1", "-r", one}, "GOGC=100")
	}
}
