package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/record"
)

// rememberingBench is a recording of events, a folder of rules, and what runs them.
type rememberingBench struct {
	t               *testing.T
	folder, rules   string
	files, contents []string // of the recording
}

func newRememberingBench(t *testing.T) *rememberingBench {
	t.Helper()
	b := &rememberingBench{t: t, folder: t.TempDir() + "/rec", rules: t.TempDir()}
	var events strings.Builder
	for i := range 50 {
		fmt.Fprintf(&events, `{"Channel":"Security","EventID":%d,"Computer":"pc%d","TimeCreated":"2026-02-0%dT0%d:00:00Z","CommandLine":"c%d"}`+"\n", 4680+i%10, i%3, 1+i%5, i%10, i)
	}
	writeFile(t, filepath.Dir(b.folder)+"/in.ndjson", events.String())
	b.run(0, "record", "add", "-q", b.folder, filepath.Dir(b.folder)+"/in.ndjson")
	b.rule("one", "4688")
	m, err := record.ReadManifest(b.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		path := filepath.Join(b.folder, filepath.FromSlash(f.Path))
		b.files, b.contents = append(b.files, path), append(b.contents, readFile(t, path))
	}
	return b
}

func (b *rememberingBench) rule(name, id string) {
	writeFile(b.t, filepath.Join(b.rules, name+".yml"), "title: "+name+"\nlevel: high\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: "+id+"}, condition: s}\n")
}

// run returns what a command writes, and how it ends.
func (b *rememberingBench) run(want int, args ...string) string {
	b.t.Helper()
	var out, problems bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &problems); code != want {
		b.t.Fatalf("%v ends with %d: %s", args, code, &problems)
	}
	return out.String()
}

func (b *rememberingBench) backtest(want int, more ...string) string {
	b.t.Helper()
	return b.run(want, append([]string{"backtest", "-q", "--no-time", "--fail-on", "nothing", "-f", "json", "-r", b.rules, b.folder}, more...)...)
}

// spoil makes sure that whoever looks into the recording fails; what is returned makes
// it good again.
func (b *rememberingBench) spoil() func() {
	hidden := b.t.TempDir() + "/hidden"
	entries, err := filepath.Glob(filepath.Join(b.folder, ".cache", "found-*"))
	if err != nil || os.Mkdir(hidden, 0o755) != nil {
		b.t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Rename(e, filepath.Join(hidden, filepath.Base(e))); err != nil {
			b.t.Fatal(err)
		}
	}
	for i, f := range b.files {
		writeFile(b.t, f, strings.Repeat("x", len(b.contents[i])))
	}
	return func() {
		for i, f := range b.files {
			writeFile(b.t, f, b.contents[i])
		}
	}
}

// A run over the same rules and recordings reads neither again, and says the same in
// every format.
func TestBacktestRemembersRuns(t *testing.T) {
	t.Parallel()
	b := newRememberingBench(t)
	formats := func() (out []string) {
		for _, format := range []string{"pretty", "json", "ndjson", "csv", "junit", "markdown", "html"} {
			out = append(out, b.run(0, "backtest", "-q", "-v", "--no-time", "--fail-on", "nothing", "-f", format, "-r", b.rules, b.folder))
		}
		return out
	}
	if err := os.RemoveAll(b.folder + "/.cache"); err != nil {
		t.Fatal(err)
	}
	first := []string{}
	for i := range 7 { // each of them without what the one before has left
		if err := os.RemoveAll(b.folder + "/.cache"); err != nil {
			t.Fatal(err)
		}
		first = append(first, formats()[i])
	}
	b.spoil()
	if diff := cmp.Diff(first, formats()); diff != "" {
		t.Errorf("(-run +remembered):\n%s", diff)
	}
}

