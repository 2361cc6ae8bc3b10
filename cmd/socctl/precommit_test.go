package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The hooks as pre-commit runs them in a repository of rules: it builds socctl from a
// commit of this repository, which takes a minute, and looks at what is staged.
func TestPreCommitHooks(t *testing.T) {
	program, err := exec.LookPath("pre-commit")
	if err != nil {
		t.Skip("pre-commit is not installed")
	}
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	commit, err := exec.Command("git", "-C", here, "rev-parse", "HEAD").Output()
	if err != nil {
		t.Skipf("this is no clone of the repository: %v", err)
	}
	dir := t.TempDir()
	run := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+filepath.Join(dir, ".cache"), "GIT_CONFIG_GLOBAL="+os.DevNull,
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=protocol.file.allow", "GIT_CONFIG_VALUE_0=always")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := run("git", "add", name); err != nil {
			t.Fatal(out)
		}
	}
	if out, err := run("git", "init", "-q"); err != nil {
		t.Fatal(out)
	}
	write(".pre-commit-config.yaml", "repos:\n    - repo: "+here+"\n      rev: "+strings.TrimSpace(string(commit))+
		"\n      hooks: [{id: socctl-lint}, {id: socctl-fmt}, {id: socctl-test}]\n")
	rule := `title: Whoami
id: 2b1f7c1e-0f2e-4f7e-9a68-0f3f0e4f6a21
status: test
description: Somebody asks who he is, as intruders do first.
author: A
date: 2026-01-01
tags: [attack.discovery, attack.t1033]
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
level: low
`
	write("rules/whoami.yml", rule)
	write("tests/whoami.yml", "tests:\n    - {name: a, event: {Image: 'C:\\whoami.exe'}, match: true}\n")
	if out, err := run(program, "run", "--all-files"); err != nil || strings.Count(out, "Passed") != 3 {
		t.Fatalf("a good rule: %v\n%s", err, out)
	}
	for _, c := range []struct{ text, hook string }{
		{"condition: selectoin", "ref/undefined-selection"},
		{"condition: selection   ", "files were modified by this hook"},
	} {
		write("rules/whoami.yml", strings.Replace(rule, "condition: selection", c.text, 1))
		out, err := run(program, "run", "--all-files")
		if err == nil || !strings.Contains(out, c.hook) || !strings.Contains(out, "Failed") {
			t.Errorf("%s: %v\n%s", c.text, err, out)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "rules/whoami.yml")); err != nil || string(text) != rule {
		t.Errorf("the layout was not put right: %v\n%s", err, text)
	}
}
