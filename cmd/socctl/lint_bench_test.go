//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
)

// BenchmarkLint runs the command as users do, over the public rules with their
// regression tests in a git repository: all of them, and with --base after one
// rule has changed. It reports the processor time and the peak memory of the
// process beside the time.
func BenchmarkLint(b *testing.B) {
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
		{"all", []string{"lint"}},
		{"base", []string{"lint", "--base", "HEAD"}},
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

// publicRepository lays the public rules with their recordings into a repository
// and changes the level of one rule that has no recording.
func publicRepository(b *testing.B, root string) {
	b.Helper()
	var changed *rules.Rule
	for _, r := range corpus.Rules(b).Rules {
		at := filepath.Join(root, filepath.FromSlash(r.Span.Path()))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(at, r.Span.File.Source, 0o644); err != nil {
			b.Fatal(err)
		}
		if r.Level.Text == "medium" && r.CustomAttribute("regression_tests_path") == nil {
			changed = r
		}
	}
	top := filepath.Join(root, "sigma")
	if err := os.CopyFS(filepath.Join(top, "regression_data"), os.DirFS(corpus.Path(b, "sigma/regression_data"))); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "rules"}} {
		cmd := exec.Command("git", append([]string{"-C", top, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	text := bytes.Replace(changed.Span.File.Source, []byte("level: medium"), []byte("level: low"), 1)
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(changed.Span.Path())), text, 0o644); err != nil {
		b.Fatal(err)
	}
}