// What somebody has removed from a recording is not remembered, neither as a run nor by
// file.
func TestBacktestOfRemovedFile(t *testing.T) {
	t.Parallel()
	b := newRememberingBench(t)
	b.backtest(0)
	if err := os.Remove(b.files[2]); err != nil {
		t.Fatal(err)
	}
	b.backtest(exitUnreadable)
	writeFile(t, filepath.Join(b.rules, "more.yml"), readFile(t, filepath.Join(b.rules, "one.yml")))
	b.backtest(exitUnreadable)
	writeFile(t, b.files[2], b.contents[2])
	b.backtest(0)
}

// Whatever can change the result makes that nothing is remembered of it.
func TestBacktestForgetsRuns(t *testing.T) {
	t.Parallel()
	b := newRememberingBench(t)
	b.backtest(0)
	b.spoil()
	b.backtest(0) // is remembered
	for what, change := range map[string]func(){
		"a rule":       func() { b.rule("one", "4689") },
		"another rule": func() { b.rule("two", "4685") },
		"no rule": func() {
			b.rule("one", "4688")
			b.rule("two", "1")
			_ = os.Rename(b.rules+"/two.yml", b.rules+"/one.yaml")
		},
	} {
		change()
		var out, problems bytes.Buffer
		if code := run([]string{"backtest", "-q", "-r", b.rules, b.folder}, strings.NewReader(""), &out, &problems); code != exitUnreadable {
			t.Errorf("%s has changed, and the result is remembered: %d %s", what, code, &problems)
		}
		_ = os.Remove(b.rules + "/two.yml")
		_ = os.Remove(b.rules + "/one.yaml")
		b.rule("one", "4688")
		b.backtest(0)
	}
	for _, flags := range [][]string{{"--samples", "1"}, {"--budget", "high=1/day"}, {"--logsource", "off"}, {"--timezone", "Europe/Berlin"}, {"--lateness", "1h"}} {
		var out, problems bytes.Buffer
		if code := run(append([]string{"backtest", "-q", "-r", b.rules, b.folder}, flags...), strings.NewReader(""), &out, &problems); code != exitUnreadable {
			t.Errorf("with %v the result is remembered of a run without: %d %s", flags, code, &problems)
		}
	}
}

// Rules with errors are told of again, and so is the exit code that they ask for.
func TestBacktestRemembersProblems(t *testing.T) {
	t.Parallel()
	b := newRememberingBench(t)
	writeFile(t, b.rules+"/bad.yml", "title: Bad\nlogsource: {product: windows}\ndetection: {s: {a|what: 1}, condition: s}\n")
	once := func(colour string) (int, string) {
		var out, problems bytes.Buffer
		code := run([]string{"backtest", "-q", "--color", colour, "--no-time", "-r", b.rules, b.folder}, strings.NewReader(""), &out, &problems)
		return code, out.String() + problems.String()
	}
	code, plain := once("never")
	if err := os.RemoveAll(b.folder + "/.cache"); err != nil {
		t.Fatal(err)
	}
	_, coloured := once("always")
	b.spoil()
	if code != exitFindings || !strings.Contains(plain, "error[") || plain == coloured {
		t.Fatalf("%d: %s", code, plain)
	}
	for colour, want := range map[string]string{"never": plain, "always": coloured} {
		if again, text := once(colour); again != code || text != want {
			t.Errorf("colours %s: %d\n%s", colour, again, cmp.Diff(want, text))
		}
	}
}

// What is added to a recording is in the next result.
func TestBacktestSeesWhatIsAdded(t *testing.T) {
	t.Parallel()
	b := newRememberingBench(t)
	before := b.backtest(0)
	writeFile(t, b.folder+".more", `{"Channel":"Security","EventID":4688,"TimeCreated":"2026-02-09T00:00:00Z"}`+"\n")
	b.run(0, "record", "add", "-q", b.folder, b.folder+".more")
	if after := b.backtest(0); after == before || !strings.Contains(after, "2026-02-09") {
		t.Error("the event that was added is missing")
	}
}
