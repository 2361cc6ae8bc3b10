package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// whatTestsShow are the checks that run the tests of rules.
var whatTestsShow = []string{"test/undecided-filter", "test/unexercised-selection", "test/unexercised-value", "test/weak-negative"}

// told returns the findings of these checks, as check line: message.
func told(t *testing.T, text string) (out []string) {
	t.Helper()
	for _, f := range lintExample(t, catalogue.Find("test/weak-negative"), text).Findings {
		if slices.Contains(whatTestsShow, f.Code) {
			out = append(out, fmt.Sprintf("%s %d: %s", strings.TrimPrefix(f.Code, "test/"), f.Span.Start.Line, f.Message))
		}
	}
	slices.Sort(out)
	return out
}

const shownRule = `
-- rule.yml --
title: Whoami
id: 5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1
status: test
level: low
date: 2024-05-02
logsource: {category: process_creation, product: windows}
detection:
    selection_path:
        Image|endswith: ['\whoami.exe', '\System32\whoami.exe']
    selection_switch:
        CommandLine|contains:
            - '/all'
            - '/priv'
            - '/groups'
    filter_main_inventory:
        ParentImage|endswith:
            - '\inventory.exe'
            - '\agent.exe'
    condition: all of selection_* and not 1 of filter_main_*
`

// What is proven never to decide is not asked for: '\System32\whoami.exe' is covered
// by the value before it, which by itself decides on another path. Values of one list
// are one finding.
func TestWhatTestsShow(t *testing.T) {
	got := told(t, shownRule+`
-- tests/rule.yml --
tests:
    - name: it runs
      event: {Image: 'C:\Windows\System32\whoami.exe', CommandLine: whoami /all, ParentImage: 'C:\cmd.exe'}
      match: true
    - name: neither
      event: {Image: 'C:\cmd.exe', CommandLine: cmd, ParentImage: 'C:\cmd.exe'}
      match: false
    - name: the inventory
      event: {Image: 'C:\Windows\System32\whoami.exe', CommandLine: whoami /all, ParentImage: 'C:\inventory.exe'}
      match: false
`)
	want := []string{
		"unexercised-value 13: no test matches through selection_switch.CommandLine|contains '/priv' alone, nor through another one of the list",
		"unexercised-value 18: no test is left out through filter_main_inventory.ParentImage|endswith '\\agent.exe' alone",
		"unexercised-value 9: no test matches through selection_path.Image|endswith '\\whoami.exe' alone",
		"weak-negative 5: no part of the rule by itself keeps it from matching: the test passes for several reasons",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A filter document is asked for, too, and told at the rule.
func TestFilterDocumentsAreAskedFor(t *testing.T) {
	got := told(t, shownRule+`
-- filter.yml --
title: Backup
id: 6d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a2
logsource: {category: process_creation, product: windows}
filter:
    rules: [5d0b1e5e-0d0f-4f1e-9d3b-6f0c53a6e0a1]
    selection: {User|endswith: '\svc_backup'}
    condition: not selection
-- tests/rule.yml --
tests:
    - name: all
      events:
          - {Image: 'C:\whoami.exe', CommandLine: whoami /all}
          - {Image: 'C:\whoami.exe', CommandLine: whoami /priv}
          - {Image: 'C:\whoami.exe', CommandLine: whoami /groups}
      match: true
    - name: left out
      events:
          - {Image: 'C:\whoami.exe', CommandLine: whoami /all, ParentImage: 'C:\inventory.exe'}
          - {Image: 'C:\whoami.exe', CommandLine: whoami /all, ParentImage: 'C:\agent.exe'}
      match: false
`)
	if diff := cmp.Diff([]string{"undecided-filter 1: no test has an event that Backup is about"}, got); diff != "" {
		t.Error(diff)
	}
}

// Of rules of which a test fails, or replays a recording, nothing is said.
func TestNothingIsSaid(t *testing.T) {
	positive := "    - name: it runs\n      event: {Image: 'C:\\whoami.exe', CommandLine: whoami /all}\n      match: "
	for _, tests := range []string{
		positive + "false\n",
		positive + "true\n    - name: recorded\n      file: logs.ndjson\n      match: true\n",
	} {
		if got := told(t, shownRule+"\n-- tests/rule.yml --\ntests:\n"+tests); len(got) > 0 {
			t.Errorf("%s: %v", tests, got)
		}
	}
	if got := told(t, shownRule+"\n-- tests/rule.yml --\ntests:\n"+positive+"true\n"); len(got) == 0 {
		t.Error("nothing is said of a rule that can be judged either")
	}
}
