//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkCoverage runs the command as users do, over the public rules in a git
// repository: what their tags say, with their regression tests as well, and with
// --base after one rule has changed. Recordings are not replayed.
func BenchmarkCoverage(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "socctl")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	repository := b.TempDir()
	publicRepository(b, repository)
	for _, run := range []struct {
		name string
		args []string
	}{
		{"tags", []string{"coverage", "-r", ".", "--no-tests"}},
		{"tests", []string{"coverage", "-r", "."}},
		{"base", []string{"coverage", "-r", ".", "--no-tests", "--base", "HEAD"}},
	} {
		b.Run(run.name, func(b *testing.B) {
			var cpu time.Duration
			var peak int64
			for b.Loop() {
				cmd := exec.Command(binary, run.args...)
				cmd.Dir = filepath.Join(repository, "sigma")
				out, err := cmd.CombinedOutput()
				if code := cmd.ProcessState.ExitCode(); code != exitClean && code != exitFindings {
					b.Fatalf("%v\n%s", err, out)
				}
				cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(peak)/1000, "peak-MB")
		})
	}
}
