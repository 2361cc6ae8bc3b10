//go:build long

package main

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Ten gigabytes through standard input take no more memory than a few
// megabytes do: go test -tags long -run TenGigabytes -timeout 1h ./cmd/socctl
func TestEvalTenGigabytes(t *testing.T) {
	rule := t.TempDir() + "/rule.yml"
	writeFile(t, rule, streamRule)
	const size = 10 << 30
	quiet := strings.Replace(streamEvent, "whoami", "svchost", 1)
	in := &endless{block: []byte(streamEvent + strings.Repeat(quiet, 5000)), left: size}
	var out counter
	var summary bytes.Buffer
	start := time.Now()
	if code := run([]string{"eval", "-r", rule, "-"}, in, &out, &summary); code != exitClean {
		t.Fatalf("exit code %d: %s", code, summary.String())
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	t.Logf("%.0f MB/s, %d MB taken from the operating system; %s", size/1e6/time.Since(start).Seconds(), stats.Sys>>20, strings.TrimSpace(summary.String()))
	if want := in.blocks; out.lines != want {
		t.Errorf("%d matches, want %d", out.lines, want)
	}
	if stats.Sys > 256<<20 {
		t.Errorf("took %d MB", stats.Sys>>20)
	}
}

// endless repeats whole blocks until enough bytes are read.
type endless struct {
	block  []byte
	left   int64
	at     int
	blocks int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at == 0 {
		if e.left <= 0 {
			return 0, io.EOF
		}
		e.blocks++
	}
	n := copy(p, e.block[e.at:])
	e.at = (e.at + n) % len(e.block)
	e.left -= int64(n)
	return n, nil
}

// counter counts lines.
type counter struct{ lines int }

func (c *counter) Write(p []byte) (int, error) {
	c.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}
