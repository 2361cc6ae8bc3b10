package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInterrupted stops commands whose results a part of the recordings would
// falsify: what is missing would look like evidence that is lost, an attack that no
// filter hides, or a proposal that is safe. They report nothing, and write nothing.
func TestInterrupted(t *testing.T) {
	t.Chdir("../..")
	dir := t.TempDir()
	evidence, applied, ledger := filepath.Join(dir, "evidence.json"), filepath.Join(dir, "filters"), filepath.Join(dir, "verdicts.ndjson")
	if err := os.WriteFile(ledger, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const rules, recordings = "rules/starter/rules", "rules/starter/recordings"
	for _, args := range [][]string{
		{"coverage", "-r", rules, "--manifest", "testdata/telemetry/own.yml", "--telemetry-root", ".", "-f", "pretty", "-f", "evidence=" + evidence},
		{"coverage", "-r", rules, "--no-replay"},
		{"overlap", "-r", rules, recordings},
		{"filter", "check", "-r", rules, "--verdicts", ledger, recordings},
		{"filter", "sample", "-r", rules, "--rate", "5%", recordings},
		{"tune", "-r", rules, "--owner", "t", "--store", ledger, "--apply", applied, recordings},
	} {
		name := strings.Join(args[:2], " ")
		stopped, cancel := context.WithCancel(context.Background())
		cancel()
		var stdout, stderr bytes.Buffer
		c := &cli{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
		root := c.command()
		root.SetArgs(args)
		err := root.ExecuteContext(stopped)
		var exit *exitError
		if !errors.As(err, &exit) || exit.code != exitUnreadable || !strings.Contains(exit.Error(), "interrupted") {
			t.Errorf("%s: error %v, want exit %d that says it was interrupted\n%s", name, err, exitUnreadable, &stderr)
		}
		if stdout.Len() > 0 {
			t.Errorf("%s reported %.200s", name, &stdout)
		}
	}
	for _, path := range []string{evidence, applied} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}
