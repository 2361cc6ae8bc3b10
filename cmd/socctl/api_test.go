package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The script .ci/api, on a module of its own: without a tag it says so, before version
// 1 it tells what breaks, from then on it fails.
func TestAPIIsCompared(t *testing.T) {
	for _, program := range []string{"bash", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	script, err := filepath.Abs(filepath.Join(root, ".ci", "api"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(name string, args ...string) string {
		t.Helper()
		out, err := run(name, args...)
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return out
	}
	commit := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		must("git", "add", ".")
		must("git", "commit", "-qm", "x")
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/a\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	must("git", "init", "-q")
	commit("// Package a is small.\npackage a\n\n// F does.\nfunc F() {}\n")
	if out := must("bash", script); !strings.Contains(out, "no version is tagged yet") {
		t.Errorf("without a tag: %s", out)
	}
	must("git", "tag", "v0.1.0")
	if out, err := run("bash", script); err != nil {
		if strings.Contains(out, "golang.org/x/exp") {
			t.Skipf("apidiff cannot be had: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	} else if !strings.Contains(out, "the API is that of v0.1.0") {
		t.Errorf("without a change: %s", out)
	}
	commit("// Package a is small.\npackage a\n\n// F does.\nfunc F(int) {}\n\n// G is new.\nfunc G() {}\n")
	if out := must("bash", script); !strings.Contains(out, "F: changed") || !strings.Contains(out, "allowed before version 1") {
		t.Errorf("before version 1: %s", out)
	}
	must("git", "tag", "v1.0.0", "HEAD~1")
	must("git", "tag", "-d", "v0.1.0")
	if out, err := run("bash", script); err == nil || !strings.Contains(out, "incompatible with v1.0.0") || !strings.Contains(out, "G: added") {
		t.Errorf("from version 1 on: %v\n%s", err, out)
	}
	if out := must("git", "worktree", "list"); strings.Count(out, "\n") != 1 {
		t.Errorf("a work tree was left behind: %s", out)
	}
}
