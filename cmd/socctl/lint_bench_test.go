//go:build linux

package main

import (
	"bytes"
	"fmt"
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
// rule has changed; and over thirty thousand rules that are alike but for what each
// excludes. It reports the processor time and the peak memory of the
// process beside the time.
func BenchmarkLint(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "socctl")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	repository := b.TempDir()
	publicRepository(b, repository)
	clones := b.TempDir()
	cloned(b, filepath.Join(clones, "rules"), 30_000)
	for _, run := range []struct {
		name, dir string
		args      []string
	}{
		{"all", filepath.Join(repository, "sigma"), []string{"lint"}},
		{"base", filepath.Join(repository, "sigma"), []string{"lint", "--base", "HEAD"}},
		{"clones", clones, []string{"lint", "rules"}},
	} {
		b.Run(run.name, func(b *testing.B) {
			var cpu time.Duration
			var peak int64
			for b.Loop() {
				cmd := exec.Command(binary, run.args...)
				cmd.Dir = run.dir
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

// cloned writes rules into a folder, a thousand to a file, that are alike but for what
// each excludes.
func cloned(b *testing.B, dir string, n int) {
	b.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for from := 0; from < n; from += 1_000 {
		var text bytes.Buffer
		for i := from; i < min(n, from+1_000); i++ {
			fmt.Fprintf(&text, "title: Clone %d\nid: %08d-0000-4000-8000-000000000000\nlogsource: {category: process_creation, product: windows}\ndetection:\n    selection:\n        Image|endswith: '\\whoami.exe'\n        CommandLine|contains: ' /all'\n    filter:\n        ParentImage: 'C:\\Program Files\\Contoso\\agent%d.exe'\n    condition: selection and not filter\nlevel: high\n---\n", i, i, i)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yml", from)), text.Bytes(), 0o644); err != nil {
			b.Fatal(err)
		}
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
