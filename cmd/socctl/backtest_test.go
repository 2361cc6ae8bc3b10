package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/evaluator/corpus"
)

// A run that is interrupted reports what was read until then, in every format, and
// says that it is partial.
func TestBacktestInterrupted(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir+"/rule.yml", streamRule)
	ctx, cancel := context.WithCancel(t.Context())
	in, events := io.Pipe()
	var stdout, stderr bytes.Buffer
	c := &cli{stdin: in, stdout: &stdout, stderr: &stderr}
	root := c.command()
	args := []string{"backtest", "-r", dir + "/rule.yml", "--no-time", "-"}
	formats := map[string]string{"pretty": "PARTIAL: ", "json": `"partial": true`, "ndjson": `"partial":true`, "csv": ",true,,\n", "junit": `<error message="PARTIAL: `,
		"markdown": "> PARTIAL: ", "html": `<p class="warn">PARTIAL: `}
	for format := range formats {
		args = append(args, "-f", format+"="+dir+"/"+format)
	}
	root.SetArgs(args)
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	if _, err := io.WriteString(events, strings.Repeat(streamEvent, 3)); err != nil {
		t.Fatal(err)
	}
	cancel()
	events.Close()
	err := <-done
	if exit, ok := err.(*exitError); !ok || exit.code != exitUnreadable {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(stderr.String(), "socctl: interrupted; the report is about what was read so far") {
		t.Errorf("%s", &stderr)
	}
	for format, want := range formats {
		if text := readFile(t, dir+"/"+format); !strings.Contains(text, want) {
			t.Errorf("%s does not say that it is partial: %.300s", format, text)
		}
	}
}

// On public recordings a backtest counts what eval prints, with any number of
// workers.
func TestBacktestCountsAsEval(t *testing.T) {
	rules := t.TempDir()
	corpus.Extract(t, rules)
	recordings := []string{corpus.Path(t, "evtx/EVTX-ATTACK-SAMPLES"), corpus.Path(t, "cloud"), corpus.Path(t, "network"), corpus.Path(t, "web")}
	call := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(append(append(args, "-q", "-r", rules), recordings...), strings.NewReader(""), &out, &errs); code == exitUsage {
			t.Fatal(errs.String())
		}
		return out.String()
	}
	want := map[string]int{}
	for line := range strings.Lines(call("eval")) {
		var m plainLine
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		want[m.RuleHash+" "+m.RuleTitle]++
	}
	if len(want) < 100 {
		t.Fatalf("only %d rules fire", len(want))
	}
	var first string
	for _, jobs := range []string{"1", "4"} {
		text := call("backtest", "-f", "json", "-j", jobs)
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("another result with %s workers", jobs)
		}
		var r backtest.Result
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, rule := range r.Rules {
			if rule.Alerts > 0 {
				got[rule.Hash+" "+rule.Title] += rule.Alerts
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with %s workers (- eval, + backtest)\n%s", jobs, diff)
		}
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
