package main

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"
)

const streamRule = `
title: Whoami
id: 5f0d7d3c-3aab-43fa-952f-8f7b2d966ee5
level: high
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\whoami.exe'}
    condition: selection
`

const streamEvent = `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\System32\\whoami.exe","UtcTime":"2026-01-02 03:04:05.678"}` + "\n"

// A slow pipe on standard input: each match is printed before the next event
// arrives.
func TestEvalOnSlowPipe(t *testing.T) {
	rule := t.TempDir() + "/rule.yml"
	writeFile(t, rule, streamRule)
	in, events := io.Pipe()
	matches, out := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run([]string{"eval", "-q", "-r", rule, "-"}, in, out, io.Discard)
		out.Close()
	}()
	lines := bufio.NewScanner(matches)
	for i := range 5 {
		if _, err := io.WriteString(events, streamEvent); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || !strings.Contains(lines.Text(), `"Whoami"`) {
			t.Fatalf("no match behind event %d: %q", i, lines.Text())
		}
	}
	events.Close()
	if lines.Scan() {
		t.Errorf("more than the matches: %q", lines.Text())
	}
	if code := <-done; code != exitClean {
		t.Errorf("exit code %d", code)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
