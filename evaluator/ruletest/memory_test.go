package ruletest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/socctl/socctl/evaluator/ruletest"
	"github.com/socctl/socctl/rules"
)

// notebook is a memory that counts.
type notebook struct {
	mu       sync.Mutex
	outcomes map[string][]byte
	recalled int
}

func (n *notebook) Recall(key string) ([]byte, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	text, known := n.outcomes[key]
	if known {
		n.recalled++
	}
	return text, known
}

func (n *notebook) Remember(key string, outcome []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.outcomes == nil {
		n.outcomes = map[string][]byte{}
	}
	n.outcomes[key] = outcome
}

const rememberedProject = `
-- .socctl.yml --
rules: rules
-- rules/a.yml --
title: A
id: 11111111-1111-4111-8111-111111111111
logsource: {category: process_creation, product: windows}
detection:
    one: {Image|endswith: '\a.exe'}
    two: {CommandLine|contains: x}
    condition: one and two
-- rules/filter.yml --
title: F
logsource: {category: process_creation, product: windows}
filter:
    rules: [11111111-1111-4111-8111-111111111111]
    s: {User: nobody}
    condition: not s
-- tests/a.yml --
tests:
    - name: matches
      event: {Image: 'C:\a.exe', CommandLine: x}
      match: true
      selections: {one: true, two: true}
    - name: other
      event: {Image: 'C:\a.exe', CommandLine: y}
      match: false
      selections: {one: true, two: false}
    - name: recorded
      file: r.json
      match: true
      golden: r.golden
    - name: wrong
      event: {Image: 'C:\b.exe', CommandLine: x}
      match: true
-- tests/r.json --
{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Image": "C:\\a.exe", "CommandLine": "x"}
`

// lay writes the files of an archive below a folder.
func lay(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever changes that a test depends on, its outcome is that of a run without memory;
// what does not change is recalled.
func TestMemory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	lay(t, ".", rememberedProject)
	run := func(o ruletest.RunOptions) *ruletest.Result {
		t.Helper()
		suite, diags := ruletest.Load(ruletest.LoadOptions{Paths: []string{"rules", "tests"}})
		if diags.Count(rules.Error) > 0 {
			t.Fatal(diags)
		}
		return ruletest.Run(context.Background(), suite, o)
	}
	run(ruletest.RunOptions{Update: true})
	edit := func(name, old, new string) func() {
		return func() {
			text, err := os.ReadFile(name)
			if err != nil || !strings.Contains(string(text), old) {
				t.Fatal(name, err)
			}
			if err := os.WriteFile(name, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	n := &notebook{}
	for _, step := range []struct {
		what     string
		do       func()
		recalled int
	}{
		{"nothing is known", func() {}, 0},
		{"nothing changed: the three that passed", func() {}, 3},
		{"another rule", func() {
			lay(t, ".", "-- rules/b.yml --\ntitle: B\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image: b}, condition: s}\n")
		}, 3},
		{"the filter hides all", edit("rules/filter.yml", "{User: nobody}", "{Image|endswith: '\\a.exe'}"), 0},
		{"the filter as before", edit("rules/filter.yml", "{Image|endswith: '\\a.exe'}", "{User: nobody}"), 3},
		{"selections change places, the rule means the same", edit("rules/a.yml", "one: {Image|endswith: '\\a.exe'}\n    two: {CommandLine|contains: x}", "two: {Image|endswith: '\\a.exe'}\n    one: {CommandLine|contains: x}"), 0},
		{"and back", edit("rules/a.yml", "two: {Image|endswith: '\\a.exe'}\n    one: {CommandLine|contains: x}", "one: {Image|endswith: '\\a.exe'}\n    two: {CommandLine|contains: x}"), 3},
		{"the recording", edit("tests/r.json", `"x"`, `"z"`), 2},
		{"the recording as before", edit("tests/r.json", `"z"`, `"x"`), 3},
		{"the golden file", edit("tests/r.golden", "rule_title", "rule_name"), 2},
		{"a test", edit("tests/a.yml", "CommandLine: y", "CommandLine: xy"), 0},
	} {
		step.do()
		want := transcript(run(ruletest.RunOptions{}), nil)
		n.recalled = 0
		if diff := cmp.Diff(want, transcript(run(ruletest.RunOptions{Memory: n}), nil)); diff != "" {
			t.Errorf("%s (- without memory, + with it):\n%s", step.what, diff)
		}
		if n.recalled != step.recalled {
			t.Errorf("%s: %d recalled, want %d", step.what, n.recalled, step.recalled)
		}
	}
}
